"""Imports as jobs: claimed once, cancelled anywhere, killed anywhere; never half of a ledger."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from ledgers import services
from ledgers.models import ImportRun
from ledgers.registry import ledger
from tenants.jobs import BROKEN, LOST_AFTER, JobRun, jobs_resend
from tenants.models import AuditEntry, Job, Region, StoredFile, User
from tenants.scope import tenant_scope
from tests import factories
from tests.ledgers.conftest import Office
from tests.ledgers.test_pages import roster

State = ImportRun.State
#: One before each column, one for the tables.
STEPS = len(ledger("enterprises").sheet.columns) + 2


class KilledError(BaseException):
    """Stands for a worker that dies: nothing catches it."""


def stop_at(monkeypatch: pytest.MonkeyPatch, step: int, act: Any) -> None:
    """Do `act` at the `step`-th word of progress."""
    tell, calls = JobRun.progress, []

    def progress(job: JobRun, *args: Any) -> None:
        calls.append(args)
        if len(calls) == step:
            act()
        tell(job, *args)

    monkeypatch.setattr(JobRun, "progress", progress)


def set_back(office: Office, job_id: int) -> None:
    """Let the job look as if its worker had died long ago, and have the relay send it again."""
    with tenant_scope(office.tenant):
        job = Job.objects.filter(pk=job_id)
        job.update(started_at=timezone.now() - LOST_AFTER - timedelta(seconds=1))
        assert jobs_resend(now=timezone.now(), send=lambda job: None) == 1
        found = job.get()
    office.sent = [(found.task, {"tenant_id": office.tenant.pk, "job_id": job_id})]


def test_two_clicks_start_one_import(office: Office) -> None:
    run = office.checked(roster(2))
    office.commit(run)
    office.commit(run)
    assert len(office.sent) == 1
    assert "这份台账正在处理，请等它完成" in office.page(run)
    office.work()
    office.commit(run)
    assert "这次导入现在是“已导入”，不能再次导入" in office.page(run)
    assert (office.sent, office.count(Enterprise)) == ([], 2)


@pytest.mark.parametrize("step", [1, 2, STEPS - 1, STEPS])
def test_a_check_is_cancelled_at_any_step(office: Office, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    office.upload(roster(2, wrong=1))
    run = office.run()
    stop_at(monkeypatch, step, lambda: office.abandon(run))
    office.work()
    run = office.run()
    assert (run.state, run.job.state, run.errors, run.error_workbook) == (
        State.CANCELLED,
        Job.State.CANCELLED,
        [],
        None,
    )
    assert "已取消" in office.page(run)
    assert office.count(StoredFile) == 1


@pytest.mark.parametrize("step", [1, 2, STEPS - 1, STEPS])
def test_an_import_is_cancelled_at_any_step(office: Office, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    run = office.checked(roster(2))
    office.commit(run)
    stop_at(monkeypatch, step, lambda: office.abandon(run))
    office.work()
    assert (office.run().state, office.run().job.state) == (State.CANCELLED, Job.State.CANCELLED)
    assert office.count(Enterprise) == 0


def test_a_checked_file_is_dropped(office: Office) -> None:
    run = office.checked(roster(2))
    assert office.abandon(run).url == reverse("ledgers:home")
    assert "没有写入任何数据" in office.page(run)
    office.commit(run)
    assert "这次导入现在是“已取消”" in office.page(run)
    assert office.sent == []


def test_cancelling_too_late_says_so(office: Office) -> None:
    run = office.checked(roster(2))
    office.commit(run)
    office.work()
    office.abandon(run)
    assert "来不及取消了：这次导入已经是“已导入”" in office.page(run)
    assert office.run().state == State.IMPORTED


def test_cancelling_while_rows_are_written_takes_them_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    run = office.checked(roster(2))
    office.commit(run)
    store = services.store

    def store_then_cancel(*args: Any, **kwargs: Any) -> Any:
        counts = store(*args, **kwargs)
        ImportRun.objects.filter(pk=run.pk).update(state=State.CANCELLED)
        return counts

    monkeypatch.setattr(services, "store", store_then_cancel)
    office.work()
    assert office.run().job.state == Job.State.CANCELLED
    assert office.count(Enterprise) == 0


@pytest.mark.parametrize("step", [1, STEPS - 1, STEPS])
def test_a_killed_worker_leaves_nothing_and_another_finishes(
    office: Office, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    def die() -> None:
        raise KilledError

    run = office.checked(roster(2))
    office.commit(run)
    with monkeypatch.context() as dying:
        stop_at(dying, step, die)
        with pytest.raises(KilledError):
            office.work()
    assert (office.run().job.state, office.count(Enterprise)) == (Job.State.RUNNING, 0)
    set_back(office, office.run().job_id)
    office.work()
    assert (office.run().state, office.run().job.state, office.run().job.attempts) == (
        State.IMPORTED,
        Job.State.DONE,
        2,
    )
    assert office.count(Enterprise) == 2


def test_a_worker_killed_while_writing_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    run = office.checked(roster(2, park="高新产业园"))
    office.commit(run)
    before = office.count(Region)
    with monkeypatch.context() as dying:
        dying.setattr(services, "_settle", die_after_writing(office))
        with pytest.raises(KilledError):
            office.work()
    assert (office.count(Enterprise), office.count(Region)) == (0, before)
    set_back(office, office.run().job_id)
    office.work()
    assert (office.count(Enterprise), office.count(Region)) == (2, before + 1)


def die_after_writing(office: Office) -> Any:
    def settle(*args: Any, **values: Any) -> None:
        assert Enterprise.objects.count() == 2
        raise KilledError

    return settle


def test_a_message_that_comes_twice_imports_once(office: Office) -> None:
    run = office.checked(roster(2))
    office.commit(run)
    [message] = office.sent
    office.sent = [message, message]
    office.work()
    with tenant_scope(office.tenant):
        assert AuditEntry.objects.filter(verb=AuditEntry.Verb.IMPORT).count() == 1


def test_a_job_that_died_after_its_last_word_is_done_when_it_comes_back(office: Office) -> None:
    run = office.checked(roster(2))
    office.commit(run)
    office.work()
    with tenant_scope(office.tenant):
        Job.objects.filter(pk=office.run().job_id).update(state=Job.State.RUNNING)
    set_back(office, office.run().job_id)
    office.work()
    assert (office.run().state, office.run().job.state) == (State.IMPORTED, Job.State.DONE)
    with tenant_scope(office.tenant):
        assert AuditEntry.objects.filter(verb=AuditEntry.Verb.IMPORT).count() == 1


@pytest.mark.parametrize(("part", "way_on"), [("check", "重新上传"), ("store", "可以在下面再次导入")])
def test_an_unexpected_error_is_told_with_a_way_on(
    office: Office, monkeypatch: pytest.MonkeyPatch, part: str, way_on: str
) -> None:
    if part == "store":
        office.commit(office.checked(roster(2)))
    else:
        office.upload(roster(2))
    with monkeypatch.context() as broken:
        broken.setattr(services, "_read", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            office.work()
    run = office.run()
    assert (run.job.state, run.state_label) == (Job.State.FAILED, "未完成")
    page = office.page(run)
    assert BROKEN in page
    assert way_on in page
    assert "未完成" in office.client.get(reverse("ledgers:home")).content.decode()
    assert office.count(Enterprise) == 0
    if part == "store":
        office.commit(run)
        office.work()
        assert office.count(Enterprise) == 2


def test_all_or_nothing_is_asked_again_when_rows_are_written(office: Office) -> None:
    """What was in order at the check need not be when it is written: a county may have been renamed meanwhile."""
    run = office.checked(roster(2))
    office.commit(run, "all")
    with tenant_scope(office.tenant):
        Region.objects.filter(name="任城区").update(name="任城新区")
    office.work()
    run = office.run()
    assert (run.state, run.job.state, run.job.message) == (State.CHECKED, Job.State.FAILED, services.NOT_CLEAN)
    assert office.count(Enterprise) == 0


def test_what_is_found_when_rows_are_written_is_what_the_page_shows(office: Office) -> None:
    run = office.checked(roster(2))
    office.commit(run, "clean")
    with tenant_scope(office.tenant):
        Region.objects.filter(name="任城区").update(name="任城新区")
    office.work()
    run = office.run()
    assert (run.state, run.accepted, len(run.errors)) == (State.IMPORTED, 0, 2)
    assert run.error_workbook is not None
    assert "县（市、区）不存在" in office.page(run)


def test_the_trail_names_who_committed(office: Office) -> None:
    run = office.checked(roster(1))
    with tenant_scope(office.tenant):
        second = factories.actor("tenant_admin", login="second").user
    factories.sign_in(second, office.client)
    office.commit(run)
    office.work()
    with tenant_scope(office.tenant):
        entry = AuditEntry.objects.get(verb=AuditEntry.Verb.IMPORT)
        assert (entry.actor, entry.request_id) == (second, f"import:{run.pk}")
        created = AuditEntry.objects.get(verb=AuditEntry.Verb.CREATE, object_type=Enterprise._meta.db_table)
        assert created.actor == second
        assert User.objects.get(pk=run.started_by_id) != second


def test_the_trail_does_not_repeat_the_file(office: Office) -> None:
    office.checked(roster(1, wrong=2))
    with tenant_scope(office.tenant):
        entries = AuditEntry.objects.filter(object_type=ImportRun._meta.db_table)
        assert entries.exists()
        assert "任城第1机械" not in str(list(entries.values_list("changes", flat=True)))
