"""Forms about the posts of an alliance."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from ledgers.cleaning import CellFault, clean_phone
from tenants.plain_forms import PlainForm

from ..models import Appointment
from ..services.appointments import Officer
from .rotation import day_field


class PhoneField(forms.CharField):
    """A telephone number as the ledgers take it; cleaned to None where nothing was said."""

    def clean(self, value: Any) -> str | None:
        try:
            return clean_phone(super().clean(value))
        except CellFault as fault:
            raise forms.ValidationError(f"{fault.reason}。{fault.advice}。") from fault


class AppointmentForm(PlainForm):
    """A person in a post. `post` None lets it be chosen; an appointment with an account offers them."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    post = forms.ChoiceField(label="职务", choices=[("", "请选择"), *Appointment.Post.choices])
    person = forms.CharField(label="姓名", max_length=40)
    position = forms.CharField(
        label="单位职务", max_length=80, required=False, help_text="如：市工业和信息化局副局长。"
    )
    phone = PhoneField(label="联系电话", max_length=20, required=False)
    starts_on = day_field("任职自", help_text="到任的日期。原来有人任职的，任至这一天的前一天。")
    account = forms.ModelChoiceField(
        label="办事账号",
        queryset=None,
        required=False,
        empty_label="不设账号",
        help_text="秘书长、联络员用这个账号管理本联盟；卸任时权限自动收回。没有的，请管理员先建“联盟秘书长”账号。",
    )

    def __init__(
        self, *args: Any, accounts: QuerySet, post: str = "", knows_phone: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts
        if knows_phone:
            self.fields["phone"].help_text = "已登记，这里不显示。不改请留空。"
        if post:
            del self.fields["post"]
            if post not in Appointment.WITH_ACCOUNT:
                del self.fields["account"]

    @property
    def officer(self) -> Officer:
        """What the valid form says."""
        said = self.cleaned_data
        return Officer(said["person"], said["starts_on"], said["position"], said["phone"], said.get("account"))


class ReliefForm(PlainForm):
    """The end of an appointment."""

    ends_on = day_field("任至", help_text="任职的最后一天。")
    reason = forms.CharField(label="卸任原因", max_length=100, help_text="如：任期届满、工作调动。")
