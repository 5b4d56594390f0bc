"""Asking for the one-page profile of an alliance: what pages do. The worker makes it (`profiles`)."""

from __future__ import annotations

from django.db import transaction

from alliances.models import Alliance
from alliances.selectors import alliance_get
from tenants.jobs import job_enqueue
from tenants.models import Job
from tenants.permissions import Actor

from ..permissions import READERS
from ..selectors import PROFILE_TASK, profile_job

OPEN = (Job.State.QUEUED, Job.State.RUNNING)


@transaction.atomic
def profile_request(*, actor: Actor, alliance: Alliance) -> Job:
    """Have a visible alliance's profile of today made in the background; the one under way, if there is one."""
    actor.require(*READERS)
    alliance = alliance_get(actor=actor, pk=alliance.pk)
    # Two who ask at once: the second waits and finds the first one's job.
    Alliance.objects.select_for_update(no_key=True).get(pk=alliance.pk)
    last = profile_job(actor=actor, alliance=alliance)
    if last and last.state in OPEN:
        return last
    return job_enqueue(
        task=PROFILE_TASK,
        title=f"生成联盟一页通：{alliance.name}",
        arguments={"alliance": alliance.pk},
        started_by=actor.user,
    )
