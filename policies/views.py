"""Pages of the policy library."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from ledgers.lists import LedgerListView
from tenants.pages import TenantPage
from tenants.trail import trail

from . import selectors
from .filters import PolicyFilter
from .models import Policy
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
        }
        if request.actor.is_staff:
            context["entries"] = trail({Policy: {policy.pk: ""}})
        return render(request, "policies/policy_detail.html", context)


def _validity(policy: Policy, today: date) -> Validity:
    return validity(effective_on=policy.effective_on, valid_until=policy.valid_until, today=today)
