"""The form of a full-time Party worker's certificate."""

from __future__ import annotations

from typing import Any

from django import forms

from tenants.plain_forms import PlainForm

from ..services.certificates import Worker
from .teams import day_field


class WorkerForm(PlainForm):
    """The worker of one organisation. The known number is never shown."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    worker = forms.CharField(label="专职党务工作者", max_length=40, required=False)
    is_certified = forms.ChoiceField(label="资格认证", choices=[("", "未持证"), ("yes", "持证")], required=False)
    number = forms.CharField(label="证书编号", max_length=40, required=False)
    until = day_field("证书有效期至", required=False, help_text="到期前 60 天提醒一次，过期后再提醒一次。")

    def __init__(self, *args: Any, knows_number: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if knows_number:
            self.fields["number"].help_text = "已登记，这里不显示。不改请留空。"

    @property
    def said(self) -> Worker:
        """What the valid form says."""
        given = self.cleaned_data
        number = given["number"].strip() or None
        return Worker(given["worker"], given["is_certified"] == "yes", number, given["until"])
