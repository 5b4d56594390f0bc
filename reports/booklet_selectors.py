"""Reads of booklets of typical cases: the issued ones, those being made, and what a new one would quote."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404

from alliances.models import TypicalCase
from alliances.selectors.cases import PARTS
from tenants.models import Job
from tenants.permissions import Actor

from .booklet import Chapter, Photo
from .models import CaseBooklet

BOOKLET_TASK = "reports.booklet_make"


def booklet_list(*, actor: Actor) -> QuerySet[CaseBooklet]:
    """The issued booklets, the latest first. They are published: everybody in the tenant reads them."""
    issued = CaseBooklet.objects.all() if actor.roles else CaseBooklet.objects.none()
    return issued.defer("content").annotate(cases=Count("chapters")).order_by("-pk")


def booklet_get(*, actor: Actor, number: str) -> CaseBooklet:
    """One of them by its number, with its content, or 404."""
    found = CaseBooklet.objects.filter(pk__in=booklet_list(actor=actor).values("pk"))
    return get_object_or_404(found.select_related("file", "created_by"), number=number)


def booklet_job_get(*, actor: Actor, pk: int) -> Job:
    """The job of a booklet that this actor asked for, or 404."""
    return get_object_or_404(Job, pk=pk, task=BOOKLET_TASK, started_by=actor.user)


def booklet_jobs_open(*, actor: Actor) -> list[Job]:
    """The booklets that this actor is having made right now."""
    states = (Job.State.QUEUED, Job.State.RUNNING)
    return list(Job.objects.filter(task=BOOKLET_TASK, state__in=states, started_by=actor.user).order_by("pk"))


def chapters_of(cases: Sequence[TypicalCase]) -> tuple[Chapter, ...]:
    """What a booklet quotes of cases that come from `alliances.selectors.cases.with_contents`, in their order."""
    return tuple(
        Chapter(
            title=case.title,
            alliance=case.alliance.name,
            region=case.alliance.region.name,
            enterprises=tuple(each.name for each in case.enterprises.all()),
            parts=tuple((label, getattr(case, name)) for name, label in PARTS if getattr(case, name)),
            photos=tuple(Photo(each.file.sha256, each.caption) for each in case.photos.all()),
        )
        for case in cases
    )
