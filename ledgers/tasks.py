"""Background work of imports."""

from celery import shared_task

from ledgers.services import run_check, run_store
from tenants.jobs import claimed


@shared_task(name="ledgers.import_check", own_scope=True)
def import_check(*, tenant_id: int, job_id: int) -> None:
    """Check an uploaded ledger."""
    with claimed(tenant_id, job_id) as progress:
        if progress is not None:
            run_check(progress, progress.job.arguments["run"])


@shared_task(name="ledgers.import_store", own_scope=True)
def import_store(*, tenant_id: int, job_id: int) -> None:
    """Import a checked ledger."""
    with claimed(tenant_id, job_id) as progress:
        if progress is not None:
            run_store(progress, progress.job.arguments["run"], only_if_clean=progress.job.arguments["only_if_clean"])
