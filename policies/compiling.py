"""The conditions of `policies.eligibility` as one database expression for all enterprises.

PostgreSQL's own three-valued logic does the work: an expression is true, false, or NULL where data is missing, and AND
and OR are Kleene's. So nothing here may turn NULL into false (as Django's `~Q` and `exclude` would).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, Q, Value, When
from django.db.models.expressions import Combinable, OuterRef

from alliances.models import Membership
from enterprises.models import PartyOrganisation, Scale

from .eligibility import Condition, Node, Operator

#: Columns of an enterprise that hold a field as it is.
COLUMNS = {
    "revenue": "revenue",
    "research_share": "research_share",
    "staff": "staff",
    "founded_on": "founded_on",
    "honours": "honours",
    "is_climbing": "is_climbing",
    "region": "region__name",
    "scale": "scale",
}
LOOKUPS = {
    Operator.AT_LEAST: "gte",
    Operator.AT_MOST: "lte",
    Operator.ONE_OF: "in",
    Operator.HAS_ALL: "contains",
    Operator.HAS_ANY: "overlap",
    Operator.IS: "exact",
}
CODES = {label: code for code, label in Scale.choices}


def compiled(node: Node, *, today: date) -> ExpressionWrapper:
    """A nullable boolean over enterprises: true 符合, false 不符合, NULL 缺数据."""
    return ExpressionWrapper(_q(node, today), output_field=BooleanField(null=True))


def _q(node: Node, today: date) -> Q:
    if isinstance(node, Condition):
        return SPECIAL.get(node.field, _column)(node, today)
    parts = [_q(part, today) for part in node.parts]
    # An empty Q would vanish from its group and take the answer 符合 with it.
    return reduce(or_ if node.is_any else and_, parts) if parts else Q(Value(True, output_field=BooleanField()))


def _column(condition: Condition, today: date) -> Q:
    value: Any = list(condition.value) if isinstance(condition.value, tuple) else condition.value
    if condition.field == "scale":
        value = [CODES.get(label, "") for label in value]
    return Q(**{f"{COLUMNS[condition.field]}__{LOOKUPS[condition.operator]}": value})


def _segment(condition: Condition, today: date) -> Q:
    """The empty text means that no segment is reported."""
    return Q(_or_null(Q(segment_name=""), Q(segment_name__in=list(condition.value))))


def _cluster(condition: Condition, today: date) -> Q:
    """The chains of the alliances of which it is a member; in none, its chain is not known."""
    mine = Membership.objects.filter(enterprise=OuterRef("pk"), joined_on__lte=today)
    mine = mine.filter(Q(left_on__isnull=True) | Q(left_on__gt=today))
    wanted = [Exists(mine.filter(alliance__cluster__label=label)) for label in condition.value]
    met = Q(wanted[0])
    for one in wanted[1:]:
        met = met & Q(one) if condition.operator == Operator.HAS_ALL else met | Q(one)
    return Q(_or_null(~Exists(mine), met))


def _party(condition: Condition, today: date) -> Q:
    has = Exists(PartyOrganisation.objects.filter(enterprise=OuterRef("pk")))
    return Q(has) if condition.value else Q(~has)


def _or_null(is_missing: Q | Combinable, met: Q) -> Case:
    return Case(
        When(is_missing, then=Value(None)),
        When(met, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(null=True),
    )


SPECIAL: dict[str, Callable[[Condition, date], Q]] = {
    "segment": _segment,
    "cluster": _cluster,
    "has_party_organisation": _party,
}
