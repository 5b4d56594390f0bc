"""Jobs: sent after commit, claimed once, sent again when their message is lost, given up after some attempts."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from celery import current_app, shared_task
from celery.exceptions import Reject
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from tenants.jobs import (
    BROKEN,
    CANCELLED,
    INTERRUPTED,
    LOST_AFTER,
    MAX_ATTEMPTS,
    RESEND_AFTER,
    JobRun,
    claimed,
    job_cancel,
    job_enqueue,
    jobs_resend,
)
from tenants.models import Job, Tenant
from tenants.scope import current_tenant_id, tenant_scope
from tenants.tasks import jobs_relay, jobs_resend_task
from tests import factories

Sent = list[tuple[str, dict[str, int]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What reached the broker."""
    messages: Sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, kwargs, **_: messages.append((name, kwargs)))
    return messages


@pytest.fixture
def job(tenant: Tenant) -> Job:
    with tenant_scope(tenant):
        return factories.job(sent_at=timezone.now())


def _now(job: Job) -> Job:
    with tenant_scope(job.tenant_id):
        return Job.objects.get(pk=job.pk)


def _set(job: Job, **values: object) -> None:
    with tenant_scope(job.tenant_id):
        Job.objects.filter(pk=job.pk).update(**values)


def test_job_is_sent_after_commit(
    tenant: Tenant, sent: Sent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with tenant_scope(tenant):
            job = job_enqueue(task="tests.nothing", title="导入", arguments={"run": 1}, started_by=None)
        assert sent == []
    assert sent == [("tests.nothing", {"tenant_id": tenant.pk, "job_id": job.pk})]


def test_broker_down_at_commit_loses_nothing(
    tenant: Tenant,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def unreachable(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(current_app, "send_task", unreachable)
    with django_capture_on_commit_callbacks(execute=True), tenant_scope(tenant):
        job = job_enqueue(task="tests.nothing", title="导入", arguments={}, started_by=None)
    assert _now(job).state == Job.State.QUEUED
    with tenant_scope(tenant):
        assert jobs_resend(now=timezone.now(), send=lambda job: None) == 0
        assert jobs_resend(now=timezone.now() + RESEND_AFTER, send=lambda job: None) == 1


def test_message_without_job_does_nothing(tenant: Tenant, second_tenant: Tenant, job: Job) -> None:
    with claimed(tenant.pk, 0) as run:
        assert run is None
    with claimed(second_tenant.pk, job.pk) as run:
        assert run is None
    assert _now(job).state == Job.State.QUEUED


def test_job_is_claimed_once(tenant: Tenant, job: Job) -> None:
    with claimed(tenant.pk, job.pk) as first, claimed(tenant.pk, job.pk) as second:
        assert isinstance(first, JobRun)
        assert second is None
    assert (_now(job).state, _now(job).attempts) == (Job.State.DONE, 1)
    with claimed(tenant.pk, job.pk) as third:
        assert third is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_share_one_job() -> None:
    tenant = factories.city()
    with tenant_scope(tenant):
        job = factories.job()
    together, runs = Barrier(2), []

    def work() -> None:
        together.wait()
        with claimed(tenant.pk, job.pk) as run:
            runs.append(run)
            together.wait()
        connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(run is None for run in runs) == [False, True]
    assert _now(job).attempts == 1


def test_progress_is_seen_and_cancelling_stops_the_work(tenant: Tenant, job: Job) -> None:
    with claimed(tenant.pk, job.pk) as run:
        run.progress(3, 10, "逐行检查")
        assert (_now(job).done, _now(job).total, _now(job).step) == (3, 10, "逐行检查")
        with tenant_scope(tenant):
            job_cancel(actor_user=factories.user(), job=job)
        run.progress(4, 10)
        pytest.fail("went on after it was cancelled")
    assert (_now(job).state, _now(job).message, _now(job).done) == (Job.State.CANCELLED, CANCELLED, 4)


def test_waiting_job_is_cancelled_at_once(tenant: Tenant, job: Job) -> None:
    with tenant_scope(tenant):
        job_cancel(actor_user=factories.user(), job=job)
    assert _now(job).state == Job.State.CANCELLED
    with claimed(tenant.pk, job.pk) as run:
        assert run is None


def test_finished_job_cannot_be_cancelled(tenant: Tenant, job: Job) -> None:
    with claimed(tenant.pk, job.pk) as run:
        run.progress(1, 1)
    with tenant_scope(tenant):
        job_cancel(actor_user=factories.user(), job=job)
    assert (_now(job).state, _now(job).cancel_requested) == (Job.State.DONE, False)


def test_unexpected_error_is_told_in_general_words_and_reaches_the_log(tenant: Tenant, job: Job) -> None:
    with pytest.raises(ZeroDivisionError), claimed(tenant.pk, job.pk):
        _ = 1 / 0
    assert (_now(job).state, _now(job).message) == (Job.State.FAILED, BROKEN)


class _FileRefusedError(Exception):
    sentence = "文件已加密，请先去掉密码。"


def test_error_with_a_sentence_is_the_users(tenant: Tenant, job: Job) -> None:
    with claimed(tenant.pk, job.pk):
        raise _FileRefusedError
    assert (_now(job).state, _now(job).message) == (Job.State.FAILED, _FileRefusedError.sentence)


def test_worker_that_lost_its_job_no_longer_changes_it(tenant: Tenant, job: Job) -> None:
    with claimed(tenant.pk, job.pk) as slow:
        _set(job, state=Job.State.QUEUED)
        with claimed(tenant.pk, job.pk) as quick:
            quick.progress(9, 10)
        slow.progress(1, 10)
        pytest.fail("went on although another worker had taken over")
    assert (_now(job).state, _now(job).done, _now(job).attempts) == (Job.State.DONE, 9, 2)


@pytest.mark.parametrize(
    ("values", "state", "message"),
    [
        ({"attempts": 1}, Job.State.QUEUED, ""),
        ({"attempts": MAX_ATTEMPTS}, Job.State.FAILED, INTERRUPTED),
        ({"attempts": 1, "cancel_requested": True}, Job.State.CANCELLED, CANCELLED),
    ],
    ids=["again", "too often", "cancelled"],
)
def test_job_of_a_dead_worker(
    tenant: Tenant, job: Job, sent: Sent, values: dict[str, object], state: Job.State, message: str
) -> None:
    _set(job, state=Job.State.RUNNING, started_at=timezone.now() - LOST_AFTER - timedelta(seconds=1), **values)
    with tenant_scope(tenant):
        resent = jobs_resend(now=timezone.now())
    assert (_now(job).state, _now(job).message) == (state, message)
    assert resent == (state == Job.State.QUEUED)


def test_working_job_is_left_alone(tenant: Tenant, job: Job) -> None:
    with claimed(tenant.pk, job.pk), tenant_scope(tenant):
        assert jobs_resend(now=timezone.now() + RESEND_AFTER) == 0
    assert (_now(job).state, _now(job).attempts) == (Job.State.DONE, 1)


def test_relay_sends_one_task_for_each_active_tenant(tenant: Tenant, second_tenant: Tenant, sent: Sent) -> None:
    jobs_relay()
    assert sent == [("tenants.jobs_resend", {"tenant_id": pk}) for pk in sorted((tenant.pk, second_tenant.pk))]


def test_each_tenant_sends_its_own_jobs(
    tenant: Tenant,
    second_tenant: Tenant,
    job: Job,
    sent: Sent,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    _set(job, sent_at=timezone.now() - RESEND_AFTER)
    with django_capture_on_commit_callbacks(execute=True):
        assert jobs_resend_task(tenant_id=tenant.pk) == 1
    assert sent == [(job.task, {"tenant_id": tenant.pk, "job_id": job.pk})]


def test_two_beats_send_a_lost_job_once(tenant: Tenant, job: Job, sent: Sent) -> None:
    _set(job, sent_at=timezone.now() - RESEND_AFTER)
    assert [jobs_resend_task(tenant_id=tenant.pk) for _ in range(2)] == [1, 0]


@shared_task(name="tests.whose")
def whose(*, tenant_id: int) -> int | None:
    return current_tenant_id()


def test_task_runs_in_its_tenants_scope(tenant: Tenant) -> None:
    assert whose(tenant_id=tenant.pk) == tenant.pk
    assert current_tenant_id() is None


@pytest.mark.parametrize("arguments", [{}, {"tenant_id": None}, {"tenant_id": "1"}], ids=["none", "null", "text"])
def test_task_without_tenant_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(Reject, match="tenant_id"):
        whose(**arguments)
