"""Pages about alliances."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from enterprises.permissions import ASSIST, OPERATE, granted_to
from enterprises.selectors import enterprise_list
from enterprises.views import EnterpriseTabView
from ledgers.lists import LedgerListView
from tenants.pages import TenantPage
from tenants.trail import trail

from .. import selectors
from ..filters import AllianceFilter
from ..models import Activity, Alliance, Appointment, Charter, Membership, MembershipRequest
from ..permissions import RECORDS, SEES_DEMANDS, SEES_LOG, keeps
from ..selectors.appointments import appointment_list, with_officers
from ..selectors.charters import charter_list
from ..selectors.memberships import membership_request_list, membership_requests_of
from ..tabs import alliance_tabs

#: Rows that a tab shows before it refers to the full list.
TAB_ROWS = 20


class AllianceListView(LedgerListView):
    sheet_key = "alliances"
    selector = selectors.alliance_list
    filterset_class = AllianceFilter
    template_name = "alliances/alliance_list.html"
    title = "联盟"
    related = ("cluster", "region", "lead_unit")
    empty = {"empty_title": "还没有联盟", "empty_text": "由管理员在“数据导入导出”中导入联盟名册。"}

    def prepare(self, rows: QuerySet[Alliance]) -> QuerySet[Alliance]:
        return with_officers(selectors.with_counts(super().prepare(rows), today=timezone.localdate()))

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        cards, sees_demands = request.GET.get("view") == "cards", bool(request.actor.roles & SEES_DEMANDS)
        return super().extra_context(request) | {"cards": cards, "sees_demands": sees_demands}


class AllianceTabView(TenantPage):
    """One tab of an alliance's page. Its template extends `alliances/alliance_base.html`."""

    route: ClassVar[str]
    template_name: ClassVar[str]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        alliance = selectors.alliance_get(actor=request.actor, pk=pk)
        crumbs = [{"label": "联盟", "url": reverse("alliances:list")}, {"label": alliance.name}]
        context = {
            "alliance": alliance,
            "crumbs": crumbs,
            "tabs": alliance_tabs.shown(actor=request.actor, pk=alliance.pk, current=self.route),
        }
        return render(request, self.template_name, context | self.tab_context(request, alliance))

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        """What this tab shows besides the alliance."""
        return {}


class AllianceDetailView(AllianceTabView):
    route = "alliances:detail"
    template_name = "alliances/alliance_detail.html"

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        today = timezone.localdate()
        visible = selectors.alliance_list(actor=request.actor).filter(pk=alliance.pk)
        counted = with_officers(selectors.with_counts(visible, today=today)).get()
        activities = selectors.activity_list_current(actor=request.actor).filter(alliance=alliance)
        return {
            "counted": counted,
            "sees_demands": bool(request.actor.roles & SEES_DEMANDS),
            "activities": activities.select_related("type").order_by("-held_on", "-pk")[:5],
            "initiator_is_open": open_to(request, {alliance.initiator_id}),
            "charter": charter_list(actor=request.actor, alliance=alliance).first(),
            "year": today.year,
        }


class AllianceMembersView(AllianceTabView):
    route = "alliances:members"
    template_name = "alliances/alliance_members.html"

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        members = selectors.membership_list(actor=request.actor, alliance=alliance)
        members = list(members.prefetch_related("enterprise__party_organisations"))
        wishes = list(membership_request_list(actor=request.actor, alliance=alliance))
        former = list(selectors.former_membership_list(actor=request.actor, alliance=alliance))
        return {
            "members": members,
            "former": former,
            "pending": [each for each in wishes if each.state == MembershipRequest.State.PENDING],
            "settled": [each for each in wishes if each.state != MembershipRequest.State.PENDING],
            "keeps": keeps(request.actor, alliance),
            "own_ids": own_enterprises(request),
            "open_ids": open_to(request, {membership.enterprise_id for membership in (*members, *former)}),
        }


class AllianceActivitiesView(AllianceTabView):
    route = "alliances:activities"
    template_name = "alliances/alliance_activities.html"

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        activities = selectors.activity_list_current(actor=request.actor).filter(alliance=alliance)
        records = bool(request.actor.roles & RECORDS)
        may_record = records and selectors.may_record(actor=request.actor, alliance_id=alliance.pk)
        return {
            "activities": activities.select_related("type").order_by("-held_on", "-pk")[:TAB_ROWS],
            "total": activities.count(),
            "may_record": may_record,
            "record_url": reverse("alliances:activity_create", args=[alliance.pk]) if may_record else "",
            "empty_text": "由联盟秘书长、轮值书记登记，或由管理员导入活动台账。",
        }


class AllianceLogView(AllianceTabView):
    route = "alliances:log"
    template_name = "alliances/alliance_log.html"
    roles = SEES_LOG

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        memberships = Membership.objects.filter(alliance=alliance).select_related("enterprise")
        members = {membership.pk: f"成员 {membership.enterprise.name}" for membership in memberships}
        activities = selectors.activity_list(actor=request.actor).filter(alliance=alliance).values_list("pk", "topic")
        held = {pk: f"活动“{topic}”" for pk, topic in activities}
        charters = {each.pk: str(each) for each in charter_list(actor=request.actor, alliance=alliance)}
        officers = {each.pk: str(each) for each in appointment_list(actor=request.actor, alliance=alliance)}
        wishes = membership_request_list(actor=request.actor, alliance=alliance)
        applications = {each.pk: f"{each.enterprise.name}{each}" for each in wishes}
        subjects: dict[type[Model], dict[int, str]] = {
            Alliance: {alliance.pk: ""},
            Membership: members,
            Activity: held,
            Charter: charters,
            Appointment: officers,
            MembershipRequest: applications,
        }
        return {"entries": trail(subjects)}


class EnterpriseAlliancesView(EnterpriseTabView):
    """The tab 联盟 of an enterprise's page: its memberships, and the activities in which it took part."""

    route = "alliances:of_enterprise"
    template_name = "alliances/enterprise_alliances.html"

    def tab_context(self, request: HttpRequest, enterprise: Enterprise) -> dict[str, Any]:
        memberships = selectors.memberships_of(actor=request.actor, enterprise=enterprise)
        activities = selectors.activity_list_current(actor=request.actor).filter(participants__enterprise=enterprise)
        shown = activities.select_related("type").order_by("-held_on", "-pk")[:TAB_ROWS]
        return {
            "memberships": memberships,
            "requests": membership_requests_of(enterprise=enterprise),
            "speaks": enterprise.pk in own_enterprises(request),
            "activities": shown,
            "total": activities.count(),
        }


def own_enterprises(request: HttpRequest) -> set[int]:
    """The enterprises for which the actor speaks: few."""
    return set(granted_to(request.actor, OPERATE, ASSIST))


def open_to(request: HttpRequest, enterprise_ids: set[int | None]) -> set[int]:
    """Those of some enterprises whose page the actor may open: only their names become links."""
    ids = [pk for pk in enterprise_ids if pk]
    return set(enterprise_list(actor=request.actor).filter(pk__in=ids).values_list("pk", flat=True))
