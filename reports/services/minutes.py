"""Asking for a meeting's minutes: what pages do. The worker makes them (`minute_taking`)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from alliances.models import Meeting
from alliances.selectors.meetings import keeps_meetings
from tenants.jobs import job_enqueue
from tenants.models import Job
from tenants.permissions import Actor

from ..selectors import MINUTES_TASK, minutes_job


@transaction.atomic
def minutes_request(*, actor: Actor, meeting: Meeting) -> Job:
    """Have a meeting's minutes made in the background; the job under way, or done, if there is one.

    Raises `ValidationError` for a meeting that has not been held, `PermissionDenied` unless the actor keeps it.
    """
    current = Meeting.objects.select_for_update(of=("self",)).select_related("body__alliance").get(pk=meeting.pk)
    if not keeps_meetings(actor, current.body.alliance):
        raise PermissionDenied("会议纪要由联盟秘书长、轮值书记和两新工委生成。")
    if current.state != Meeting.State.HELD:
        raise ValidationError("会议结束以后才能生成纪要。")
    job = minutes_job(current)
    if job is not None and job.state not in (Job.State.FAILED, Job.State.CANCELLED):
        return job
    title = f"生成{current.title}纪要"[:120]
    return job_enqueue(task=MINUTES_TASK, title=title, arguments={"meeting": current.pk}, started_by=actor.user)
