"""Reads of the policy library. A policy is published matter: everyone in the tenant may read it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from tenants.permissions import Actor

from .models import Policy


def policy_list(*, actor: Actor) -> QuerySet[Policy]:
    """All policies of the tenant, for anyone who holds a role in it."""
    return Policy.objects.all() if actor.roles else Policy.objects.none()


def in_force(today: date) -> Q:
    """The policies in force on `today`, also those that end soon."""
    return Q(effective_on__lte=today) & (Q(valid_until__isnull=True) | Q(valid_until__gte=today))


def policy_get(*, actor: Actor, pk: int) -> Policy:
    """One of them with issuer, element and chain, or 404."""
    return get_object_or_404(policy_list(actor=actor).select_related("issuer", "element", "cluster"), pk=pk)
