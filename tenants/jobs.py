"""Background work in a tenant's scope: the Celery base task, and jobs that somebody watches.

A job is a row first. It is sent to the broker after commit; when that message is lost (broker down),
`tenants.jobs_relay` sends the row again. Each task claims its row before it works, so a second message does nothing.
A message whose worker was killed comes back by itself, marked as redelivered, and takes its job over; `MAX_ATTEMPTS`
bounds that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery import Task, current_app, current_task
from celery.exceptions import Reject
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from .models import Job, User
from .scope import require_tenant_id, tenant_scope

log = structlog.get_logger(__name__)

#: A job that was sent this long ago and still waits has lost its message.
RESEND_AFTER = timedelta(minutes=2)
#: A job that has been running this long has lost its worker (hard time limit of a task: 30 minutes).
LOST_AFTER = timedelta(minutes=35)
MAX_ATTEMPTS = 3
CANCELLED, BROKEN = "已取消，没有写入任何数据。", "处理时出错，没有写入任何数据。请重试，仍不行请联系管理员。"
INTERRUPTED = "多次中断，没有完成。请联系管理员查看日志。"


class TenantTask(Task):
    """Base of all tasks: takes `tenant_id` and runs inside that scope. One without it is refused.

    Tasks that fan out over tenants say `across_tenants = True` and may read the list of tenants only.
    """

    across_tenants = False
    #: A task that opens its own scopes, one per step, so that its progress is seen while it runs.
    own_scope = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.across_tenants or self.name.startswith("celery."):
            return super().__call__(*args, **kwargs)
        if not isinstance(kwargs.get("tenant_id"), int):
            raise Reject(f"{self.name}: tenant_id is missing", requeue=False)
        with structlog.contextvars.bound_contextvars(tenant_id=kwargs["tenant_id"], task=self.name):
            if self.own_scope:
                return super().__call__(*args, **kwargs)
            with tenant_scope(kwargs["tenant_id"], request_id=str(self.request.id or "")):
                return super().__call__(*args, **kwargs)


class JobCancelledError(Exception):
    """Its user cancelled the job; what was done in the current transaction is rolled back."""


def job_enqueue(*, task: str, title: str, arguments: dict[str, Any], started_by: User | None) -> Job:
    """Write a job and send it by name once this transaction has committed."""
    job = Job.objects.create(task=task, title=title, arguments=arguments, started_by=started_by)
    send_after_commit(job)
    return job


def send_after_commit(job: Job) -> None:
    """Hand the job to the broker after commit. A broker that is down loses nothing: the relay sends it later."""
    tenant_id, job_id, task = require_tenant_id(), job.pk, job.task

    def send() -> None:
        try:
            current_app.send_task(task, kwargs={"tenant_id": tenant_id, "job_id": job_id}, retry=False)
        except OperationalError:
            log.warning("broker_unreachable", job_id=job_id, task=task)

    Job.objects.filter(pk=job_id).update(sent_at=timezone.now())
    transaction.on_commit(send)


class JobRun:
    """A claimed job: tells its progress and asks whether it was cancelled, each in a transaction of its own."""

    def __init__(self, tenant_id: int, job: Job) -> None:
        self.tenant_id, self.job = tenant_id, job

    def progress(self, done: int, total: int, step: str = "") -> None:
        """Show how far it is. Raises `JobCancelledError` when the user cancelled. Not inside another transaction."""
        with tenant_scope(self.tenant_id):
            mine = self._mine()
            mine.update(done=done, total=total, step=step)
            wanted = mine.filter(cancel_requested=False).exists()
        if not wanted:
            raise JobCancelledError

    def settle(self, state: Job.State, message: str = "") -> None:
        """End the job. Does nothing once another worker has taken it over."""
        with tenant_scope(self.tenant_id):
            self._mine().update(state=state, message=message, finished_at=timezone.now(), step="")

    def _mine(self) -> QuerySet[Job]:
        return Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, attempts=self.job.attempts)


@contextmanager
def claimed(tenant_id: int, job_id: int) -> Iterator[JobRun | None]:
    """Claim a job for this worker and settle its state at the end; None when somebody else has it.

    An error with a `sentence` is the user's affair: he reads it, nobody else hears of it. Any other one is shown to him
    in general words and goes on to Celery, which logs it and does not send the same job again.
    """
    job = _claim(tenant_id, job_id)
    if job is None:
        yield None
        return
    run = JobRun(tenant_id, job)
    try:
        yield run
    except JobCancelledError:
        run.settle(Job.State.CANCELLED, CANCELLED)
    except Exception as error:
        run.settle(Job.State.FAILED, getattr(error, "sentence", BROKEN))
        if not hasattr(error, "sentence"):
            raise
    else:
        run.settle(Job.State.DONE)


def _claim(tenant_id: int, job_id: int) -> Job | None:
    redelivered = bool(current_task and (current_task.request.delivery_info or {}).get("redelivered"))
    with tenant_scope(tenant_id):
        job = Job.objects.filter(pk=job_id)
        if redelivered:
            # Its worker is dead: the hard time limit is shorter than the time after which the broker redelivers.
            _give_up_or_requeue(job.filter(state=Job.State.RUNNING), now=timezone.now())
        taken = job.filter(state=Job.State.QUEUED).update(
            state=Job.State.RUNNING, started_at=timezone.now(), attempts=F("attempts") + 1
        )
        return job.get() if taken else None


def _give_up_or_requeue(lost: QuerySet[Job], *, now: datetime) -> None:
    """Put jobs of dead workers back, unless they were cancelled or have failed too often."""
    lost.filter(cancel_requested=True).update(state=Job.State.CANCELLED, finished_at=now, message=CANCELLED)
    lost.filter(attempts__gte=MAX_ATTEMPTS).update(state=Job.State.FAILED, finished_at=now, message=INTERRUPTED)
    lost.update(state=Job.State.QUEUED, sent_at=None)


def job_cancel(*, actor_user: User, job: Job) -> None:
    """Ask a job to stop; one that nobody has claimed yet is over at once."""
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
        state=Job.State.CANCELLED, finished_at=timezone.now(), message=CANCELLED
    )
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested=True)
    log.info("job_cancel_requested", job_id=job.pk, by=actor_user.pk)


def jobs_resend(*, now: datetime, send: Callable[[Job], None] = send_after_commit) -> int:
    """Send waiting jobs whose message was lost, and put those of dead workers back. Returns how many were sent."""
    _give_up_or_requeue(Job.objects.filter(state=Job.State.RUNNING, started_at__lt=now - LOST_AFTER), now=now)
    waiting = Job.objects.select_for_update(skip_locked=True).filter(
        Q(sent_at__isnull=True) | Q(sent_at__lt=now - RESEND_AFTER), state=Job.State.QUEUED
    )
    jobs = list(waiting)
    for job in jobs:
        send(job)
    return len(jobs)
