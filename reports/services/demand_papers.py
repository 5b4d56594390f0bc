"""Asking for a 任务书 or 催办单: what pages do. The worker makes it (`demand_printing`)."""

from __future__ import annotations

from django.db import transaction

from demands.models import DemandEvent
from demands.selectors.course import paper_event_get
from demands.telling import PAPERS
from demands.workflow import Action
from tenants.jobs import job_enqueue
from tenants.models import Job
from tenants.permissions import Actor

from ..models import DemandPaper

DEMAND_PAPER_TASK = "reports.demand_paper_make"
OPEN = (Job.State.QUEUED, Job.State.RUNNING)


@transaction.atomic
def demand_paper_request(*, actor: Actor, event: DemandEvent) -> DemandPaper:
    """Have an act made into a PDF in the background; the paper under way or finished, if there is one."""
    event = paper_event_get(actor=actor, pk=event.pk)
    # Two who ask at once: the second waits and finds the first one's paper.
    DemandEvent.objects.select_for_update(no_key=True).get(pk=event.pk)
    paper = DemandPaper.objects.select_related("job").filter(event=event).first()
    if paper and (paper.file_id or paper.job.state in OPEN):
        return paper
    job = job_enqueue(
        task=DEMAND_PAPER_TASK,
        title=f"生成{PAPERS[Action(event.action)]}：{event.demand.number}",
        arguments={"event": event.pk},
        started_by=actor.user,
    )
    return DemandPaper.objects.update_or_create(event=event, defaults={"job": job})[0]


def paper_of(event: DemandEvent) -> DemandPaper | None:
    """The paper of an act that the actor may see, if somebody has asked for it."""
    return DemandPaper.objects.select_related("job", "file").filter(event=event).first()
