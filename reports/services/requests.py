"""Asking for a briefing, and taking the request back: what pages do. The worker makes it (`issuing`)."""

from __future__ import annotations

from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.utils import timezone

from tenants.jobs import job_cancel, job_enqueue
from tenants.models import Job, Region
from tenants.permissions import STAFF, Actor

from ..imprint import Imprint
from ..periods import quarter_period
from ..permissions import region_tree
from ..selectors import BRIEFING_TASK
from .snapshots import lock_numbers, require_region


def briefing_request(*, actor: Actor, year: int, quarter: int, region: Region, imprint: Imprint) -> Job:
    """Have a quarter's briefing made in the background; the job under way, if the same one was asked for already.

    Raises `PermissionDenied` for another's region, `ValidationError` for a quarter that has not begun.
    """
    actor.require(*STAFF)
    require_region(region_tree(actor), region)
    period = quarter_period(year, quarter)
    if period.start > timezone.localdate():
        raise ValidationError(f"{period.label}还没有开始，不能编发简报。请选择已经开始的季度。")
    subject = {"year": year, "quarter": quarter, "region": region.pk}
    lock_numbers()
    open_jobs = Job.objects.filter(task=BRIEFING_TASK, state__in=(Job.State.QUEUED, Job.State.RUNNING))
    under_way = open_jobs.filter(arguments__contains=subject, started_by=actor.user).first()
    if under_way is not None:
        return under_way
    return job_enqueue(
        task=BRIEFING_TASK,
        title=f"编制{region.name}{period.label}简报",
        arguments={**subject, "imprint": asdict(imprint)},
        started_by=actor.user,
    )


def briefing_cancel(*, actor: Actor, job: Job) -> None:
    """Stop a briefing that is being made; one that is already being laid out is finished all the same."""
    actor.require(*STAFF)
    job_cancel(actor_user=actor.user, job=job)
