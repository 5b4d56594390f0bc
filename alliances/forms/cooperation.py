"""Forms about agreements, shared venues and their bookings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import make_aware

from enterprises.models import Enterprise
from ledgers.cleaning import CellFault, clean_phone
from tenants.plain_forms import PlainForm

from ..models import Agreement
from ..services.agreements import AgreementEntry
from ..services.venues import VenueEntry
from .activities import ACCEPT
from .rotation import day_field


class AgreementForm(PlainForm):
    """What was agreed, by whom, until when."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), *Agreement.Kind.choices])
    subject = forms.CharField(label="事项", max_length=120, help_text="如：焊工共享用工、浓香型酿造技术联合攻关。")
    parties = forms.ModelMultipleChoiceField(
        label="签约的成员企业",
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一家签约的成员企业。"},
    )
    outside = forms.CharField(
        label="联盟外的单位", max_length=200, required=False, help_text="银行、院所、机关支部等，多个用“、”分开。"
    )
    signed_on = day_field("签订日期")
    valid_until = day_field("有效期至", required=False, help_text="没有写明期限的留空。到期前 30 天、7 天提醒秘书长。")
    content = forms.CharField(
        label="主要内容", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    upload = forms.FileField(
        label="附件",
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text="协议原件：PDF、Word 或拍的照片，一个文件。不得上传涉密材料。",
    )

    def __init__(self, *args: Any, members: QuerySet[Enterprise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parties"].queryset = members

    @property
    def entry(self) -> AgreementEntry:
        values = {name: self.cleaned_data[name] for name in AgreementEntry.__dataclass_fields__}
        return AgreementEntry(**values | {"parties": list(values["parties"])})


class EndForm(PlainForm):
    """Why an agreement ends before its time."""

    ended_on = day_field("终止日期")
    reason = forms.CharField(label="终止原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def _hour(label: str, **kwargs: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs)


class VenueForm(PlainForm):
    """A place that a member offers to the others."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    enterprise = forms.TypedChoiceField(label="提供单位")
    name = forms.CharField(label="场地名称", max_length=60, help_text="如：三楼会议室、实训车间。")
    place = forms.CharField(label="地点", max_length=120)
    capacity = forms.IntegerField(label="可容纳人数", min_value=1, max_value=100_000, required=False)
    purpose = forms.CharField(
        label="用途和设备", max_length=200, required=False, help_text="如：开会、党课、技能培训；有投影。"
    )
    opens = _hour("开放自")
    closes = _hour("至")
    contact_name = forms.CharField(label="联系人", max_length=40, required=False)
    contact_phone = forms.CharField(label="联系电话", max_length=20, required=False)
    is_offered = forms.BooleanField(
        label="开放预约", required=False, initial=True, help_text="取消勾选后不能再约，已经约好的不变。"
    )

    def __init__(self, *args: Any, providers: Sequence[Enterprise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _units(self.fields["enterprise"], providers, empty="请选择")

    def clean_contact_phone(self) -> str:
        try:
            return clean_phone(self.cleaned_data["contact_phone"]) or ""
        except CellFault as fault:
            raise forms.ValidationError(f"{fault.reason}。{fault.advice}。") from None

    @property
    def entry(self) -> VenueEntry:
        return VenueEntry(**{name: self.cleaned_data[name] for name in VenueEntry.__dataclass_fields__})


class BookingForm(PlainForm):
    """Some hours of a venue."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    day = day_field("哪一天")
    begins = _hour("自")
    ends = _hour("至")
    enterprise = forms.TypedChoiceField(label="使用单位", required=False)
    purpose = forms.CharField(label="做什么用", max_length=120)

    def __init__(self, *args: Any, units: Sequence[Enterprise], keeps: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _units(self.fields["enterprise"], units, empty="两新工委、联盟秘书长" if keeps else "请选择")
        self.fields["enterprise"].required = not keeps
        if len(units) == 1 and not keeps:
            self.fields["enterprise"].initial = str(units[0].pk)

    @property
    def wish(self) -> dict[str, Any]:
        """The cleaned values as `services.venues.venue_book` takes them."""
        said = self.cleaned_data
        moments = {
            "starts_at": make_aware(datetime.combine(said["day"], said["begins"])),
            "ends_at": make_aware(datetime.combine(said["day"], said["ends"])),
        }
        return {name: said[name] for name in ("enterprise", "purpose", "token")} | moments


class CancelForm(PlainForm):
    """Why a booking is given back."""

    reason = forms.CharField(label="取消原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def _units(field: forms.Field, units: Sequence[Enterprise], *, empty: str) -> None:
    """Let a choice offer some enterprises; it is cleaned to the enterprise, or to None."""
    by_id = {str(unit.pk): unit for unit in units}
    field.choices = [("", empty), *((pk, unit.name) for pk, unit in by_id.items())]
    field.coerce = by_id.__getitem__
    field.empty_value = None
