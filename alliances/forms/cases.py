"""Forms about typical cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from tenants.plain_forms import PlainForm

from ..services.cases import PHOTOS_MOST, CaseEntry
from .activities import FilesField

PHOTO_TYPES = "image/jpeg,image/png"
#: What the three parts say that a submitted case must have.
LATER = "草稿可以先空着，提交审核前要填。"


def _part(label: str, rows: int, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


class CaseForm(PlainForm):
    """The text of a case; a draft may have gaps. The picker renders `enterprises`."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.CharField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="计名", max_length=60, help_text="如：链上融资计、共享用工计。")
    enterprises = forms.ModelMultipleChoiceField(
        label="涉及企业",
        queryset=None,
        required=False,
        error_messages={
            "invalid_choice": "选择的企业里有您不能选的，请重新搜索后再选。",
            "invalid_pk_value": "选择的企业不存在，请重新搜索后再选。",
        },
    )
    background = _part("背景", 4, "遇到了什么问题。")
    practice = _part("做法", 8, f"联盟做了什么，谁来做，怎么做，一段一行。{LATER}")
    effect = _part("成效", 5, f"带来了什么变化，有数字的写数字。{LATER}")
    insight = _part("启示", 4, f"别的联盟可以学什么。{LATER}")

    def __init__(self, *args: Any, candidates: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprises"].queryset = candidates

    @property
    def entry(self) -> CaseEntry:
        """What the valid form says."""
        said = {name: self.cleaned_data[name] for name in CaseEntry.__dataclass_fields__}
        return CaseEntry(**said | {"enterprises": list(self.cleaned_data["enterprises"])})


class PhotoForm(PlainForm):
    """Photos of a case, with one caption for those that are sent together."""

    attachments = FilesField(
        accept=PHOTO_TYPES,
        label="照片",
        help_text=f"JPG、PNG，一个案例最多 {PHOTOS_MOST} 张。会去掉拍摄地点等信息。请先征得照片里的人同意。",
        error_messages={"required": "请先选择照片。"},
    )
    caption = forms.CharField(
        label="照片说明", max_length=60, required=False, help_text="印在照片下面；一次传几张的，说明相同。"
    )


class CaseReturnForm(PlainForm):
    """What the alliance is to change."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="退回原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明哪里要改、怎么改，联盟秘书长会看到。",
    )
