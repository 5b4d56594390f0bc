"""Pages about enterprises, Party organisations and support forces."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from ledgers.lists import LedgerListView
from tenants.listing import ListView
from tenants.models import Role
from tenants.pages import TenantPage
from tenants.permissions import STAFF
from tenants.templatetags.portal import cn_date
from tenants.trail import trail
from tenants.views.base import FormPage

from ..filters import CadreFilter, EnterpriseFilter, PartyOrganisationFilter, SupportGroupFilter, VisitFilter
from ..forms import VisitForm, VisitWithdrawalForm
from ..models import Enterprise, PartyOrganisation, SupportGroup, Visit
from ..permissions import may_visit
from ..selectors import (
    cadre_list,
    enterprise_get,
    enterprise_list,
    party_organisation_get,
    party_organisation_list,
    party_organisations_of,
    support_group_get,
    support_group_list,
    support_groups_of,
    visit_coverage,
    visit_get,
    visit_list,
    visits_of,
    with_head_counts,
    with_latest_report,
)
from ..selectors.teams import teams_of
from ..services import VisitEntry, visit_record, visit_withdraw
from ..tabs import enterprise_tabs

#: Who records visits; to which enterprises, `may_visit` says.
VISITORS = STAFF | {Role.INSTRUCTOR}
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
    """The views of the support forces: groups, cadres, teams, and the visits of all."""
    routes = (
        ("小组", "enterprises:force_list"),
        ("干部", "enterprises:cadre_list"),
        ("指导员团队", "enterprises:team_list"),
        ("走访", "enterprises:visit_list"),
    )
    return [{"label": label, "url": reverse(route), "on": route == current} for label, route in routes]


class VisitListView(ListView):
    selector = visit_list
    filterset_class = VisitFilter
    template_name = "enterprises/visit_list.html"
    title = "走访记录"
    related = ("enterprise__region", "group")
    empty = {"empty_title": "还没有走访记录", "empty_text": "在企业页面的“走访”一栏登记。"}

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        coverage = visit_coverage(actor=request.actor, today=timezone.localdate())
        key = f"{reverse('enterprises:list')}?climbing=true"
        numbers = (
            ("助企攀登企业", coverage.enterprises, key),
            ("本季度已走访", coverage.visited, f"{key}&visited=true"),
            ("本季度还没有走访", coverage.missing, f"{key}&visited=false"),
            ("未安排力量", coverage.unserved, f"{key}&force=false"),
        )
        figures = [{"label": label, "value": f"{value:,}", "unit": "家", "url": url} for label, value, url in numbers]
        return super().extra_context(request) | {"tabs": force_tabs("enterprises:visit_list"), "figures": figures}


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
        return {
            "groups": support_groups_of(enterprise),
            "assignments": teams_of(enterprise, timezone.localdate()),
        }


class EnterpriseVisitsView(EnterpriseTabView):
    template_name = "enterprises/enterprise_visits.html"
    route = "enterprises:visits"

    def tab_context(self, request: HttpRequest, enterprise: Enterprise) -> dict[str, Any]:
        return {"visits": visits_of(enterprise), "may_visit": may_visit(request.actor, enterprise)}


class VisitFormPage(FormPage):
    """A form about a visit to one enterprise."""

    roles = VISITORS
    enterprise: Enterprise

    def find(self, enterprise: Enterprise) -> None:
        """Take the enterprise the form is about; refuse who may not record visits to it."""
        self.enterprise = enterprise
        if not may_visit(self.request.actor, enterprise):
            raise PermissionDenied("走访由两新工委和派驻这家企业的指导员登记。")

    def next_url(self) -> str:
        return reverse("enterprises:visits", args=[self.enterprise.pk])

    def context(self) -> dict[str, Any]:
        crumbs = [
            {"label": "企业", "url": reverse("enterprises:list")},
            {"label": self.enterprise.name, "url": self.next_url()},
            {"label": self.title},
        ]
        return {"crumbs": crumbs, "facts": self.facts()}

    def facts(self) -> list[tuple[str, str]]:
        """What the form is about."""
        return [("企业", self.enterprise.name)]


class VisitCreateView(VisitFormPage):
    title, submit = "登记走访", "登记"

    def make_form(self, data: Any = None) -> VisitForm:
        self.find(enterprise_get(actor=self.request.actor, pk=self.kwargs["pk"]))
        start = {"visited_on": timezone.localdate(), "visitors": str(self.request.actor.user), "token": uuid4()}
        return VisitForm(data, groups=support_groups_of(self.enterprise), initial=start)

    def act(self, form: BaseForm) -> str:
        values = dict(form.cleaned_data)
        token = values.pop("token")
        visit_record(
            actor=self.request.actor,
            enterprise=self.enterprise,
            entry=VisitEntry(**values),
            token=token,
            today=timezone.localdate(),
        )
        return "已登记走访。"


class VisitWithdrawView(VisitFormPage):
    title, submit = "撤回走访记录", "撤回"

    def make_form(self, data: Any = None) -> VisitWithdrawalForm:
        self.visit = visit_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.find(self.visit.enterprise)
        return VisitWithdrawalForm(data)

    def facts(self) -> list[tuple[str, str]]:
        visit = self.visit
        return [*super().facts(), ("走访日期", cn_date(visit.visited_on)), ("走访人", visit.visitors)]

    def act(self, form: BaseForm) -> str:
        visit_withdraw(actor=self.request.actor, visit=self.visit, reason=form.cleaned_data["reason"])
        return "已撤回，不再计入统计。"


class EnterpriseLogView(EnterpriseTabView):
    template_name = "enterprises/enterprise_log.html"
    route = "enterprises:log"
    roles = STAFF

    def tab_context(self, request: HttpRequest, enterprise: Enterprise) -> dict[str, Any]:
        organisations = {each.pk: each.name for each in enterprise.party_organisations.all()}
        visits = {each.pk: f"{each.visited_on:%Y-%m-%d} 走访" for each in enterprise.visits.all()}
        own: dict[type[Model], dict[int, str]] = {Enterprise: {enterprise.pk: ""}}
        return {"entries": trail(own | {PartyOrganisation: organisations, Visit: visits})}


class PartyOrganisationDetailView(TenantPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation = party_organisation_get(actor=request.actor, pk=pk)
        crumbs = [{"label": "党组织", "url": reverse("enterprises:party_list")}, {"label": organisation.name}]
        context = {
            "organisation": organisation,
            "crumbs": crumbs,
            "keeps": request.actor.is_staff,
        }
        return render(request, "enterprises/party_detail.html", context)


class SupportGroupDetailView(TenantPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        group = support_group_get(actor=request.actor, pk=pk)
        crumbs = [{"label": "助企力量", "url": reverse("enterprises:force_list")}, {"label": group.name}]
        served = enterprise_list(actor=request.actor).filter(served_by__group=group).select_related("region")
        context = {"group": group, "crumbs": crumbs, "cadres": group.cadres.all(), "served": served}
        return render(request, "enterprises/force_detail.html", context)
