"""Asking for a booklet of typical cases, and taking the request back: what pages do. The worker makes it
(`booklets`)."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from alliances.models import TypicalCase
from alliances.selectors.cases import cases_to_compile
from tenants.jobs import job_cancel, job_enqueue
from tenants.models import Job
from tenants.permissions import WHOLE_TENANT, Actor

from ..booklet import size_refusal, title_for
from ..booklet_selectors import BOOKLET_TASK, booklet_jobs_open
from .snapshots import lock_numbers


@transaction.atomic
def booklet_request(*, actor: Actor, cases: Sequence[TypicalCase], preface: str) -> Job:
    """Have a booklet of some accepted cases made in the background, in this order; the job under way, if the actor
    has asked for the same one already.

    Raises `ValidationError` for none, for too many, and for a case that is not accepted (any more).
    """
    actor.require(*WHOLE_TENANT)
    if refusal := size_refusal(len(cases)):
        raise ValidationError(refusal)
    ids = [case.pk for case in cases]
    ready = set(cases_to_compile(actor=actor).filter(pk__in=ids).values_list("pk", flat=True))
    gone = [case.title for case in cases if case.pk not in ready]
    if gone:
        names = "、".join(f"“{title}”" for title in gone)
        raise ValidationError(f"{names}现在不是已采用的案例，不能收入汇编。请重新选择。")
    wanted = {"cases": ids, "preface": preface.strip()}
    # Two tabs that ask at once: the second waits and finds the first one's job.
    lock_numbers()
    under_way = next((job for job in booklet_jobs_open(actor=actor) if job.arguments == wanted), None)
    if under_way is not None:
        return under_way
    title = f"编制《{title_for(len(cases))}》"
    return job_enqueue(task=BOOKLET_TASK, title=title, arguments=wanted, started_by=actor.user)


def booklet_cancel(*, actor: Actor, job: Job) -> None:
    """Stop a booklet that is being made; one that is already being laid out is finished all the same."""
    actor.require(*WHOLE_TENANT)
    job_cancel(actor_user=actor.user, job=job)
