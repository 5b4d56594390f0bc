"""Jobs whose worker process is killed, with a real worker and a real broker."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection

from tenants.jobs import INTERRUPTED, MAX_ATTEMPTS, job_enqueue
from tenants.models import Job, Tenant
from tenants.scope import tenant_scope
from tests import factories

SECONDS = 60


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """A Celery worker with one process on the tests' database and broker."""
    environment = os.environ | {"DATABASE_URL": _address()}
    broker = current_app.conf.broker_url
    command = [sys.executable, "-m", "celery", "-A", "alliance_portal", "-b", broker, "worker", "-c", "1"]
    quiet = ["-I", "tests.tenants.jobs_worker_tasks", "--without-gossip", "--without-mingle", "-E", "-l", "CRITICAL"]
    with subprocess.Popen([*command, *quiet], cwd=settings.BASE_DIR, env=environment) as process:
        yield
        process.terminate()


def _address() -> str:
    """The tests' database as the application role, as DATABASE_URL would name it."""
    user, password, host, port, name = (
        str(connection.settings_dict[part]) for part in ("USER", "PASSWORD", "HOST", "PORT", "NAME")
    )
    if host.startswith("/"):
        return f"postgres://{user}@/{host}/{name}"
    return f"postgres://{user}:{quote(password, safe='')}@{host}:{port or 5432}/{name}"


def _wait(tenant: Tenant, *jobs: Job) -> None:
    """Until the jobs are over: looked at with every event of the worker, whose heart alone beats every two seconds."""
    deadline = time.monotonic() + SECONDS

    def look(event: dict[str, object]) -> None:
        with tenant_scope(tenant):
            for job in jobs:
                job.refresh_from_db()
        receiver.should_stop = all(job.finished_at for job in jobs)
        assert receiver.should_stop or time.monotonic() < deadline, [(job.state, job.attempts) for job in jobs]

    with current_app.connection_for_read() as broker:
        receiver = current_app.events.Receiver(broker, handlers={"*": look})
        receiver.capture(timeout=SECONDS)


@pytest.mark.usefixtures("worker")
def test_job_of_a_killed_worker_is_done_by_the_next_and_given_up_after_some_attempts() -> None:
    tenant = factories.city()
    with tenant_scope(tenant):
        unlucky = job_enqueue(task="tests.killed", title="一次中断", arguments={"deaths": 1}, started_by=None)
        deadly = job_enqueue(task="tests.killed", title="每次中断", arguments={"deaths": 99}, started_by=None)
    _wait(tenant, unlucky, deadly)
    assert (unlucky.state, unlucky.attempts) == (Job.State.DONE, 2)
    assert (deadly.state, deadly.attempts) == (Job.State.FAILED, MAX_ATTEMPTS)
    assert deadly.message == INTERRUPTED
