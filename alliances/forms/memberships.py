"""Forms about joining and leaving an alliance."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from enterprises.models import Enterprise
from tenants.plain_forms import PlainForm

from ..models import Alliance
from ..selectors.memberships import enterprises_named
from .rotation import day_field


def _reason(example: str) -> forms.CharField:
    return forms.CharField(
        label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text=f"如：{example}。"
    )


class EnterpriseField(forms.CharField):
    """An enterprise of the roster by its full name or 统一社会信用代码; cleaned to it."""

    def clean(self, value: Any) -> Enterprise:
        text = super().clean(value)
        found = enterprises_named(text)
        if not found:
            raise forms.ValidationError(
                f"企业名册里没有“{text}”。请核对全称或统一社会信用代码；还没登记的，先由管理员导入企业名册。"
            )
        if len(found) > 1:
            raise forms.ValidationError(f"企业名册里叫“{text}”的不止一家，请改填统一社会信用代码。")
        return found[0]


class AllianceField(forms.ModelChoiceField):
    """An alliance by name, with the county that tells two of one name apart."""

    def label_from_instance(self, obj: Alliance) -> str:
        return f"{obj.name}（{obj.region.name}，{obj.cluster.label}）"


class MemberApplicationForm(PlainForm):
    """An enterprise's application as the alliance's secretary registers it."""

    enterprise = EnterpriseField(label="企业", max_length=120, help_text="填企业全称或统一社会信用代码。")
    reason = _reason("与本链多家成员长期配套，愿意遵守章程")


class JoinForm(PlainForm):
    """An enterprise's own application."""

    alliance = AllianceField(label="申请加入的联盟", queryset=None, empty_label="请选择")
    reason = _reason("与本链多家成员长期配套，愿意遵守章程")

    def __init__(self, *args: Any, alliances: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alliance"].queryset = alliances


class ExitForm(PlainForm):
    """A member's wish to leave."""

    reason = _reason("企业迁出本市")


class ApprovalForm(PlainForm):
    """What a meeting decided."""

    meeting = forms.CharField(label="决定会议", max_length=120, help_text="如：理事会第三季度例会。")
    effective_on = day_field("生效日期")
