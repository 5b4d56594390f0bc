"""Filters of the enterprise lists, for pages and API alike."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from tenants.listing import ListFilter, ReferenceFilter, RegionFilter, Sort, counties
from tenants.models import Region
from tenants.permissions import Actor

from .models import Cadre, Enterprise, PartyOrganisation, Scale, Stream, SupportGroup

YES_NO = [("true", "是"), ("false", "否")]


def parks(actor: Actor) -> QuerySet[Region]:
    """The parks of the counties that an actor may choose from."""
    return Region.objects.filter(level=Region.Level.PARK, parent__in=counties(actor))


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
    alliance = django_filters.NumberFilter(method="by_alliance", widget=django_filters.widgets.forms.HiddenInput)

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

    def by_alliance(self, rows: QuerySet, name: str, value: int) -> QuerySet:
        return rows.filter(Exists(self._memberships().filter(alliance=int(value))))


class PartyOrganisationFilter(ListFilter):
    region = RegionFilter(label="县（市、区）", path_of="enterprise__region")
    kind = django_filters.ChoiceFilter(label="类型", choices=PartyOrganisation.Kind.choices, empty_label="全部")

    class Meta:
        model = PartyOrganisation
        fields: list[str] = []


class SupportGroupFilter(ListFilter):
    region = RegionFilter(label="县（市、区）")
    level = django_filters.ChoiceFilter(label="层级", choices=SupportGroup.Level.choices, empty_label="全部")

    class Meta:
        model = SupportGroup
        fields: list[str] = []


class CadreFilter(ListFilter):
    region = RegionFilter(label="县（市、区）", path_of="group__region")
    rank = django_filters.ChoiceFilter(label="职级", choices=Cadre.Rank.choices, empty_label="全部")

    class Meta:
        model = Cadre
        fields: list[str] = []
