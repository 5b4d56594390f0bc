"""Reads of demands and resources."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from tenants.permissions import Actor

from ..models import Demand, Resource
from ..permissions import visible_demands, visible_resources


def demand_list(*, actor: Actor) -> QuerySet[Demand]:
    """The demands that the actor may see."""
    return visible_demands(actor)


def demand_get(*, actor: Actor, number: str) -> Demand:
    """One of them by its number, or 404."""
    demands = visible_demands(actor).select_related(
        "enterprise__region", "enterprise__park", "alliance", "element", "unit", "merged_into"
    )
    return get_object_or_404(demands, number=number)


def resource_list(*, actor: Actor) -> QuerySet[Resource]:
    """The resources that the actor may see."""
    return visible_resources(actor)


def still_offered(today: date) -> Q:
    """The resources whose time is not over on `today`."""
    return Q(valid_until__isnull=True) | Q(valid_until__gte=today)


def resource_get(*, actor: Actor, pk: int) -> Resource:
    """One of them with its enterprise, alliance and kind, or 404."""
    resources = visible_resources(actor).select_related("enterprise", "alliance", "kind")
    return get_object_or_404(resources, pk=pk)
