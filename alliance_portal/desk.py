"""The 工作台: the first page after signing in, put together from what each role works with.

Every number is counted from rows that the actor may see and opens the list of these rows.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator

from alliances.models import Handover
from alliances.permissions import SEES_DEMANDS
from alliances.selectors import activity_list_current, alliance_list, with_counts
from alliances.selectors.appointments import with_officers
from alliances.selectors.handovers import handover_list_open
from alliances.selectors.handovers import light_up as light_packs
from alliances.selectors.meetings import meetings_soon
from alliances.selectors.resolutions import light_up as light_tasks
from alliances.selectors.resolutions import open_resolutions
from demands.filters import DemandFilter
from demands.lights import ON_TIME, light_up, with_light
from demands.models import Demand
from demands.selectors import demand_list, resource_list, still_offered
from enterprises.selectors import enterprise_list
from ledgers.selectors import LONG, import_list
from policies.selectors import in_force, policy_list
from reports.figures import BY_KEY, compute, shown
from reports.periods import Period, quarter_period
from reports.selectors import briefing_list
from tenants.models import AuditEntry, Role, User
from tenants.pages import TenantPage
from tenants.permissions import STAFF, Actor
from tenants.selectors.calendar import calendar_current, calendar_missing

ROWS = 8
FEW = 5
AUDIT_DAYS = 7
#: Those who see to it that demands are answered; enterprises and their 指导员 wait for the answers.
HANDLERS = STAFF | {Role.DEPARTMENT, Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}
SECRETARIES = frozenset({Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY})
#: Those whose signature a handover pack may wait for; administrators find the packs in their list.
SIGNERS = SEES_DEMANDS - {Role.TENANT_ADMIN}
ASKERS = frozenset({Role.ENTERPRISE, Role.INSTRUCTOR})


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class DeskView(TenantPage):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.is_operator:
            return redirect("tenants:operator_home")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "desk/desk.html", desk_for(request.actor, today=timezone.localdate()))


def desk_for(actor: Actor, *, today: date) -> dict[str, Any]:
    """The parts of the actor's desk; the template shows those that are there."""
    quarter = quarter_period(today.year, (today.month + 2) // 3)
    handles = bool(actor.roles & HANDLERS)
    desk: dict[str, Any] = {
        "today": today,
        "quarter_days": calendar_current().working_days_between(today, quarter.end),
        "is_handler": handles,
        "figures": _handling(actor, quarter, today) if handles else _asking(actor, today),
        "demands": _attention(actor, today) if handles else _own_demands(actor, today),
    }
    if not actor.roles <= {Role.DEPARTMENT}:
        activities = activity_list_current(actor=actor).select_related("alliance")
        desk["activities"] = activities.order_by("-held_on", "-pk")[:FEW]
    if actor.roles & (SECRETARIES | ASKERS):
        alliances = alliance_list(actor=actor).select_related("region").order_by("pinyin", "pk")
        desk["alliances"] = with_officers(with_counts(alliances, today=today))[:ROWS]
    if actor.roles & SIGNERS:
        desk["handovers"] = _handovers(actor, today)
    desk["tasks"] = light_tasks(open_resolutions(actor=actor)[:FEW], today=today)
    desk["meetings"] = meetings_soon(actor=actor, today=today)[:FEW]
    if actor.roles & ASKERS:
        desk["resources"] = _resources(actor, today)
    if actor.roles & (ASKERS | {Role.DEPARTMENT}):
        desk["policies"] = _policies(actor, today)
    if actor.is_staff:
        desk["briefings"] = briefing_list(actor=actor)[:FEW]
    if actor.is_admin:
        desk["imports"] = import_list(actor=actor).defer(*LONG)[:FEW]
        desk["system"] = _system(actor, today)
        desk["missing"] = calendar_missing(today=today)
    return desk


def _list(route: str, **params: Any) -> str:
    return f"{reverse(route)}?{urlencode(params)}"


def _handling(actor: Actor, quarter: Period, today: date) -> list[dict[str, Any]]:
    """The head figures of those who answer for demands."""
    due = Q(due_on__range=(quarter.start, quarter.end))
    demands = with_light(demand_list(actor=actor), today=today).filter(due | Q(closed_on__isnull=True))
    numbers = demands.aggregate(
        waiting=Count("pk", filter=Q(state=Demand.State.ACCEPTED)),
        amber=Count("pk", filter=Q(light="amber")),
        red=Count("pk", filter=Q(light="red")),
        units=Count("unit", filter=Q(light="red"), distinct=True),
        n=Count("pk", filter=due),
        on_time=Count("pk", filter=due & ON_TIME),
    )
    rate = BY_KEY["on_time_rate"]
    value, on_time, fell_due = compute(rate, {"due": [numbers]})
    waiting, days = {"state": Demand.State.ACCEPTED.value}, {"due_from": quarter.start, "due_to": quarter.end}
    return [
        {"label": "待交办诉求", "value": numbers["waiting"], "unit": "件", "url": _list("demands:list", **waiting)},
        _light_figure("amber", numbers, "快到办理时限"),
        _light_figure("red", numbers, f"涉及 {numbers['units']} 个责任单位" if numbers["units"] else "超过办理时限"),
        {
            "label": f"本季{rate.label}",
            "value": shown(value, rate.places),
            "unit": "%" if fell_due else "",
            "numerator": on_time if fell_due else None,
            "denominator": fell_due or None,
            "change": "" if fell_due else "本季没有到期的诉求",
            "url": _list("demands:list", **days),
        },
    ]


def _asking(actor: Actor, today: date) -> list[dict[str, Any]]:
    """The head figures of an enterprise and of those who speak for it."""
    numbers = with_light(demand_list(actor=actor), today=today).aggregate(
        n=Count("pk"),
        done=Count("pk", filter=Q(light="done")),
        amber=Count("pk", filter=Q(light="amber")),
        red=Count("pk", filter=Q(light="red")),
    )
    return [
        {"label": "提出的诉求", "value": numbers["n"], "unit": "件", "url": reverse("demands:list")},
        {"label": "已办结", "value": numbers["done"], "unit": "件", "url": _list("demands:list", light="done")},
        _light_figure("amber", numbers, "快到办理时限"),
        _light_figure("red", numbers, "超过办理时限"),
    ]


def _light_figure(light: str, numbers: dict[str, int], words: str) -> dict[str, Any]:
    label = {"amber": "黄灯", "red": "红灯"}[light]
    tone = light if numbers[light] else ""
    url = _list("demands:list", light=light)
    return {"label": label, "value": numbers[light], "unit": "件", "change": words, "tone": tone, "url": url}


def _attention(actor: Actor, today: date) -> list[Demand]:
    """What is overdue or soon will be, the most pressing first."""
    pressing = with_light(demand_list(actor=actor), today=today).filter(light__in=("red", "amber"))
    return _lit(pressing.order_by("due_on", "pk"), today)


def _own_demands(actor: Actor, today: date) -> list[Demand]:
    """An enterprise's demands as its list shows them: open ones first."""
    return _lit(demand_list(actor=actor).order_by(*DemandFilter.sorts["urgency"].keys(descending=False)), today)


def _lit(demands: QuerySet[Demand], today: date) -> list[Demand]:
    rows = list(demands.select_related("enterprise", "element", "unit")[:ROWS])
    light_up(rows, today=today)
    return rows


def _handovers(actor: Actor, today: date) -> list[Handover]:
    """The packs that are not signed by all three yet, the most pressing first."""
    handovers = list(handover_list_open(actor=actor)[:FEW])
    light_packs(handovers, today=today)
    return handovers


def _resources(actor: Actor, today: date) -> QuerySet:
    """What others offer now, the newest first."""
    own = enterprise_list(actor=actor).order_by().values("pk")
    offered = resource_list(actor=actor).filter(still_offered(today)).exclude(enterprise__in=own)
    return offered.select_related("enterprise", "kind").order_by("-published_on", "-pk")[:FEW]


def _policies(actor: Actor, today: date) -> QuerySet:
    """A department's own policies in force; for an enterprise those written for its chains and its size."""
    policies = policy_list(actor=actor).filter(in_force(today))
    if actor.roles & ASKERS:
        clusters = alliance_list(actor=actor).order_by().values("cluster")
        scales = enterprise_list(actor=actor).order_by().values("scale")
        for_chain = Q(cluster__isnull=True) | Q(cluster__in=clusters)
        policies = policies.filter(for_chain, Q(scale="") | Q(scale__in=scales))
    else:
        policies = policies.filter(issuer__in=actor.unit_ids)
    return policies.select_related("issuer", "element").order_by("-effective_on", "-pk")[:FEW]


def _system(actor: Actor, today: date) -> list[dict[str, Any]]:
    """What an administrator keeps an eye on: accounts, and acts that did not succeed these days."""
    since = today - timedelta(days=AUDIT_DAYS - 1)
    verbs = AuditEntry.Verb

    def entries(verb: str) -> Coalesce:
        rows = AuditEntry.objects.filter(verb=verb, at__date__gte=since).order_by().values("tenant")
        return Coalesce(Subquery(rows.values(n=Count("pk"))), 0)

    users = User.objects.filter(tenant=OuterRef("tenant"), is_active=True).order_by().values("tenant")
    numbers = (
        User.objects.filter(pk=actor.user.pk)
        .values(
            users=Coalesce(Subquery(users.values(n=Count("pk"))), 0),
            failed=entries(verbs.SIGN_IN_FAILED),
            refused=entries(verbs.REFUSED),
        )
        .get()
    )
    day = since.isoformat()
    last = f"近 {AUDIT_DAYS} 天"
    return [
        {
            "label": "启用的账号",
            "value": numbers["users"],
            "unit": "个",
            "url": _list("tenants:user_list", active="true"),
        },
        {
            "label": f"{last}登录失败",
            "value": numbers["failed"],
            "unit": "次",
            "url": _list("tenants:sign_in_log", verb=verbs.SIGN_IN_FAILED.value, since=day),
        },
        {
            "label": f"{last}拒绝访问",
            "value": numbers["refused"],
            "unit": "次",
            "url": _list("tenants:operation_log", verb=verbs.REFUSED.value, since=day),
        },
    ]
