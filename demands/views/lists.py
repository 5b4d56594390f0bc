"""Pages about demands and resources."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance
from alliances.selectors import alliance_list
from alliances.views import AllianceTabView
from enterprises.models import Enterprise
from enterprises.selectors import enterprise_list
from enterprises.views import EnterpriseTabView
from ledgers.lists import LedgerListView
from tenants.pages import TenantPage
from tenants.selectors.calendar import calendar_current
from tenants.trail import trail

from .. import selectors
from ..filters import LIGHTS, DemandFilter, ResourceFilter
from ..lights import counts_to, light_up, started_on
from ..list_views import lists_of
from ..models import Demand, Resource
from ..permissions import may_ask
from ..progress import explanation, steps
from .course import course_context
from .entering import ENTERERS
from .handling import HANDLERS, WATCHERS

#: Rows that a tab shows before it refers to the full list.
TAB_ROWS = 20


class DemandListView(LedgerListView):
    sheet_key = "demands"
    selector = selectors.demand_list
    filterset_class = DemandFilter
    template_name = "demands/demand_list.html"
    title = "诉求"
    related = ("enterprise", "element", "unit")
    empty = {"empty_title": "还没有诉求", "empty_text": "由管理员在“数据导入导出”中导入诉求台账。"}

    def fill(self, page: Page) -> Page:
        page = super().fill(page)
        light_up(page.object_list, today=timezone.localdate())
        return page

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        chosen = request.GET.get("light", "")
        chips = []
        for value, label in (("", "全部"), *LIGHTS):
            params = request.GET.copy()
            params.pop("page", None)
            params.pop("light", None)
            if value:
                params["light"] = value
            chips.append({"label": label, "url": f"?{params.urlencode()}", "on": value == chosen})
        roles = request.actor.roles
        return super().extra_context(request) | {
            "chips": chips,
            "may_enter": bool(roles & ENTERERS),
            "handles": bool(roles & HANDLERS),
            "watches": bool(roles & WATCHERS),
        }


class DemandDetailView(TenantPage):
    """One demand: how far it is, what the actor may do, its light, its course in words."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        demand = selectors.demand_get(actor=request.actor, number=number)
        today = timezone.localdate()
        light_up([demand], today=today)
        dates = {"due_on": demand.due_on, "closed_on": demand.closed_on}
        lit = {"due_on": counts_to(demand), "closed_on": demand.closed_on, "settled_on": demand.settled_on}
        context: dict[str, Any] = {
            "demand": demand,
            "crumbs": [{"label": "诉求", "url": reverse("demands:list")}, {"label": demand.number}],
            "steps": steps(
                state=demand.state,
                raised_on=demand.raised_on,
                accepted_on=demand.accepted_on,
                rating=demand.get_rating_display() if demand.rating else "",
                **dates,
            ),
            "explanation": explanation(
                demand.light, started_on=started_on(demand), today=today, calendar=calendar_current(), **lit
            ),
            **course_context(request.actor, demand),
            "enterprise_is_open": enterprise_list(actor=request.actor).filter(pk=demand.enterprise_id).exists(),
            "alliance_is_open": alliance_list(actor=request.actor).filter(pk=demand.alliance_id).exists(),
        }
        if demand.merged_into_id:
            open_to = selectors.demand_list(actor=request.actor).filter(pk=demand.merged_into_id)
            context["into_is_open"] = open_to.exists()
        if request.actor.is_staff:
            context["entries"] = trail({Demand: {demand.pk: ""}})
        return render(request, "demands/demand_detail.html", context)


class ResourceListView(LedgerListView):
    sheet_key = "resources"
    selector = selectors.resource_list
    filterset_class = ResourceFilter
    template_name = "demands/resource_list.html"
    title = "资源"
    related = ("enterprise", "alliance", "kind")
    empty = {"empty_title": "还没有资源", "empty_text": "由管理员在“数据导入导出”中导入资源清单。"}

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().extra_context(request) | {"today": timezone.localdate()}


class ResourceDetailView(TenantPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        resource = selectors.resource_get(actor=request.actor, pk=pk)
        context: dict[str, Any] = {
            "resource": resource,
            "today": timezone.localdate(),
            "crumbs": [{"label": "资源", "url": reverse("demands:resource_list")}, {"label": resource.kind.label}],
            "enterprise_is_open": enterprise_list(actor=request.actor).filter(pk=resource.enterprise_id).exists(),
            "alliance_is_open": alliance_list(actor=request.actor).filter(pk=resource.alliance_id).exists(),
        }
        if request.actor.is_staff:
            context["entries"] = trail({Resource: {resource.pk: ""}})
        return render(request, "demands/resource_detail.html", context)


class AllianceListsView(AllianceTabView):
    """The tab 清单 of an alliance's page: its published lists, its demands and resources."""

    route = "demands:of_alliance"
    template_name = "demands/alliance_lists.html"

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        demands = selectors.demand_list(actor=request.actor).filter(alliance=alliance)
        resources = selectors.resource_list(actor=request.actor).filter(alliance=alliance)
        current = _lists(demands, resources) | {"query": f"?alliance={alliance.pk}"}
        return current | lists_of(request, alliance)


class EnterpriseDemandsView(EnterpriseTabView):
    """The tab 诉求 of an enterprise's page: its demands and what it offers to others."""

    route = "demands:of_enterprise"
    template_name = "demands/enterprise_demands.html"

    def tab_context(self, request: HttpRequest, enterprise: Enterprise) -> dict[str, Any]:
        demands = selectors.demand_list(actor=request.actor).filter(enterprise=enterprise)
        resources = selectors.resource_list(actor=request.actor).filter(enterprise=enterprise)
        asks = bool(request.actor.roles & ENTERERS) and may_ask(request.actor, enterprise)
        return _lists(demands, resources) | {"query": f"?q={enterprise.name}", "may_enter": asks}


def _lists(demands: QuerySet[Demand], resources: QuerySet[Resource]) -> dict[str, Any]:
    """The first rows of both lists of a tab, with their totals."""
    urgent_first = DemandFilter.sorts["urgency"].keys(descending=False)
    shown = list(demands.select_related("enterprise", "element", "unit").order_by(*urgent_first)[:TAB_ROWS])
    light_up(shown, today=timezone.localdate())
    offered = resources.select_related("enterprise", "kind").order_by("-published_on", "-pk")
    return {
        "demands": shown,
        "demand_total": demands.count(),
        "resources": list(offered[:TAB_ROWS]),
        "resource_total": resources.count(),
        "today": timezone.localdate(),
    }
