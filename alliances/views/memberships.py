"""Joining and leaving an alliance: applications, approvals, refusals."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.urls import reverse
from django.utils import timezone

from enterprises.selectors import enterprise_get
from tenants.models import Role
from tenants.views.base import FormPage

from .. import selectors
from ..forms.memberships import ApprovalForm, ExitForm, JoinForm, MemberApplicationForm
from ..forms.rotation import RefusalForm
from ..models import Alliance, MembershipRequest
from ..permissions import KEEPERS, keeps
from ..selectors.memberships import alliances_to_join, membership_get, membership_request_get, speaks_for
from ..services.memberships import REFUSAL, membership_approve, membership_refuse, membership_request

Kind = MembershipRequest.Kind
ENTERPRISES = frozenset({Role.ENTERPRISE, Role.INSTRUCTOR})
SENT = "已提交，等联盟秘书长提交会议决定。"


class MembersFormPage(FormPage):
    """A form about the members of one alliance, which `make_form` finds."""

    roles = KEEPERS
    alliance: Alliance

    def keep(self) -> None:
        """403 unless the actor keeps the alliance."""
        if not keeps(self.request.actor, self.alliance):
            raise PermissionDenied(REFUSAL)

    def next_url(self) -> str:
        return reverse("alliances:members", args=[self.alliance.pk])

    def context(self) -> dict[str, Any]:
        alliances = {"label": "联盟", "url": reverse("alliances:list")}
        here = {"label": self.alliance.name, "url": self.next_url()}
        return {"title": self.title, "crumbs": [alliances, here, {"label": self.title}]}


class MemberApplyView(MembersFormPage):
    title, submit = "登记入盟申请", "登记"

    def make_form(self, data: Any = None) -> MemberApplicationForm:
        self.alliance = selectors.alliance_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.keep()
        return MemberApplicationForm(data)

    def act(self, form: BaseForm) -> str:
        made = membership_request(
            actor=self.request.actor, alliance=self.alliance, kind=Kind.JOIN, now=timezone.now(), **form.cleaned_data
        )
        return f"已登记{made.enterprise.name}的入盟申请。会议决定后，请在下面办理。"


class EnterpriseJoinView(FormPage):
    """An enterprise applies for itself."""

    roles = ENTERPRISES
    title, submit = "申请入盟", "提交申请"

    def make_form(self, data: Any = None) -> JoinForm:
        self.enterprise = enterprise_get(actor=self.request.actor, pk=self.kwargs["pk"])
        return JoinForm(data, alliances=alliances_to_join(enterprise=self.enterprise))

    def act(self, form: BaseForm) -> str:
        membership_request(
            actor=self.request.actor,
            enterprise=self.enterprise,
            kind=Kind.JOIN,
            now=timezone.now(),
            **form.cleaned_data,
        )
        return SENT

    def next_url(self) -> str:
        return reverse("alliances:of_enterprise", args=[self.kwargs["pk"]])

    def context(self) -> dict[str, Any]:
        enterprises = {"label": "企业", "url": reverse("enterprises:list")}
        return {"crumbs": [enterprises, {"label": self.enterprise.name, "url": self.next_url()}, {"label": self.title}]}


class MemberExitView(MembersFormPage):
    """A member wants to leave; its own account or the alliance's secretary says so."""

    roles = KEEPERS | ENTERPRISES
    title, submit = "申请退盟", "提交申请"

    def make_form(self, data: Any = None) -> ExitForm:
        self.membership = membership_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.alliance = self.membership.alliance
        if not speaks_for(self.request.actor, self.membership.enterprise):
            self.keep()
        return ExitForm(data)

    def facts(self) -> list[tuple[str, str]]:
        return [("企业", self.membership.enterprise.name), ("联盟", self.alliance.name)]

    def act(self, form: BaseForm) -> str:
        membership_request(
            actor=self.request.actor,
            alliance=self.alliance,
            kind=Kind.EXIT,
            enterprise=self.membership.enterprise,
            now=timezone.now(),
            **form.cleaned_data,
        )
        return SENT


class MembershipDecisionPage(MembersFormPage):
    """A form that decides an application."""

    wish: MembershipRequest

    def find(self) -> None:
        self.wish = membership_request_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.alliance = self.wish.alliance
        self.keep()

    def facts(self) -> list[tuple[str, str]]:
        return [
            ("企业", self.wish.enterprise.name),
            ("申请事项", self.wish.get_kind_display()),
            ("理由", self.wish.reason),
        ]


class MembershipApproveView(MembershipDecisionPage):
    title, submit = "同意申请", "同意"

    def make_form(self, data: Any = None) -> ApprovalForm:
        self.find()
        form = ApprovalForm(data, initial={"effective_on": timezone.localdate()})
        joins = self.wish.kind == Kind.JOIN
        form.fields["effective_on"].label = "入盟日期" if joins else "退盟日期"
        form.fields["effective_on"].help_text = (
            "从这一天起是成员，排在本轮轮值末位。" if joins else "从这一天起不再是成员；任期内的由下一顺位接任。"
        )
        return form

    def act(self, form: BaseForm) -> str:
        membership_approve(actor=self.request.actor, request=self.wish, now=timezone.now(), **form.cleaned_data)
        return f"已登记{self.wish.enterprise.name}{self.wish.get_kind_display()}。"


class MembershipRefuseView(MembershipDecisionPage):
    title, submit = "不同意申请", "不同意"

    def make_form(self, data: Any = None) -> RefusalForm:
        self.find()
        return RefusalForm(data)

    def act(self, form: BaseForm) -> str:
        membership_refuse(actor=self.request.actor, request=self.wish, now=timezone.now(), **form.cleaned_data)
        return "已答复申请单位。"
