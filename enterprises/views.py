"""Pages about enterprises, Party organisations and support forces."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ledgers.lists import LedgerListView
from tenants.pages import TenantPage
from tenants.permissions import STAFF
from tenants.trail import trail

from .filters import CadreFilter, EnterpriseFilter, PartyOrganisationFilter, SupportGroupFilter
from .models import Enterprise, PartyOrganisation, SupportGroup
from .selectors import (
    cadre_list,
    enterprise_get,
    enterprise_list,
    party_organisation_get,
    party_organisation_list,
    party_organisations_of,
    support_group_get,
    support_group_list,
    support_groups_of,
    with_head_counts,
    with_latest_report,
)
from .tabs import enterprise_tabs

IMPORT_FIRST = "由管理员在“数据导入导出”中导入{}。"


class EnterpriseListView(LedgerListView):
    selector = enterprise_list
    filterset_class = EnterpriseFilter
    template_name = "enterprises/enterprise_list.html"
    title = "企业"
    sheet_key = "enterprises"
    related = ("region",)
    empty = {"empty_title": "还没有企业", "empty_text": IMPORT_FIRST.format("企业名册")}


class PartyOrganisationListView(LedgerListView):
    selector = party_organisation_list
    filterset_class = PartyOrganisationFilter
    template_name = "enterprises/party_list.html"
    title = "党组织"
    sheet_key = "party_organisations"
    related = ("enterprise__region",)
    empty = {"empty_title": "还没有党组织", "empty_text": IMPORT_FIRST.format("党组织台账")}

    def prepare(self, rows: QuerySet[PartyOrganisation]) -> QuerySet[PartyOrganisation]:
        return with_latest_report(super().prepare(rows))


class SupportGroupListView(LedgerListView):
    selector = support_group_list
    filterset_class = SupportGroupFilter
    template_name = "enterprises/force_list.html"
    title = "助企攀登小组"
    sheet_key = "support_forces"
    related = ("region",)
    empty = {"empty_title": "还没有助企攀登小组", "empty_text": IMPORT_FIRST.format("助企力量台账")}

    def prepare(self, rows: QuerySet[SupportGroup]) -> QuerySet[SupportGroup]:
        return with_head_counts(super().prepare(rows))

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().extra_context(request) | {"tabs": force_tabs("enterprises:force_list")}

    def export(self, request: HttpRequest, rows: QuerySet[SupportGroup]) -> HttpResponse:
        """The ledger has one line per cadre: those of the filtered groups."""
        groups = rows.order_by().values("pk")
        cadres = cadre_list(actor=request.actor).filter(group__in=groups)
        return super().export(request, cadres.order_by("group__level", "group", "-is_leader", "pk"))


class CadreListView(LedgerListView):
    selector = cadre_list
    filterset_class = CadreFilter
    template_name = "enterprises/cadre_list.html"
    title = "助企干部"
    sheet_key = "support_forces"
    related = ("group__region",)
    empty = {"empty_title": "还没有助企干部", "empty_text": IMPORT_FIRST.format("助企力量台账")}

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().extra_context(request) | {"tabs": force_tabs("enterprises:cadre_list")}


def force_tabs(current: str) -> list[dict[str, Any]]:
    """The two views of the support forces: by group and by cadre."""
    routes = (("小组", "enterprises:force_list"), ("干部", "enterprises:cadre_list"))
    return [{"label": label, "url": reverse(route), "on": route == current} for label, route in routes]


class EnterpriseTabView(TenantPage):
    """One tab of an enterprise's page; also the base of tabs that floors above add (docs/adr/0030)."""

    template_name: ClassVar[str]
    route: ClassVar[str]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        enterprise = enterprise_get(actor=request.actor, pk=pk)
        context = {
            "enterprise": enterprise,
            "crumbs": [{"label": "企业", "url": reverse("enterprises:list")}, {"label": enterprise.name}],
            "tabs": enterprise_tabs.shown(actor=request.actor, pk=pk, current=self.route),
        }
        return render(request, self.template_name, context | self.tab_context(request, enterprise))

    def tab_context(self, request: HttpRequest, enterprise: Enterprise) -> dict[str, Any]:
        """What this tab shows besides the enterprise itself."""
        return {}


class EnterpriseDetailView(EnterpriseTabView):
    template_name = "enterprises/enterprise_detail.html"
    route = "enterprises:detail"


class EnterprisePartyView(EnterpriseTabView):
    template_name = "enterprises/enterprise_party.html"
    route = "enterprises:party"

    def tab_context(self, request: HttpRequest, enterprise: Enterprise) -> dict[str, Any]:
        return {"organisations": party_organisations_of(enterprise)}


class EnterpriseForcesView(EnterpriseTabView):
    template_name = "enterprises/enterprise_forces.html"
    route = "enterprises:forces"

    def tab_context(self, request: HttpRequest, enterprise: Enterprise) -> dict[str, Any]:
        return {"groups": support_groups_of(enterprise)}


class EnterpriseLogView(EnterpriseTabView):
    template_name = "enterprises/enterprise_log.html"
    route = "enterprises:log"
    roles = STAFF

    def tab_context(self, request: HttpRequest, enterprise: Enterprise) -> dict[str, Any]:
        organisations = {each.pk: each.name for each in enterprise.party_organisations.all()}
        return {"entries": trail({Enterprise: {enterprise.pk: ""}, PartyOrganisation: organisations})}


class PartyOrganisationDetailView(TenantPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation = party_organisation_get(actor=request.actor, pk=pk)
        crumbs = [{"label": "党组织", "url": reverse("enterprises:party_list")}, {"label": organisation.name}]
        context = {"organisation": organisation, "crumbs": crumbs}
        return render(request, "enterprises/party_detail.html", context)


class SupportGroupDetailView(TenantPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        group = support_group_get(actor=request.actor, pk=pk)
        crumbs = [{"label": "助企力量", "url": reverse("enterprises:force_list")}, {"label": group.name}]
        served = enterprise_list(actor=request.actor).filter(served_by__group=group).select_related("region")
        context = {"group": group, "crumbs": crumbs, "cadres": group.cadres.all(), "served": served}
        return render(request, "enterprises/force_detail.html", context)
