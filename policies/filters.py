"""Filters of the policy list, for page and API alike."""

import django_filters
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from enterprises.models import Scale
from tenants.listing import DayFilter, ListFilter, ReferenceFilter, Sort, entries
from tenants.models import DictionaryEntry, Unit
from tenants.permissions import Actor

from .models import Policy
from .selectors import in_force
from .validity import expiring_before

STATUSES = [("valid", "有效"), ("expiring", "30 天内到期"), ("expired", "已过期"), ("upcoming", "尚未施行")]


def issuers(actor: Actor) -> QuerySet[Unit]:
    """The units that published a policy."""
    return Unit.objects.filter(pk__in=Policy.objects.order_by().values("issuer"))


class PolicyFilter(ListFilter):
    sorts = {
        "effective": Sort("施行日期", (F("effective_on").asc(),)),
        "until": Sort("有效期至", ("valid_until",)),
    }
    default_sort = "-effective"

    status = django_filters.ChoiceFilter(label="状态", choices=STATUSES, empty_label="全部", method="by_status")
    element = ReferenceFilter(
        label="要素类别", source=entries(DictionaryEntry.Kind.ELEMENT), text="label", field_name="element"
    )
    issuer = ReferenceFilter(label="发布单位", source=issuers, field_name="issuer")
    cluster = ReferenceFilter(
        label="适用产业",
        source=entries(DictionaryEntry.Kind.CLUSTER),
        text="label",
        field_name="cluster",
        method="by_cluster",
    )
    scale = django_filters.ChoiceFilter(
        label="适用企业类型", choices=Scale.choices, empty_label="全部", method="by_scale"
    )
    delivery = django_filters.ChoiceFilter(label="兑现方式", choices=Policy.Delivery.choices, empty_label="全部")
    effective_to = DayFilter(label="施行日期至", field_name="effective_on", lookup_expr="lte")

    class Meta:
        model = Policy
        fields: list[str] = []

    def by_status(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """`valid` is everything in force, also what expires soon; the other values name their part only."""
        today = timezone.localdate()
        conditions = {
            "valid": in_force(today),
            "expiring": in_force(today) & Q(valid_until__lt=expiring_before(today)),
            "expired": Q(valid_until__lt=today),
            "upcoming": Q(effective_on__gt=today),
        }
        return rows.filter(conditions[value])

    def by_cluster(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The policies of a chain and those for all chains."""
        return rows.filter(Q(cluster=value) | Q(cluster__isnull=True))

    def by_scale(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The policies for a kind of enterprise and those for all kinds."""
        return rows.filter(scale__in=(value, ""))
