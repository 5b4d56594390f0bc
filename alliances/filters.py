"""Filters of the lists of alliances, activities and handover packs, for pages and API alike."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from tenants.listing import DayFilter, ListFilter, ReferenceFilter, RegionFilter, Sort, entries
from tenants.models import DictionaryEntry

from .brands import YEARS_AHEAD
from .models import Activity, Agreement, Alliance, BrandProject, Handover, Meeting, TypicalCase
from .permissions import visible_alliances
from .selectors.cases import waiting_for
from .selectors.cooperation import expiring, in_force


class AllianceFilter(ListFilter):
    sorts = {
        "name": Sort("联盟名称", ("pinyin",)),
        "region": Sort("县（市、区）", ("region__position", "pinyin")),
        "founded": Sort("成立日期", ("founded_on",)),
    }
    default_sort = "name"

    region = RegionFilter(label="县（市、区）")
    cluster = ReferenceFilter(
        label="产业集群", source=entries(DictionaryEntry.Kind.CLUSTER), text="label", field_name="cluster"
    )

    class Meta:
        model = Alliance
        fields: list[str] = []


class ActivityStateFilter(django_filters.ChoiceFilter):
    """The state of an activity; without one, those that are planned or have been held."""

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        return qs.filter(state=value) if value else qs.exclude(state=Activity.State.WITHDRAWN)


class ActivityFilter(ListFilter):
    sorts = {
        # No NULLS clause: so the index activity_latest gives the rows in order.
        "held": Sort("活动日期", (F("held_on").asc(),)),
        "people": Sort("参加人数", ("head_count",)),
    }
    default_sort = "-held"
    searched_through = ("alliance",)

    region = RegionFilter(label="县（市、区）", path_of="alliance__region")
    alliance = ReferenceFilter(label="联盟", source=visible_alliances, field_name="alliance")
    type = ReferenceFilter(
        label="活动类型", source=entries(DictionaryEntry.Kind.ACTIVITY_TYPE), text="label", field_name="type"
    )
    group = django_filters.ChoiceFilter(
        label="统计口径", choices=DictionaryEntry.ActivityGroup.choices, empty_label="全部", field_name="type__group"
    )
    five_joint = django_filters.ChoiceFilter(label="五共类别", choices=Activity.FiveJoint.choices, empty_label="全部")
    state = ActivityStateFilter(label="状态", choices=Activity.State.choices, empty_label="计划和已开展")
    held_from = DayFilter(label="活动日期从", field_name="held_on", lookup_expr="gte")
    held_to = DayFilter(label="活动日期至", field_name="held_on", lookup_expr="lte")

    class Meta:
        model = Activity
        fields: list[str] = []


class HandoverFilter(ListFilter):
    """`overdue` is what is not signed by all three although its days are over."""

    sorts = {"due": Sort("交接时限", ("due_on",))}
    default_sort = "-due"
    searched_through = ("alliance",)

    region = RegionFilter(label="县（市、区）", path_of="alliance__region")
    state = django_filters.ChoiceFilter(
        label="状态",
        choices=[("overdue", "超期未完成"), *Handover.State.choices],
        empty_label="全部",
        method="by_state",
    )

    class Meta:
        model = Handover
        fields: list[str] = []

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "overdue":
            return rows.filter(due_on__lt=timezone.localdate()).exclude(state=Handover.State.DONE)
        return rows.filter(state=value)


#: The months that the calendar of meetings offers before and after this one.
MONTHS_BEFORE, MONTHS_AFTER = 12, 12


def months_around(today: date) -> list[tuple[str, str]]:
    """(2026-11, 2026年11月) of a year before and after this month."""
    this = today.year * 12 + today.month - 1
    numbers = range(this - MONTHS_BEFORE, this + MONTHS_AFTER + 1)
    return [(f"{each // 12}-{each % 12 + 1:02}", f"{each // 12}年{each % 12 + 1}月") for each in numbers]


class MeetingFilter(ListFilter):
    q = None
    sorts = {"at": Sort("会议时间", (F("starts_at").asc(),))}
    default_sort = "at"

    month = django_filters.ChoiceFilter(label="月份", empty_label="本月", method="in_month")
    region = RegionFilter(label="县（市、区）", path_of="body__alliance__region")
    alliance = ReferenceFilter(label="联盟", source=visible_alliances, field_name="body__alliance")
    state = django_filters.ChoiceFilter(label="状态", choices=Meeting.State.choices, empty_label="全部")

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = timezone.localdate()
        self.filters["month"].extra["choices"] = months_around(self.today)

    def in_month(self, rows: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        year, month = map(int, value.split("-"))
        return rows.filter(starts_at__year=year, starts_at__month=month)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("month") else self.in_month(rows, "", f"{self.today:%Y-%m}")


class AgreementFilter(ListFilter):
    sorts = {"signed": Sort("签订日期", (F("signed_on").asc(),)), "until": Sort("有效期至", ("valid_until",))}
    default_sort = "-signed"

    kind = django_filters.ChoiceFilter(label="类别", choices=Agreement.Kind.choices, empty_label="全部")
    status = django_filters.ChoiceFilter(
        label="状态",
        choices=[("valid", "有效"), ("expiring", "30 天内到期"), ("expired", "已到期"), ("ended", "已终止")],
        empty_label="全部",
        method="by_status",
    )
    region = RegionFilter(label="县（市、区）", path_of="alliance__region")
    alliance = ReferenceFilter(label="联盟", source=visible_alliances, field_name="alliance")

    class Meta:
        model = Agreement
        fields: list[str] = []

    def by_status(self, rows: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        """`valid` is everything in force, also what ends soon; the other values name their part only."""
        today = timezone.localdate()
        conditions = {
            "valid": in_force(today),
            "expiring": expiring(today),
            "expired": Q(ended_on=None, valid_until__lt=today),
            "ended": Q(ended_on__isnull=False),
        }
        return rows.filter(conditions[value])


#: The years that the list of projects offers, the next one first.
YEARS = 8


class BrandFilter(ListFilter):
    sorts = {"year": Sort("年度", (F("year").asc(),)), "due": Sort("计划完成日期", ("due_on",))}
    default_sort = "-year"
    searched_through = ("alliance",)

    region = RegionFilter(label="县（市、区）", path_of="alliance__region")
    alliance = ReferenceFilter(label="联盟", source=visible_alliances, field_name="alliance")
    year = django_filters.ChoiceFilter(label="年度", empty_label="全部")
    kind = django_filters.ChoiceFilter(label="类别", choices=BrandProject.Kind.choices, empty_label="全部")
    state = django_filters.ChoiceFilter(label="状态", choices=BrandProject.State.choices, empty_label="全部")

    class Meta:
        model = BrandProject
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = timezone.localdate().year + YEARS_AHEAD
        self.filters["year"].extra["choices"] = [(str(each), f"{each}年") for each in range(last, last - YEARS, -1)]


#: What waits for the reader himself.
MINE = "mine"


class CaseFilter(ListFilter):
    sorts = {"written": Sort("起草日期", (F("written_on").asc(),)), "title": Sort("计名", ("title",))}
    default_sort = "-written"
    searched_through = ("alliance",)

    region = RegionFilter(label="县（市、区）", path_of="alliance__region")
    alliance = ReferenceFilter(label="联盟", source=visible_alliances, field_name="alliance")
    state = django_filters.ChoiceFilter(
        label="状态",
        choices=[(MINE, "待我审核"), *TypicalCase.State.choices],
        empty_label="全部",
        method="by_state",
    )

    class Meta:
        model = TypicalCase
        fields: list[str] = []

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(waiting_for(self.actor)) if value == MINE else rows.filter(state=value)
