"""Forms about visits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from tenants.plain_forms import PlainForm

from ..models import SupportGroup


class VisitForm(PlainForm):
    """A visit to one enterprise, filled in on a phone on the way back."""

    visited_on = forms.DateField(label="走访日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    visitors = forms.CharField(label="走访人", max_length=100, help_text="多人用顿号隔开。")
    group = forms.TypedChoiceField(label="助企攀登小组", required=False, empty_value=None)
    content = forms.CharField(label="走访情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    needs = forms.CharField(
        label="企业反映的问题",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="没有就不填。需要部门办理的，另外登记诉求。",
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, groups: Iterable[SupportGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_id = {str(group.pk): group for group in groups}
        if not by_id:
            del self.fields["group"]
            return
        field = self.fields["group"]
        field.choices = [("", "不是小组走访"), *((pk, group.name) for pk, group in by_id.items())]
        field.coerce = by_id.__getitem__


class VisitWithdrawalForm(PlainForm):
    """Why a visit is withdrawn."""

    reason = forms.CharField(
        label="撤回原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="撤回后不再计入覆盖率，记录和原因保留在日志里，不能恢复。",
    )
