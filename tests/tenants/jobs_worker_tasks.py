"""Tasks that only the worker of `test_jobs_worker.py` knows."""

import os
import signal

from celery import shared_task

from tenants.jobs import claimed


@shared_task(name="tests.killed", own_scope=True)
def killed(*, tenant_id: int, job_id: int) -> None:
    """Dies as by the kernel's memory killer, as often as the job says; then works."""
    with claimed(tenant_id, job_id) as run:
        if run is not None and run.job.attempts <= run.job.arguments["deaths"]:
            os.kill(os.getpid(), signal.SIGKILL)
