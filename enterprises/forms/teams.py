"""Forms about 红帆指导员 teams."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from tenants.permissions import Actor
from tenants.plain_forms import PlainForm

from ..models import Enterprise
from ..selectors.teams import enterprises_named, instructor_accounts
from ..services.teams import NewMember


def day_field(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class TeamForm(PlainForm):
    """What is registered about a team itself."""

    name = forms.CharField(label="团队名称", max_length=80, help_text="如：任城区第一红帆指导员团。")
    region = forms.ModelChoiceField(label="县（市、区）", queryset=None, empty_label="请选择")
    studio = forms.CharField(
        label="“红帆”工作室", max_length=80, required=False, help_text="以党务干部姓名命名的工作室，没有就不填。"
    )

    def __init__(self, *args: Any, regions: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions


class MemberForm(PlainForm):
    """Somebody who joins a team."""

    person = forms.CharField(label="姓名", max_length=40)
    position = forms.CharField(label="单位职务", max_length=80, required=False, help_text="如：区财政局副局长。")
    is_leader = forms.ChoiceField(label="团内职务", choices=[("", "成员"), ("leader", "团长")], required=False)
    starts_on = day_field("加入日期")
    ends_on = day_field("最后一天", required=False, help_text="没有定期限就不填。")
    account = forms.ModelChoiceField(
        label="办事账号",
        queryset=None,
        required=False,
        empty_label="不设账号",
        help_text="用这个账号看团队派驻的企业、登记走访；退出团队或派驻结束后自动看不到。"
        "没有的，请管理员先建“红帆指导员”账号。",
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = instructor_accounts()

    @property
    def member(self) -> NewMember:
        """What the valid form says."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "token"}
        return NewMember(**said | {"is_leader": said["is_leader"] == "leader"})


class EnterpriseField(forms.CharField):
    """An enterprise that the actor may see, by its full name or 统一社会信用代码; cleaned to it."""

    actor: Actor

    def clean(self, value: Any) -> Enterprise:
        text = super().clean(value)
        found = enterprises_named(actor=self.actor, text=text)
        if not found:
            raise forms.ValidationError(
                f"您能看到的企业里没有“{text}”。请核对全称或统一社会信用代码；还没登记的，先由管理员导入企业名册。"
            )
        if len(found) > 1:
            raise forms.ValidationError(f"企业名册里叫“{text}”的不止一家，请改填统一社会信用代码。")
        return found[0]


class AssignmentForm(PlainForm):
    """An enterprise that a team is sent to."""

    enterprise = EnterpriseField(label="企业", max_length=120, help_text="填企业全称或统一社会信用代码。")
    starts_on = day_field("派驻自")
    ends_on = day_field("派驻至", required=False, help_text="最后一天，到期后权限自动收回。没有定期限就不填。")
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprise"].actor = actor


class EndForm(PlainForm):
    """The last day of a membership or an assignment."""

    ends_on = day_field("最后一天", help_text="这一天结束后生效。")
    reason = forms.CharField(label="原因", max_length=100, help_text="如：任期届满、工作调动、企业迁出。")
