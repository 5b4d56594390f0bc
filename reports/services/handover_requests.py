"""Asking for the paper of a handover pack: what pages do. The worker makes it (`handover_printing`)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from alliances.models import Handover
from alliances.selectors.handovers import handover_get
from tenants.jobs import job_enqueue
from tenants.models import Job
from tenants.permissions import Actor

from ..models import HandoverPaper
from ..selectors import HANDOVER_TASK

OPEN = (Job.State.QUEUED, Job.State.RUNNING)


@transaction.atomic
def handover_paper_request(*, actor: Actor, handover: Handover) -> HandoverPaper:
    """Have a visible pack made into a PDF in the background; the paper under way or finished, if there is one.

    Raises `ValidationError` for a pack that is not signed by all three.
    """
    handover = handover_get(actor=actor, pk=handover.pk)
    if handover.state != Handover.State.DONE:
        raise ValidationError("三方都签字以后才能生成 PDF。")
    # Two who ask at once: the second waits and finds the first one's paper.
    Handover.objects.select_for_update(no_key=True).get(pk=handover.pk)
    paper = HandoverPaper.objects.select_related("job").filter(handover=handover).first()
    if paper and (paper.file_id or paper.job.state in OPEN):
        return paper
    job = job_enqueue(
        task=HANDOVER_TASK,
        title=f"生成交接清单：{handover.alliance.name}",
        arguments={"handover": handover.pk},
        started_by=actor.user,
    )
    return HandoverPaper.objects.update_or_create(handover=handover, defaults={"job": job})[0]
