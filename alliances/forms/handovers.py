"""Forms about handover packs: the holder's own words, the reason of a return."""

from __future__ import annotations

from django import forms

from tenants.plain_forms import PlainForm

MAX_WORDS = 4000


class HandoverForm(PlainForm):
    """What the outgoing holder adds to the compiled lists."""

    summary = forms.CharField(
        label="季度工作小结",
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="本季度做了什么、成效如何。活动、诉求等数字由系统列出，不必重复。",
    )
    suggestions = forms.CharField(
        label="工作建议",
        max_length=MAX_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="给下一任的建议，如正在谈的合作、需要盯住的诉求。",
    )
    version = forms.CharField(widget=forms.HiddenInput)


class ReturnForm(PlainForm):
    """Why a pack is sent back."""

    reason = forms.CharField(
        label="退回原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text="移交人会看到。"
    )
