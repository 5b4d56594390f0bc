"""Background work in a tenant's scope: the Celery base task, and jobs that somebody watches.

A job is a row first. It is sent to the broker after commit; when that message is lost (broker down, worker killed
before acknowledging), `tenants.jobs_relay` sends the row again. Each task claims its row before it works, so a second
delivery does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery import Task, current_app
from celery.exceptions import Reject
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from .models import Job, User
from .scope import require_tenant_id, tenant_scope

log = structlog.get_logger(__name__)

#: A job that was sent this long ago and still waits has lost its message.
RESEND_AFTER = timedelta(minutes=2)
#: A running job whose row has been silent this long has lost its worker (hard time limit of a task: 30 minutes).
LOST_AFTER = timedelta(minutes=35)
MAX_ATTEMPTS = 3


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
            Job.objects.filter(pk=self.job.pk).update(done=done, total=total, step=step)
            cancelled = Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists()
        if cancelled:
            raise JobCancelledError


@contextmanager
def claimed(tenant_id: int, job_id: int) -> Iterator[JobRun | None]:
    """Claim a queued job for this worker and settle its state at the end; None when somebody else has it.

    Errors are shown to the user as a sentence and logged with their trace; they do not reach Celery, which would
    only send the same job again.
    """
    with tenant_scope(tenant_id):
        claimed_rows = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
            state=Job.State.RUNNING, started_at=timezone.now(), attempts=F("attempts") + 1
        )
        job = Job.objects.filter(pk=job_id).first()
    if not claimed_rows or job is None:
        yield None
        return
    state, message = Job.State.DONE, ""
    try:
        yield JobRun(tenant_id, job)
    except JobCancelledError:
        state, message = Job.State.CANCELLED, "已取消，没有写入任何数据。"
    except Exception as error:
        log.exception("job_failed", job_id=job_id, task=job.task)
        state, message = (
            Job.State.FAILED,
            getattr(error, "sentence", "处理时出错，没有写入任何数据。请重试，仍不行请联系管理员。"),
        )
    with tenant_scope(tenant_id):
        Job.objects.filter(pk=job_id).update(state=state, message=message, finished_at=timezone.now(), step="")


def job_cancel(*, actor_user: User, job: Job) -> None:
    """Ask a job to stop; one that nobody has claimed yet is over at once."""
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
        state=Job.State.CANCELLED, finished_at=timezone.now(), message="已取消，没有写入任何数据。"
    )
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested=True)
    log.info("job_cancel_requested", job_id=job.pk, by=actor_user.pk)


def jobs_resend(*, now: datetime, send: Callable[[Job], None] = send_after_commit) -> int:
    """Send waiting jobs whose message was lost, and put those of dead workers back. Returns how many were sent."""
    lost = Job.objects.filter(state=Job.State.RUNNING, started_at__lt=now - LOST_AFTER)
    lost.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=Job.State.FAILED, finished_at=now, message="多次中断，没有完成。请联系管理员查看日志。"
    )
    lost.filter(attempts__lt=MAX_ATTEMPTS).update(state=Job.State.QUEUED, sent_at=None)
    waiting = Job.objects.select_for_update(skip_locked=True).filter(
        Q(sent_at__isnull=True) | Q(sent_at__lt=now - RESEND_AFTER), state=Job.State.QUEUED
    )
    jobs = list(waiting)
    for job in jobs:
        send(job)
    return len(jobs)
