"""Reads about joining and leaving alliances."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from enterprises.models import Enterprise
from enterprises.permissions import ASSIST, OPERATE, granted_to, holds
from tenants.permissions import Actor

from ..models import Alliance, Membership, MembershipRequest
from ..permissions import keeps, visible_alliances

Open = MembershipRequest.State.PENDING


def speaks_for(actor: Actor, enterprise: Enterprise) -> bool:
    """Whether the actor acts for an enterprise: its own account, or its 红帆指导员."""
    return holds(actor, enterprise, OPERATE, ASSIST)


def membership_request_list(*, actor: Actor, alliance: Alliance) -> QuerySet[MembershipRequest]:
    """The applications to a visible alliance, the latest first: all for who keeps it, otherwise those of enterprises
    for which the actor speaks."""
    requests = MembershipRequest.objects.filter(alliance=alliance, alliance__in=visible_alliances(actor))
    if not keeps(actor, alliance):
        requests = requests.filter(enterprise__in=granted_to(actor, OPERATE, ASSIST))
    return requests.select_related("enterprise", "requested_by").order_by("-pk")


def membership_requests_of(*, enterprise: Enterprise) -> QuerySet[MembershipRequest]:
    """The applications of a visible enterprise, the latest first."""
    return MembershipRequest.objects.filter(enterprise=enterprise).select_related("alliance").order_by("-pk")


def membership_request_get(*, actor: Actor, pk: int) -> MembershipRequest:
    """An application to a visible alliance, or 404."""
    requests = MembershipRequest.objects.filter(alliance__in=visible_alliances(actor))
    return get_object_or_404(requests.select_related("alliance", "enterprise", "requested_by"), pk=pk)


def membership_get(*, actor: Actor, pk: int) -> Membership:
    """A present membership in a visible alliance, or 404."""
    memberships = Membership.objects.filter(alliance__in=visible_alliances(actor), left_on__isnull=True)
    return get_object_or_404(memberships.select_related("alliance", "enterprise"), pk=pk)


def alliances_to_join(*, enterprise: Enterprise) -> QuerySet[Alliance]:
    """The alliances that an enterprise may apply to: all that it does not belong to. Their names are no secret."""
    member = Membership.objects.filter(alliance=OuterRef("pk"), enterprise=enterprise, left_on__isnull=True)
    return Alliance.objects.filter(~Exists(member)).select_related("region", "cluster").order_by("pinyin", "pk")


def enterprises_named(text: str) -> list[Enterprise]:
    """The enterprises of the roster with exactly this name or 统一社会信用代码: who applies on paper gives both."""
    return list(Enterprise.objects.filter(Q(name=text) | Q(credit_code=text.upper()))[:2])
