"""The form of a charter's version."""

from __future__ import annotations

from django import forms

from tenants.plain_forms import PlainForm

from .activities import ACCEPT
from .rotation import day_field


class CharterForm(PlainForm):
    """A version of the charter as a meeting adopted it."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    meeting = forms.CharField(label="通过会议", max_length=120, help_text="如：第一次成员大会。")
    adopted_on = day_field("通过日期")
    text = forms.CharField(
        label="正文",
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="从 Word 里复制后粘贴，一条一段。有正文，以后修改时才能自动对照哪里改了。",
    )
    note = forms.CharField(label="修改说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    upload = forms.FileField(
        label="附件",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text="章程原件：PDF、Word 或扫描的图片，一个文件。不得上传涉密材料。",
    )
