"""Filters of the enterprise lists, for pages and API alike."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import HiddenInput
from django.utils.timezone import localdate

from tenants.listing import DayFilter, ListFilter, ReferenceFilter, RegionFilter, Sort, counties
from tenants.models import Region
from tenants.permissions import Actor

from .models import Cadre, Enterprise, InstructorTeam, PartyOrganisation, Scale, Stream, SupportGroup, Visit
from .permissions import visible_enterprises
from .selectors import latest_members, quarter_start, visited_since
from .selectors.certificates import certificate_is
from .selectors.teams import has_force

VISITED = [("true", "已走访"), ("false", "未走访")]
CERTIFICATES = [("valid", "有效"), ("expiring", "60 天内到期"), ("expired", "已过期")]
SENT = [("true", "已安排"), ("false", "未安排")]
YES_NO = [("true", "是"), ("false", "否")]


def parks(actor: Actor) -> QuerySet[Region]:
    """The parks of the counties that an actor may choose from."""
    return Region.objects.filter(level=Region.Level.PARK, parent__in=counties(actor))


def alliances(actor: Actor) -> QuerySet:
    """The alliances with a member that an actor may see, reached through the relation: they stand a floor above."""
    rows = Enterprise._meta.get_field("alliances").related_model.objects
    if actor.sees_whole_tenant:
        return rows.all()
    return rows.filter(pk__in=visible_enterprises(actor).order_by().values("memberships__alliance"))


class EnterpriseFilter(ListFilter):
    sorts = {
        "name": Sort("企业名称", ("pinyin",)),
        "region": Sort("县（市、区）", ("region__position", "pinyin")),
        "staff": Sort("从业人数", ("staff",)),
        "revenue": Sort("年营业收入", ("revenue",)),
        "research": Sort("研发占比", ("research_share",)),
    }
    default_sort = "name"

    region = RegionFilter(label="县（市、区）")
    park = ReferenceFilter(label="园区", source=parks, field_name="park")
    scale = django_filters.ChoiceFilter(label="企业类型", choices=Scale.choices, empty_label="全部")
    stream = django_filters.ChoiceFilter(label="上中下游", choices=Stream.choices, empty_label="全部")
    member = django_filters.ChoiceFilter(label="联盟成员", choices=YES_NO, empty_label="全部", method="by_member")
    climbing = django_filters.ChoiceFilter(label="助企攀登", choices=YES_NO, empty_label="全部", method="by_climbing")
    visited = django_filters.ChoiceFilter(label="本季度走访", choices=VISITED, empty_label="全部", method="by_visited")
    force = django_filters.ChoiceFilter(label="助企力量", choices=SENT, empty_label="全部", method="by_force")
    alliance = ReferenceFilter(label="联盟", source=alliances, method="by_alliance", widget=HiddenInput)

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def _memberships(self) -> QuerySet:
        memberships = Enterprise._meta.get_field("memberships").related_model.objects
        return memberships.filter(enterprise=OuterRef("pk"), left_on__isnull=True)

    def by_member(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        member = Exists(self._memberships())
        return rows.filter(member if value == "true" else ~member)

    def by_climbing(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(is_climbing=value == "true")

    def by_visited(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        visited = visited_since(quarter_start(localdate()))
        return rows.filter(visited if value == "true" else ~visited)

    def by_force(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        sent = has_force(localdate())
        return rows.filter(sent if value == "true" else ~sent)

    def by_alliance(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Exists(self._memberships().filter(alliance=value)))


class PartyOrganisationFilter(ListFilter):
    sorts = {
        "enterprise": Sort("企业", ("enterprise__pinyin",)),
        "region": Sort("县（市、区）", ("enterprise__region__position", "enterprise__pinyin")),
        "members": Sort("党员数", ("members",)),
    }
    default_sort = "enterprise"
    searched_through = ("enterprise",)

    region = RegionFilter(label="县（市、区）", path_of="enterprise__region")
    kind = django_filters.ChoiceFilter(label="类型", choices=PartyOrganisation.Kind.choices, empty_label="全部")
    certificate = django_filters.ChoiceFilter(
        label="资格证书", choices=CERTIFICATES, empty_label="全部", method="by_certificate"
    )

    class Meta:
        model = PartyOrganisation
        fields: list[str] = []

    def by_certificate(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(certificate_is(value, localdate()))

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        return super().filter_queryset(queryset.alias(members=latest_members()))


class SupportGroupFilter(ListFilter):
    sorts = {
        "level": Sort("层级", ("level",)),
        "region": Sort("县（市、区）", ("region__position", "level")),
        "name": Sort("小组名称", ("initials",)),
    }
    default_sort = "level"

    region = RegionFilter(label="县（市、区）")
    level = django_filters.ChoiceFilter(label="层级", choices=SupportGroup.Level.choices, empty_label="全部")

    class Meta:
        model = SupportGroup
        fields: list[str] = []


class TeamFilter(ListFilter):
    sorts = {
        "region": Sort("县（市、区）", ("region__position", "initials")),
        "name": Sort("团队名称", ("initials",)),
    }
    default_sort = "region"

    region = RegionFilter(label="县（市、区）")

    class Meta:
        model = InstructorTeam
        fields: list[str] = []


class CadreFilter(ListFilter):
    sorts = {
        "group": Sort("小组", ("group",)),
        "name": Sort("姓名", ("initials",)),
        "region": Sort("县（市、区）", ("group__region__position", "group")),
        "assigned": Sort("选派日期", ("assigned_on",)),
    }
    default_sort = "group"
    searched_through = ("group",)

    region = RegionFilter(label="县（市、区）", path_of="group__region")
    rank = django_filters.ChoiceFilter(label="职级", choices=Cadre.Rank.choices, empty_label="全部")

    class Meta:
        model = Cadre
        fields: list[str] = []


def support_groups(actor: Actor) -> QuerySet[SupportGroup]:
    """The groups of the counties that an actor may choose from."""
    return SupportGroup.objects.filter(region__in=counties(actor))


class VisitFilter(ListFilter):
    sorts = {
        "date": Sort("走访日期", ("visited_on",)),
        "enterprise": Sort("企业", ("enterprise__pinyin",)),
    }
    default_sort = "-date"
    searched_through = ("enterprise",)

    region = RegionFilter(label="县（市、区）", path_of="enterprise__region")
    group = ReferenceFilter(label="助企攀登小组", source=support_groups, field_name="group")
    since = DayFilter(label="从", field_name="visited_on", lookup_expr="gte")
    until = DayFilter(label="至", field_name="visited_on", lookup_expr="lte")

    class Meta:
        model = Visit
        fields: list[str] = []
