"""Reads about imports."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from ledgers.models import ImportRun
from tenants.permissions import Actor

#: What only the page of one import shows; up to thousands of lines.
LONG = ("errors", "remarks", "preview")


def import_list(*, actor: Actor) -> QuerySet[ImportRun]:
    """All imports of the tenant with their files and jobs, the latest first; for administrators only."""
    runs = ImportRun.objects.order_by("-pk") if actor.is_admin else ImportRun.objects.none()
    return runs.select_related("source", "error_workbook", "job", "started_by")


def import_get(*, actor: Actor, pk: int) -> ImportRun:
    """One of them, or 404."""
    return get_object_or_404(import_list(actor=actor), pk=pk)
