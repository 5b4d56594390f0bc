"""The form that changes the working-day calendar."""

from __future__ import annotations

from typing import Any

from django import forms

from ..plain_forms import PlainForm
from ..services.calendar import Rule


class CalendarForm(PlainForm):
    """A span of days, what holds for them, and why."""

    first = forms.DateField(label="开始日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(
        label="结束日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="只改一天的可不填。",
    )
    rule = forms.ChoiceField(
        label="改为",
        choices=[(rule.value, rule.label) for rule in Rule],
        widget=forms.RadioSelect,
        help_text="“按国家规定”取消本地改动；国家没有规定的，周一至周五上班。",
    )
    reason = forms.CharField(label="原因", max_length=200, help_text="写明依据，如文号。会记入修改记录。")
    is_complete = forms.BooleanField(label="", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, unknown_year: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if unknown_year is None:
            del self.fields["is_complete"]
        else:
            self.fields["is_complete"].label = f"改完这一次，{unknown_year}年的放假安排就录全了"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["last"] = cleaned.get("last") or cleaned.get("first")
        cleaned.setdefault("is_complete", False)
        return cleaned
