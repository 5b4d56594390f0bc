"""Reads about imports."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from ledgers.models import ImportRun
from tenants.permissions import Actor


def import_list(*, actor: Actor) -> QuerySet[ImportRun]:
    """All imports of the tenant, the latest first; for administrators only."""
    return ImportRun.objects.order_by("-pk") if actor.is_admin else ImportRun.objects.none()


def import_get(*, actor: Actor, pk: int) -> ImportRun:
    """One of them with its files and job, or 404."""
    runs = import_list(actor=actor).select_related("source", "error_workbook", "job", "started_by")
    return get_object_or_404(runs, pk=pk)
