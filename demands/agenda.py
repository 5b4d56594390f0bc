"""What demands put on an alliance's agenda (domain.md §4 and §5). Counted, never named: members read each other's
agenda, not each other's demands."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet

from alliances.agenda import Proposal, Source
from alliances.models import Alliance, Meeting

from .models import Demand

#: Clocks that run: neither waiting for the enterprise nor for a promised date, nor stopped by an answer.
OVERDUE = ~Q(state__in=(Demand.State.PAUSED, Demand.State.SHELVED)) & Q(settled_on__isnull=True)

#: From how many members on a matter is one of all (共性问题).
COMMON_FROM = 3


def _open_demands(alliance: Alliance) -> QuerySet[Demand]:
    return Demand.objects.filter(alliance=alliance, closed_on__isnull=True).exclude(state=Demand.State.DRAFT)


def common_issues(meeting: Meeting, today: date) -> list[Proposal]:
    """Elements in which at least three members have an open demand, the widest first."""
    elements = _open_demands(meeting.body.alliance).values_list("element", "element__label").order_by()
    counted = elements.annotate(enterprises=Count("enterprise", distinct=True), demands=Count("pk"))
    shared = counted.filter(enterprises__gte=COMMON_FROM).order_by("-enterprises", "element")
    return [
        Proposal(
            f"common:{element}", f"共性问题：{label}", f"{enterprises} 家成员企业提出 {demands} 件同类诉求，尚未办结。"
        )
        for element, label, enterprises, demands in shared
    ]


def overdue_demands(meeting: Meeting, today: date) -> list[Proposal]:
    """One topic about all demands past their due day, with their numbers, the longest overdue first."""
    overdue = _open_demands(meeting.body.alliance).filter(OVERDUE, due_on__lt=today).order_by("due_on", "pk")
    numbers = list(overdue.values_list("number", flat=True))
    if not numbers:
        return []
    return [Proposal("overdue-demands", "超期诉求的办理", f"共 {len(numbers)} 件：{_listed(numbers)}。")]


def _listed(numbers: list[str], most: int = 10) -> str:
    return "、".join(numbers[:most]) + (" 等" if len(numbers) > most else "")


SOURCES = (Source(20, "共性问题", common_issues), Source(30, "超期诉求", overdue_demands))
