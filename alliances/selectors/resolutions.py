"""Reads about resolutions and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from enterprises.permissions import ASSIST, OPERATE, granted_to
from tenants.permissions import Actor

from ..agenda import Proposal
from ..meetings import task_light
from ..models import Alliance, Meeting, Resolution, ResolutionReport
from ..rotation_wording import in_words
from .meetings import meeting_list

State = Resolution.State


def resolution_get(*, actor: Actor, pk: int) -> Resolution:
    """A resolution of a visible meeting, or 404."""
    resolutions = Resolution.objects.filter(meeting__in=meeting_list(actor=actor))
    return get_object_or_404(resolutions.select_related("meeting__body__alliance", "enterprise", "unit"), pk=pk)


def resolutions_of(meeting: Meeting) -> QuerySet[Resolution]:
    """What a visible meeting voted on, in order."""
    return meeting.resolutions.select_related("topic", "enterprise", "unit").order_by("position")


def to_report(meeting: Meeting) -> QuerySet[Resolution]:
    """The resolutions of the same body's earlier meetings that this one hears about: those still open, and those that
    it was told of already."""
    earlier = Resolution.objects.filter(meeting__body=meeting.body_id, meeting__state=Meeting.State.HELD)
    return earlier.filter(Q(state=State.OPEN) | Q(reports__meeting=meeting)).exclude(meeting=meeting).distinct()


def running_meeting(resolution: Resolution, *, today: date) -> Meeting | None:
    """The meeting of the same body that hears about a resolution now: called, and its day has come."""
    called = Meeting.objects.filter(body=resolution.meeting.body_id, state=Meeting.State.CALLED)
    latest = called.exclude(pk=resolution.meeting_id).filter(starts_at__date__lte=today).order_by("-starts_at")
    return latest.select_related("body__alliance").first()


def with_reports(meeting: Meeting) -> list[tuple[Resolution, ResolutionReport | None]]:
    """The same, each with what this meeting heard of it."""
    heard = {report.resolution_id: report for report in ResolutionReport.objects.filter(meeting=meeting)}
    earlier = to_report(meeting).select_related("meeting", "enterprise", "unit").order_by("due_on", "pk")
    return [(each, heard.get(each.pk)) for each in earlier]


def open_of(alliance: Alliance) -> QuerySet[Resolution]:
    """The open tasks of a visible alliance, the most pressing first."""
    tasks = Resolution.objects.filter(state=State.OPEN, meeting__body__alliance=alliance)
    held = tasks.filter(meeting__state=Meeting.State.HELD)
    return held.select_related("meeting", "enterprise", "unit").order_by("due_on", "pk")


def open_resolutions(*, actor: Actor) -> QuerySet[Resolution]:
    """The tasks that the actor has to see to, the most pressing first: his own units', or those of his alliances."""
    tasks = Resolution.objects.filter(state=State.OPEN, meeting__state=Meeting.State.HELD)
    seen = tasks.filter(meeting__in=meeting_list(actor=actor))
    if not actor.is_staff:
        kept = Q(meeting__body__alliance__alliancepermission__user=actor.user)
        own = Q(enterprise__in=granted_to(actor, OPERATE, ASSIST)) | Q(unit__in=actor.unit_ids)
        seen = seen.filter(kept | own).distinct()
    return seen.select_related("meeting__body__alliance", "enterprise", "unit").order_by("due_on", "pk")


def light_up(resolutions: Iterable[Resolution], *, today: date) -> list[Resolution]:
    """Add `light` to each: how much time is left, in words."""
    lit = list(resolutions)
    for each in lit:
        each.light = task_light(each.due_on, each.done_on, today) if each.state != State.REJECTED else None
    return lit


def last_resolutions(meeting: Meeting, today: date) -> list[Proposal]:
    """The topic about what became of the body's open resolutions; a source of agendas."""
    waiting = to_report(meeting).select_related("enterprise", "unit").order_by("due_on", "pk")
    lines = [f"{each}（{each.owner}，{in_words(each.due_on)}前）" for each in waiting]
    return [Proposal("last-resolutions", "报告上次决议办理情况", "\n".join(lines)[:1000])] if lines else []
