"""The files of a published list: made once by a worker, read by the members."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from alliances.models import Alliance
from demands.list_changes import Row
from demands.models import ListPaper, PublishedList
from demands.services.published_lists import LIST_TASK
from reports.printing import PaperTooLongError
from reports.services import list_printing
from reports.tasks import list_paper_task
from tenants.models import Job, Role, StoredFile, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser

ROWS = [Row(str(number), (f"XQ-2026-{number:06d}", "=缺少熟练焊工", "办理中")) for number in range(1, 61)]


@pytest.fixture
def published(tenant: Tenant) -> PublishedList:
    """Of an alliance with one member, with the job that makes its files."""
    with tenant_scope(tenant):
        alliance = factories.alliance(factories.enterprise())
        by = factories.user("by")
        made = factories.published_list(alliance, by, *ROWS)
        job = factories.job(LIST_TASK, started_by=by, arguments={"published": made.pk})
        ListPaper.objects.create(published=made, job=job)
        return made


def _run(tenant: Tenant) -> Job:
    with tenant_scope(tenant):
        job = Job.objects.get(task=LIST_TASK)
    list_paper_task(tenant_id=tenant.pk, job_id=job.pk)
    with tenant_scope(tenant):
        return Job.objects.get(pk=job.pk)


def test_a_worker_makes_both_files_once_and_members_download_them(tenant: Tenant, published: PublishedList) -> None:
    assert _run(tenant).state == Job.State.DONE
    with tenant_scope(tenant):
        files = StoredFile.objects.count()
    _run(tenant)
    with tenant_scope(tenant):
        assert StoredFile.objects.count() == files
        alliance = Alliance.objects.get(pk=published.alliance_id)
        member = browser(tenant, Role.ENTERPRISE, enterprise=alliance.initiator)
    page = member.get(reverse("demands:list_version", args=[published.pk])).content.decode()
    assert "下载 PDF" in page
    assert "下载 Excel" in page
    found = {}
    for form in ("pdf", "excel"):
        response = member.get(reverse("demands:list_file", args=[published.pk, form]))
        assert response["Content-Disposition"].startswith("attachment")
        found[form] = b"".join(response.streaming_content)
    _check_pdf(found["pdf"], alliance, published)
    _check_excel(found["excel"], alliance, published)


def _check_pdf(content: bytes, alliance: Alliance, published: PublishedList) -> None:
    pages = PdfReader(BytesIO(content)).pages
    assert len(pages) > 1
    assert float(pages[0].mediabox.width) > float(pages[0].mediabox.height)
    texts = [re.sub(r"\s", "", page.extract_text()) for page in pages]
    assert f"{alliance.name}需求清单" in texts[0]
    assert "第1版2026年8月20日发布共60项" in texts[0]
    # Every page has the heads, the digest and its number.
    assert all("诉求内容" in text and published.sha256 in text for text in texts)
    assert all(row.cells[0] in "".join(texts) for row in ROWS)


def _check_excel(content: bytes, alliance: Alliance, published: PublishedList) -> None:
    rows = list(load_workbook(BytesIO(content)).worksheets[0].values)
    assert rows[0][0] == f"{alliance.name}需求清单"
    assert "第1版" in rows[1][0]
    assert published.sha256 in rows[2][0]
    assert rows[3] == ("序号", "编号", "诉求内容", "办理状态")
    # No cell is a formula.
    assert rows[4] == (1, "XQ-2026-000001", "'=缺少熟练焊工", "办理中")
    assert len(rows) == 64


def test_a_list_too_long_to_print_keeps_its_workbook_and_says_so(
    tenant: Tenant, published: PublishedList, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(html: str) -> None:
        raise PaperTooLongError(PaperTooLongError.sentence)

    monkeypatch.setattr(list_printing, "print_pdf", too_long)
    job = _run(tenant)
    assert (job.state, job.message) == (Job.State.FAILED, PaperTooLongError.sentence)
    with tenant_scope(tenant):
        paper = ListPaper.objects.select_related("excel").get()
        assert paper.excel is not None
        assert not paper.is_made
