"""What demands and resources put into the handover pack of an alliance's rotation (domain.md §3)."""

from __future__ import annotations

from collections import Counter

from django.db.models import Q
from django.urls import reverse

from alliances.handover import Handed, Part, Row, Section
from alliances.rotation_wording import in_words

from .lights import light_up
from .models import Demand, PublishedList, Resource
from .selectors import demand_list, resource_list, still_offered
from .selectors.published_lists import version_list

PRESSING = (("red", "红灯"), ("amber", "黄灯"))


def _demands(handed: Handed) -> Part:
    """The demands that were open on the day of the turn, with the light of today."""
    ours = Demand.objects.filter(alliance=handed.alliance_id).exclude(state=Demand.State.DRAFT)
    still_open = Q(closed_on__isnull=True) | Q(closed_on__gte=handed.handed_on)
    passed_on = ours.filter(still_open, raised_on__lt=handed.handed_on).select_related("enterprise", "unit")
    rows = list(passed_on.order_by("due_on", "pk"))
    light_up(rows, today=handed.today)
    span = (handed.starts_on, handed.ends_on)
    raised = ours.filter(raised_on__range=span).count()
    closed = ours.filter(closed_on__range=span).count()
    colours = Counter(row.light.colour for row in rows)
    lights = "、".join(
        f"{word} {colours[key]} 件" for key, word in (("red", "红灯"), ("amber", "黄灯")) if colours[key]
    )
    return Part(
        title="移交的诉求",
        columns=("编号", "诉求", "企业", "责任单位", "办理时限", "灯色"),
        rows=tuple(
            Row(
                row.pk,
                reverse("demands:detail", args=[row.number]),
                (
                    row.number,
                    row.content,
                    row.enterprise.name,
                    row.unit.name if row.unit else "—",
                    in_words(row.due_on) if row.due_on else "—",
                    row.light.words,
                ),
                row.light.colour,
            )
            for row in rows
        ),
        summary=(
            f"收到诉求 {raised} 件，办结 {closed} 件，移交时未办结 {len(rows)} 件{f'（{lights}）' if lights else ''}。"
        ),
        empty="移交时没有未办结的诉求。",
    )


def _resources(handed: Handed) -> Part:
    """The offers that last beyond the turn."""
    offered = Resource.objects.filter(
        still_offered(handed.handed_on), alliance=handed.alliance_id, published_on__lt=handed.handed_on
    )
    rows = list(offered.select_related("enterprise", "kind").order_by("valid_until", "pk"))
    return Part(
        title="有效的共享资源",
        columns=("资源", "企业", "类别", "有效期至"),
        rows=tuple(
            Row(
                row.pk,
                reverse("demands:resource_detail", args=[row.pk]),
                (
                    row.content,
                    row.enterprise.name,
                    row.kind.label,
                    in_words(row.valid_until) if row.valid_until else "长期",
                ),
            )
            for row in rows
        ),
        summary=f"有效的共享资源 {len(rows)} 项。" if rows else "",
        empty="没有有效的共享资源。",
    )


def _lists(handed: Handed) -> Part:
    """The versions of lists that were published during the term."""
    published = PublishedList.objects.filter(
        alliance=handed.alliance_id, published_on__range=(handed.starts_on, handed.ends_on)
    )
    rows = list(published.defer("content").order_by("published_on", "pk"))
    return Part(
        title="已发布的清单",
        columns=("清单", "发布日期", "项数", "比上一版"),
        rows=tuple(
            Row(
                row.pk,
                reverse("demands:list_version", args=[row.pk]),
                (str(row), in_words(row.published_on), str(row.row_count), row.summary),
            )
            for row in rows
        ),
        summary=f"发布清单 {len(rows)} 版。" if rows else "",
        empty="任期内没有发布清单。",
    )


SECTIONS = (
    Section(10, "demands", _demands, demand_list),
    Section(20, "resources", _resources, resource_list),
    Section(25, "published_lists", _lists, version_list),
)
