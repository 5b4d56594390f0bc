"""Reads about charters."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from tenants.permissions import Actor

from ..models import Alliance, Charter
from ..permissions import visible_alliances


def charter_list(*, actor: Actor, alliance: Alliance) -> QuerySet[Charter]:
    """The versions of a visible alliance's charter, the one in force first."""
    charters = Charter.objects.filter(alliance=alliance, alliance__in=visible_alliances(actor))
    return charters.select_related("file", "registered_by").order_by("-version")


def charter_get(*, actor: Actor, pk: int) -> Charter:
    """One version of a visible alliance's charter, or 404."""
    charters = Charter.objects.filter(alliance__in=visible_alliances(actor))
    return get_object_or_404(charters.select_related("alliance", "file", "registered_by"), pk=pk)
