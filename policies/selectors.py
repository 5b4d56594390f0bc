"""Reads of the policy library. A policy is published matter: everyone in the tenant may read it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from enterprises.models import Enterprise
from enterprises.selectors import enterprise_list
from tenants.permissions import Actor

from .compiling import compiled
from .eligibility import Facts
from .models import Policy
from .rules import Match, facts_of, matches, rule_of


def policy_list(*, actor: Actor) -> QuerySet[Policy]:
    """All policies of the tenant, for anyone who holds a role in it."""
    return Policy.objects.all() if actor.roles else Policy.objects.none()


def in_force(today: date) -> Q:
    """The policies in force on `today`, also those that end soon."""
    return Q(effective_on__lte=today) & (Q(valid_until__isnull=True) | Q(valid_until__gte=today))


def policy_get(*, actor: Actor, pk: int) -> Policy:
    """One of them with issuer, element and chain, or 404."""
    return get_object_or_404(policy_list(actor=actor).select_related("issuer", "element", "cluster"), pk=pk)


def policies_in_force(*, actor: Actor, today: date) -> list[Policy]:
    """The policies that may be asked for on `today`, with what their conditions name."""
    return list(policy_list(actor=actor).filter(in_force(today)).select_related("cluster", "issuer", "element"))


def matches_of(*, actor: Actor, enterprise: Enterprise, today: date, facts: Facts | None = None) -> list[Match]:
    """Every policy in force as it looks for a visible enterprise, or for the figures that are tried out."""
    return matches(policies_in_force(actor=actor, today=today), facts or facts_of(enterprise, today=today))


def enterprises_for(*, actor: Actor, policy: Policy, today: date, fits: bool | None) -> QuerySet[Enterprise]:
    """The operating enterprises in the actor's scope that meet a policy's conditions (True), or of which something is
    not known and nothing missed (None)."""
    found = enterprise_list(actor=actor).filter(is_operating=True)
    found = found.annotate(fits=compiled(rule_of(policy), today=today))
    return found.filter(fits__isnull=True) if fits is None else found.filter(fits=fits)
