"""Filters of the demand and resource lists, for pages and API alike."""

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.utils import timezone

from alliances.permissions import visible_alliances
from tenants.listing import DayFilter, ListFilter, ReferenceFilter, RegionFilter, Sort, entries, units
from tenants.models import DictionaryEntry

from .lights import with_light
from .models import Demand, Resource
from .selectors import still_offered

LIGHTS = [
    ("red", "红灯（超期）"),
    ("amber", "黄灯（快到期）"),
    ("green", "绿灯"),
    ("grey", "灰灯（停表）"),
    ("done", "已办结"),
]
OUTCOMES = [("loan", "发放贷款"), ("talent", "引进人才用工"), ("land", "解决用地")]


class DemandFilter(ListFilter):
    sorts = {
        # Open ones first, the earliest deadline on top; then the closed ones, the latest on top.
        "urgency": Sort("轻重缓急", (F("closed_on").desc(nulls_first=True), F("due_on").asc(nulls_last=True))),
        "due": Sort("办理时限", ("due_on",)),
        "raised": Sort("提出日期", (F("raised_on").asc(),)),
        "number": Sort("编号", (F("number").asc(),)),
    }
    default_sort = "urgency"
    searched_through = ("enterprise",)

    #: Chosen by the chips above the list.
    light = django_filters.ChoiceFilter(label="灯色", choices=LIGHTS, widget=forms.HiddenInput, method="by_light")
    region = RegionFilter(label="县（市、区）", path_of="enterprise__region")
    alliance = ReferenceFilter(label="联盟", source=visible_alliances, field_name="alliance")
    element = ReferenceFilter(
        label="诉求类别", source=entries(DictionaryEntry.Kind.ELEMENT), text="label", field_name="element"
    )
    unit = ReferenceFilter(label="责任单位", source=units, field_name="unit")
    state = django_filters.ChoiceFilter(label="办理状态", choices=Demand.State.choices, empty_label="全部")
    result = django_filters.ChoiceFilter(label="办理结果", choices=Demand.Result.choices, empty_label="全部")
    rating = django_filters.ChoiceFilter(label="企业评价", choices=Demand.Rating.choices, empty_label="全部")
    outcome = django_filters.ChoiceFilter(label="解决成效", choices=OUTCOMES, empty_label="全部", method="by_outcome")
    raised_from = DayFilter(label="提出日期从", field_name="raised_on", lookup_expr="gte")
    raised_to = DayFilter(label="提出日期至", field_name="raised_on", lookup_expr="lte")
    due_from = DayFilter(label="办理时限从", field_name="due_on", lookup_expr="gte")
    due_to = DayFilter(label="办理时限至", field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Demand
        fields: list[str] = []

    def by_light(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return with_light(rows, today=timezone.localdate()).filter(light=value)

    def by_outcome(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Demands that brought loans, people or land."""
        return rows.filter(**{f"{value}__gt": 0})


class InboxFilter(DemandFilter):
    """Whose next step comes first."""

    sorts = {
        "next": Sort("下一步时限", (F("next_due_at").asc(nulls_last=True), F("due_on").asc(nulls_last=True))),
        **{key: DemandFilter.sorts[key] for key in ("due", "raised", "number")},
    }
    default_sort = "next"


class ShelvedFilter(DemandFilter):
    """Whose promised date comes first."""

    sorts = {
        "promised": Sort("承诺日期", (F("promised_on").asc(nulls_last=True),)),
        **{key: DemandFilter.sorts[key] for key in ("raised", "number")},
    }
    default_sort = "promised"


class ResourceFilter(ListFilter):
    sorts = {
        "published": Sort("发布日期", (F("published_on").asc(),)),
        "until": Sort("有效期至", ("valid_until",)),
    }
    default_sort = "-published"
    searched_through = ("enterprise",)

    kind = ReferenceFilter(
        label="资源类别", source=entries(DictionaryEntry.Kind.RESOURCE_KIND), text="label", field_name="kind"
    )
    region = RegionFilter(label="县（市、区）", path_of="alliance__region")
    alliance = ReferenceFilter(label="联盟", source=visible_alliances, field_name="alliance")
    published_to = DayFilter(label="发布日期至", field_name="published_on", lookup_expr="lte")
    scope = django_filters.ChoiceFilter(label="共享范围", choices=Resource.Scope.choices, empty_label="全部")
    valid = django_filters.ChoiceFilter(
        label="有效期", choices=[("true", "有效"), ("false", "已过期")], empty_label="全部", method="by_valid"
    )

    class Meta:
        model = Resource
        fields: list[str] = []

    def by_valid(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        still_valid = still_offered(timezone.localdate())
        return rows.filter(still_valid if value == "true" else ~still_valid)
