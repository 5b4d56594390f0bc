"""Reads about enterprises, their Party organisations and the forces that support them."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from tenants.permissions import Actor

from .models import Cadre, Enterprise, PartyOrganisation, SupportGroup
from .permissions import visible_enterprises


def enterprise_list(*, actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises that the actor may see."""
    return visible_enterprises(actor)


def enterprise_get(*, actor: Actor, pk: int) -> Enterprise:
    """One of them with its region and park, or 404."""
    return get_object_or_404(visible_enterprises(actor).select_related("region", "park"), pk=pk)


def party_organisation_list(*, actor: Actor) -> QuerySet[PartyOrganisation]:
    """The Party organisations of visible enterprises."""
    organisations = PartyOrganisation.objects.all()
    if actor.sees_whole_tenant:
        return organisations
    return organisations.filter(enterprise__in=visible_enterprises(actor))


def support_group_list(*, actor: Actor) -> QuerySet[SupportGroup]:
    """The groups of the actor's regions, and those that serve an enterprise he may see."""
    groups = SupportGroup.objects.all()
    if actor.sees_whole_tenant:
        return groups
    served = Q(pk__in=SupportGroup.enterprises.through.objects.filter(
        enterprise__in=visible_enterprises(actor)
    ).values("group_id"))  # fmt: skip
    return groups.filter(Q(region__in=actor.region_ids) | served)


def support_group_get(*, actor: Actor, pk: int) -> SupportGroup:
    """One of them with its head counts, or 404."""
    groups = support_group_list(actor=actor).select_related("region").annotate(cadre_count=Count("cadres"))
    return get_object_or_404(groups, pk=pk)


def cadre_list(*, actor: Actor) -> QuerySet[Cadre]:
    """The cadres of visible groups."""
    cadres = Cadre.objects.all()
    return cadres if actor.sees_whole_tenant else cadres.filter(group__in=support_group_list(actor=actor))
