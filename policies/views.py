"""Pages of the policy library, and of which policy is for whom."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator

from enterprises.filters import EnterpriseFilter
from enterprises.models import Enterprise
from enterprises.views import EnterpriseTabView
from ledgers.lists import LedgerListView
from tenants.listing import ListFilter
from tenants.pages import TenantPage
from tenants.trail import trail
from tenants.views.base import FormPage

from . import selectors
from .eligibility import Truth, asked, conditions, parsed
from .filters import PolicyFilter
from .forms import ConditionsForm, TrialForm
from .models import Policy
from .permissions import FINDERS, may_set_conditions
from .rules import facts_of, rule_of
from .services import conditions_version, conditions_write
from .validity import Validity, validity


class PolicyListView(LedgerListView):
    sheet_key = "policies"
    selector = selectors.policy_list
    filterset_class = PolicyFilter
    template_name = "policies/policy_list.html"
    title = "政策"
    related = ("issuer", "element", "cluster")
    empty = {"empty_title": "还没有政策", "empty_text": "由管理员在“数据导入导出”中导入政策清单。"}

    def fill(self, page: Page) -> Page:
        page, today = super().fill(page), timezone.localdate()
        for policy in page.object_list:
            policy.validity = _validity(policy, today)
        return page


class PolicyDetailView(TenantPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        policy = selectors.policy_get(actor=request.actor, pk=pk)
        context: dict[str, Any] = {
            "policy": policy,
            "validity": _validity(policy, timezone.localdate()),
            "crumbs": [{"label": "政策", "url": reverse("policies:list")}, {"label": policy.document_number}],
            "asked": [asked(each) for each in conditions(rule_of(policy))],
            "may_find": bool(request.actor.roles & FINDERS),
            "may_set": may_set_conditions(request.actor, policy),
        }
        if request.actor.is_staff:
            context["entries"] = trail({Policy: {policy.pk: ""}})
        return render(request, "policies/policy_detail.html", context)


# Only reads: does without the savepoint that ATOMIC_REQUESTS would set inside the tenant's transaction.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class EnterprisePoliciesView(EnterpriseTabView):
    """The tab 政策匹配 of an enterprise: every policy in force with the reasons, also for figures tried out."""

    template_name = "policies/enterprise_policies.html"
    route = "policies:of_enterprise"

    def tab_context(self, request: HttpRequest, enterprise: Enterprise) -> dict[str, Any]:
        today = timezone.localdate()
        facts = facts_of(enterprise, today=today)
        trial = TrialForm.of(request.GET, facts)
        is_trial = trial.is_bound and trial.is_valid()
        tried = trial.applied(facts) if is_trial else facts
        found = selectors.matches_of(actor=request.actor, enterprise=enterprise, today=today, facts=tried)
        return {
            "trial": trial,
            "is_trial": is_trial,
            "figures_on": enterprise.figures_on,
            "fitting": [each for each in found if each.truth == Truth.FIT],
            "near": [each for each in found if each.is_near],
            "others": sum(1 for each in found if each.truth != Truth.FIT and not each.is_near),
            "total": len(found),
        }


class PolicyEnterprisesView(LedgerListView):
    """The enterprises in the actor's scope that a policy is for, or might be; exported as part of the roster."""

    roles = FINDERS
    sheet_key = "enterprises"
    filterset_class = EnterpriseFilter
    template_name = "policies/policy_enterprises.html"
    title = "符合条件的企业"
    related = ("region",)
    is_small = True
    empty = {"empty_title": "没有这样的企业", "empty_text": "按现有数据，没有企业落在这一栏。"}

    def filtered(self, request: HttpRequest) -> ListFilter:
        self.policy = selectors.policy_get(actor=request.actor, pk=self.kwargs["pk"])
        self.is_unknown = request.GET.get("data") == "missing"
        fits = None if self.is_unknown else True
        rows = selectors.enterprises_for(actor=request.actor, policy=self.policy, today=timezone.localdate(), fits=fits)
        return EnterpriseFilter(request.GET, queryset=rows, request=request)

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        chips = [
            {"label": "符合", "url": "?", "on": not self.is_unknown},
            {"label": "缺数据，补齐才能判断", "url": "?data=missing", "on": self.is_unknown},
        ]
        crumbs = [
            {"label": "政策", "url": reverse("policies:list")},
            {"label": self.policy.document_number, "url": reverse("policies:detail", args=[self.policy.pk])},
            {"label": self.title},
        ]
        more = {"policy": self.policy, "chips": chips, "crumbs": crumbs}
        return super().extra_context(request) | more | {"asked": [asked(c) for c in conditions(rule_of(self.policy))]}


class PolicyConditionsView(FormPage):
    """What a policy asks besides the columns of the 政策清单, without code."""

    roles = None
    template_name = "policies/conditions.html"
    title, submit = "补充条件", "保存条件"

    def make_form(self, data: Any = None) -> BaseForm:
        self.policy = selectors.policy_get(actor=self.request.actor, pk=self.kwargs["pk"])
        if not may_set_conditions(self.request.actor, self.policy):
            raise PermissionDenied("补充条件由发布单位或市级工作人员设置。")
        tree = parsed(self.policy.conditions) if self.policy.conditions else None
        return ConditionsForm(data, tree=tree, version=conditions_version(self.policy))

    def act(self, form: BaseForm) -> str:
        tree, version = form.cleaned_data["tree"], form.cleaned_data["version"]
        conditions_write(actor=self.request.actor, policy=self.policy, tree=tree, version=version)
        return "已保存。企业和名单从现在起按新条件匹配。"

    def next_url(self) -> str:
        return reverse("policies:detail", args=[self.kwargs["pk"]])

    def context(self) -> dict[str, Any]:
        library = {"label": "政策", "url": reverse("policies:list")}
        policy = {"label": self.policy.document_number, "url": self.next_url()}
        listed = [each for each in rule_of(self.policy).parts if each != self._extra()]
        return {
            "policy": self.policy,
            "listed": [asked(each) for part in listed for each in conditions(part)],
            "crumbs": [library, policy, {"label": self.title}],
        }

    def _extra(self) -> Any:
        return parsed(self.policy.conditions) if self.policy.conditions else None


def _validity(policy: Policy, today: date) -> Validity:
    return validity(effective_on=policy.effective_on, valid_until=policy.valid_until, today=today)
