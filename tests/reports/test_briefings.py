"""Snapshots and briefings: numbers without gaps, the background job, the archive and its permissions."""

import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from reports.imprint import Imprint
from reports.models import Briefing, Snapshot
from reports.overview import digest
from reports.periods import quarter_period
from reports.permissions import office_actor, region_tree
from reports.printing import PaperTooLongError, Printed
from reports.services import issuing
from reports.services.issuing import briefing_issue
from reports.services.requests import briefing_request
from reports.services.snapshots import figures_collect, snapshot_freeze
from reports.tasks import briefing_make
from tenants.jobs import job_cancel
from tenants.models import AuditEntry, Job, Role, Tenant
from tenants.permissions import Actor
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser

from .city import SECRET

QUARTER = quarter_period(2026, 3)
IMPRINT = Imprint(reported_to="市委", copies=80)


def issue(actor: Actor | None = None, *, quarter: int = 3, imprint: Imprint = IMPRINT) -> Briefing:
    actor = actor or office_actor()
    region = region_tree(actor).default
    data = figures_collect(actor=actor, period=quarter_period(2026, quarter), region=region)
    return briefing_issue(actor=actor, year=2026, quarter=quarter, region=region, imprint=imprint, data=data)


def text_of(content: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages))


def downloaded(client: Client, briefing: Briefing) -> bytes:
    """The file as a browser gets it, always as an attachment."""
    response = client.get(reverse("reports:briefing_download", args=[briefing.pk]))
    assert response["Content-Disposition"].startswith("attachment")
    return b"".join(response.streaming_content)


@pytest.fixture
def quick_print(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers and permissions need no real layout; the real one is in `test_paper` and below."""
    monkeypatch.setattr(issuing, "print_pdf", lambda html: Printed(b"%PDF-1.7", 1))


@pytest.fixture
def staff(built: Tenant) -> Client:
    return browser(built, Role.CITY_STAFF, login="staff")


def the_job(tenant: Tenant) -> Job:
    with tenant_scope(tenant):
        return Job.objects.select_related("started_by").get()


# Numbers


def test_snapshots_are_numbered_in_a_row_and_can_be_verified(inside: Tenant):
    region = region_tree(office_actor()).default
    made = [snapshot_freeze(actor=office_actor(), period=QUARTER, region=region) for _ in range(3)]
    year = timezone.localdate().year
    assert [each.number for each in made] == [f"KZ-{year}-{number:06d}" for number in (1, 2, 3)]
    kept = Snapshot.objects.get(number=made[0].number)
    assert digest(kept.figures) == kept.sha256


def test_a_failed_briefing_leaves_no_gap(inside: Tenant, quick_print: None, monkeypatch: pytest.MonkeyPatch):
    first = issue()

    def too_long(html: str) -> None:
        raise PaperTooLongError(PaperTooLongError.sentence)

    with monkeypatch.context() as broken:
        broken.setattr(issuing, "print_pdf", too_long)
        with pytest.raises(PaperTooLongError, match="缩小"), transaction.atomic():
            issue(quarter=2)
    second = issue(quarter=2)
    assert [(each.issue, each.serial) for each in (first, second)] == [(1, 1), (2, 2)]
    assert second.snapshot.number.endswith("000002")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_different_numbers(tenant: Tenant):
    def freeze(_: int) -> str:
        try:
            with tenant_scope(tenant):
                region = region_tree(office_actor()).default
                return snapshot_freeze(actor=office_actor(), period=QUARTER, region=region).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as together:
        numbers = sorted(together.map(freeze, range(8)))
    assert [int(number[-6:]) for number in numbers] == list(range(1, 9))


def test_issues_begin_again_every_year_the_serial_goes_on(inside: Tenant, quick_print: None):
    issue()
    region = region_tree(office_actor()).default
    data = figures_collect(actor=office_actor(), period=quarter_period(2025, 4), region=region)
    older = briefing_issue(actor=office_actor(), year=2025, quarter=4, region=region, imprint=IMPRINT, data=data)
    assert (older.issue, older.serial) == (1, 2)


def test_the_same_briefing_again_is_the_archived_one_a_changed_one_is_new(inside: Tenant, quick_print: None):
    first = issue()
    assert issue() == first
    assert Snapshot.objects.count() == 1
    assert issue(imprint=Imprint(copies=81)).serial == 2
    factories.demand(factories.enterprise(), raised_on="2026-08-08")
    assert issue().serial == 3


def test_the_database_refuses_a_number_twice(inside: Tenant, quick_print: None):
    first = issue()
    with pytest.raises(IntegrityError), transaction.atomic():
        Briefing.objects.create(year=2026, quarter=1, region=first.region, issue=first.issue, serial=99, title="重号")


# The job


def test_briefing_is_made_in_the_background_archived_and_downloaded(staff: Client, built: Tenant):
    page = staff.post(
        reverse("reports:briefing_create"),
        {"quarter": "2026Q3", "region": region_pk(built), "copies": 60, "editor_note": "请研究。"},
    )
    job = the_job(built)
    assert page.url == reverse("reports:briefing_job", args=[job.pk])
    assert "排队中" in staff.get(page.url).content.decode()
    briefing_make(tenant_id=built.pk, job_id=job.pk)
    done = staff.get(page.url + "?part=progress", headers={"HX-Request": "true"}).content.decode()
    assert "已完成" in done
    assert "<html" not in done
    with tenant_scope(built):
        briefing = Briefing.objects.select_related("file", "snapshot").get()
    download = reverse("reports:briefing_download", args=[briefing.pk])
    assert download in done
    content = downloaded(staff, briefing)
    assert hashlib.sha256(content).hexdigest() == briefing.file.sha256
    text = text_of(content)
    assert "请研究。" in text
    assert briefing.snapshot.number in text
    assert "收集企业诉求3件" in text
    assert SECRET not in text
    assert "777,777" not in text
    archive = staff.get(reverse("reports:briefing_list")).content.decode()
    assert briefing.snapshot.number in archive
    assert briefing.file.sha256 in archive
    with tenant_scope(built):
        assert AuditEntry.objects.filter(verb=AuditEntry.Verb.DOWNLOAD).exists()


def test_a_job_delivered_twice_makes_one_briefing(staff: Client, built: Tenant, quick_print: None):
    staff.post(reverse("reports:briefing_create"), {"quarter": "2026Q3", "region": region_pk(built), "copies": 60})
    job = the_job(built)
    for _ in range(2):
        briefing_make(tenant_id=built.pk, job_id=job.pk)
    with tenant_scope(built):
        assert Briefing.objects.count() == 1


def test_a_double_click_starts_one_job(staff: Client, built: Tenant):
    for _ in range(2):
        staff.post(reverse("reports:briefing_create"), {"quarter": "2026Q3", "region": region_pk(built), "copies": 60})
    the_job(built)


def test_a_cancelled_job_leaves_nothing(staff: Client, built: Tenant, quick_print: None):
    staff.post(reverse("reports:briefing_create"), {"quarter": "2026Q3", "region": region_pk(built), "copies": 60})
    job = the_job(built)
    staff.post(reverse("reports:briefing_cancel", args=[job.pk]))
    briefing_make(tenant_id=built.pk, job_id=job.pk)
    with tenant_scope(built):
        assert not Briefing.objects.exists()
        assert not Snapshot.objects.exists()
    assert "已取消" in staff.get(reverse("reports:briefing_job", args=[job.pk])).content.decode()


def test_cancelling_while_it_runs_stops_before_the_layout(
    staff: Client, built: Tenant, quick_print: None, monkeypatch: pytest.MonkeyPatch
):
    staff.post(reverse("reports:briefing_create"), {"quarter": "2026Q3", "region": region_pk(built), "copies": 60})
    job = the_job(built)
    collect: Callable[..., object] = figures_collect

    def cancelled_meanwhile(**values: object) -> object:
        job_cancel(actor_user=job.started_by, job=job)
        return collect(**values)

    monkeypatch.setattr("reports.tasks.figures_collect", cancelled_meanwhile)
    briefing_make(tenant_id=built.pk, job_id=job.pk)
    with tenant_scope(built):
        assert not Briefing.objects.exists()
        assert Job.objects.get().state == Job.State.CANCELLED


def test_another_issue_of_the_same_quarter_must_be_wanted(staff: Client, built: Tenant, quick_print: None):
    with tenant_scope(built):
        issue()
    wanted = {"quarter": "2026Q3", "region": region_pk(built), "copies": 60}
    refused = staff.post(reverse("reports:briefing_create"), wanted)
    assert refused.status_code == 422
    assert "已经编发过第 1 期" in refused.content.decode()
    assert 'type="checkbox"' in refused.content.decode()
    assert staff.post(reverse("reports:briefing_create"), wanted | {"again": "on"}).status_code == 302


def test_the_form_repeats_the_last_imprint(staff: Client, built: Tenant, quick_print: None):
    with tenant_scope(built):
        issue(imprint=Imprint(reported_to="省委社会工作部", copies=123))
    page = staff.get(reverse("reports:briefing_create")).content.decode()
    assert "省委社会工作部" in page
    assert 'value="123"' in page


def region_pk(tenant: Tenant) -> int:
    with tenant_scope(tenant):
        return region_tree(office_actor()).default.pk


# Who may


def test_county_staff_make_and_see_those_of_their_county_only(built: Tenant, quick_print: None):
    with tenant_scope(built):
        here, there = factories.county("任城区"), factories.county("鱼台县")
        own = factories.actor(Role.COUNTY_STAFF, region=there, login="yutai")
        city = issue()
        county = issue(own)
        assert county.title == "2026年第三季度鱼台县产业链党建工作情况"
        with pytest.raises(PermissionDenied):
            briefing_request(actor=own, year=2026, quarter=3, region=here, imprint=IMPRINT)
        with pytest.raises(PermissionDenied):
            snapshot_freeze(actor=own, period=QUARTER, region=here)
    clerk = factories.sign_in(own.user)
    assert [each.pk for each in clerk.get(reverse("reports:briefing_list")).context["page"]] == [county.pk]
    assert downloaded(clerk, county).startswith(b"%PDF")
    assert clerk.get(reverse("reports:briefing_download", args=[city.pk])).status_code == 404
    assert (
        clerk.post(
            reverse("reports:briefing_create"), {"quarter": "2026Q3", "region": here.pk, "copies": 1}
        ).status_code
        == 422
    )


def test_another_tenant_sees_neither_archive_nor_file_nor_job(
    staff: Client, built: Tenant, second_tenant: Tenant, quick_print: None
):
    staff.post(reverse("reports:briefing_create"), {"quarter": "2026Q3", "region": region_pk(built), "copies": 60})
    job = the_job(built)
    briefing_make(tenant_id=built.pk, job_id=job.pk)
    with tenant_scope(built):
        briefing = Briefing.objects.get()
    stranger = browser(second_tenant, Role.TENANT_ADMIN, login="stranger")
    assert stranger.get(reverse("reports:briefing_download", args=[briefing.pk])).status_code == 404
    assert stranger.get(reverse("reports:briefing_job", args=[job.pk])).status_code == 404
    assert stranger.post(reverse("reports:briefing_cancel", args=[job.pk])).status_code == 404
    assert briefing.title not in stranger.get(reverse("reports:briefing_list")).content.decode()


def test_a_colleagues_job_is_not_mine_to_cancel(staff: Client, built: Tenant):
    staff.post(reverse("reports:briefing_create"), {"quarter": "2026Q3", "region": region_pk(built), "copies": 60})
    colleague = browser(built, Role.CITY_STAFF, login="colleague")
    assert colleague.post(reverse("reports:briefing_cancel", args=[the_job(built).pk])).status_code == 404


def test_secretaries_make_no_briefings(built: Tenant):
    with tenant_scope(built):
        alliance = factories.alliance()
    secretary = browser(built, Role.ALLIANCE_SECRETARY, alliance=alliance)
    assert secretary.get(reverse("reports:briefing_list")).status_code == 403
    assert secretary.post(reverse("reports:briefing_create")).status_code == 403


def test_a_quarter_that_has_not_begun_is_refused(inside: Tenant):
    region = region_tree(office_actor()).default
    with pytest.raises(ValidationError, match="还没有开始"):
        briefing_request(actor=office_actor(), year=2090, quarter=1, region=region, imprint=IMPRINT)


# The commands


def test_commands_write_figures_and_briefing(built: Tenant, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    call_command("figures", "--tenant", built.slug, "--from", "2026-07-01", "--to", "2026-09-30")
    assert '"resolution_rate": 66.67' in capsys.readouterr().out
    out = tmp_path / "briefing.pdf"
    call_command("briefing", "--tenant", built.slug, "--quarter", "2026Q3", "--out", str(out))
    assert "第1期（总第1期）" in capsys.readouterr().out
    first = out.read_bytes()
    assert "2026年第三季度示例市产业链党建工作情况" in text_of(first)
    call_command("briefing", "--tenant", built.slug, "--quarter", "2026Q3", "--out", str(out))
    assert out.read_bytes() == first
    with tenant_scope(built):
        assert Briefing.objects.count() == 1


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("figures", "--tenant", "shili", "--from", "2026-9-31", "--to", "2026-09-30"), "无法识别"),
        (("figures", "--tenant", "shili", "--from", "2026-09-30", "--to", "2026-07-01"), "不能晚于"),
        (("briefing", "--tenant", "shili", "--quarter", "三季度", "--out", "x.pdf"), "2026Q3"),
        (("briefing", "--tenant", "shili", "--quarter", "2026Q3", "--region", "外地", "--out", "x.pdf"), "没有名为"),
    ],
)
def test_commands_explain_what_is_wrong(tenant: Tenant, command: tuple[str, ...], words: str):
    with pytest.raises(CommandError, match=words):
        call_command(*command)
