"""The one-page profile of an alliance: its drawing, its paper, who asks for it and who opens it."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from alliances.chain_map import Firm, Supply, stages
from enterprises.models import Stream
from reports.chain_drawing import svg
from reports.papers import profile_html
from reports.printing import print_pdf
from reports.selectors import PROFILE_TASK, profile_of
from reports.tasks import profile_task
from tenants.models import Job, Role, StoredFile, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser
from tests.factories import Sample

LONG = "济宁市任城区新一代信息技术产业园智能终端研发制造股份有限公司"


def words(drawing: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")]


def test_the_drawing_marks_gaps_of_the_whole_chain_and_shows_members_only() -> None:
    chain = stages(
        [(1, "原料", "up"), (2, "零部件", "middle"), (3, "整机", "down")],
        [
            Firm(7, LONG, "零部件", "leader"),
            Firm(8, "外人公司", "零部件", "small"),
            Firm(9, "丙<公司>", "整机", "small"),
        ],
    )
    drawing = svg(chain, [Supply(1, 7, 9, "铸件"), Supply(2, 8, 9, "铸件")], {7, 9})
    found = words(drawing)
    assert "断点　0 家" in found
    assert "单点　1 家" in found
    assert "2 家" in found
    assert "断点" not in "".join(words(svg(chain, [], {7, 9}, marks=False)))
    assert "外人公司" not in "".join(found)
    assert "丙<公司>" in found
    assert drawing.count("<line") == len(chain) + 1
    assert "".join(found).count("…") == 0


@pytest.fixture
def crowded(sample: Sample, tenant: Tenant) -> Sample:
    """Thirty members with long names in six stages."""
    with tenant_scope(tenant):
        for number, stream in enumerate([*Stream.values, *Stream.values]):
            factories.segment(f"环节{number}", stream=stream, cluster=sample.alliance.cluster)
        for number in range(30):
            member = factories.enterprise(
                f"{LONG[:-4]}第{number}公司", region=sample.county, park=sample.park, segment_name=f"环节{number % 6}"
            )
            factories.membership(sample.alliance, member)
            factories.party_organisation(member)
    return sample


def test_the_paper_is_one_page_of_vectors_even_with_thirty_long_names(crowded: Sample, tenant: Tenant) -> None:
    today = timezone.localdate()
    with tenant_scope(tenant):
        alliance = type(crowded.alliance).objects.select_related("cluster", "region", "lead_unit", "initiator")
        profile = profile_of(actor=crowded.admin, alliance=alliance.get(pk=crowded.alliance.pk), today=today)
        printed = print_pdf(profile_html(profile, today))
    reader = PdfReader(BytesIO(printed.content))
    text = re.sub(r"\s", "", reader.pages[0].extract_text())
    assert printed.pages == 1
    assert not reader.pages[0].images
    for expected in (crowded.alliance.name, "周建国", "组织领导", "另有19个", "产业链图谱", "环节5", "第1版"):
        assert expected in text, expected


@pytest.fixture
def secretary(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.ALLIANCE_SECRETARY, alliance=sample.alliance)


def test_asked_for_twice_it_is_made_once_and_a_new_one_replaces_the_old(
    secretary: Client, sample: Sample, tenant: Tenant
) -> None:
    page = reverse("reports:profile", args=[sample.alliance.pk])
    download = reverse("reports:profile_download", args=[sample.alliance.pk])
    assert "生成 PDF" in secretary.get(page).content.decode()
    assert secretary.get(download).status_code == 404

    def ask() -> Job:
        for _ in range(2):
            assert secretary.post(page).status_code == 302
        with tenant_scope(tenant):
            (job,) = Job.objects.filter(task=PROFILE_TASK, state=Job.State.QUEUED)
        return job

    files = []
    for _ in range(2):
        job = ask()
        profile_task(tenant_id=tenant.pk, job_id=job.pk)
        with tenant_scope(tenant):
            job.refresh_from_db()
        assert job.state == Job.State.DONE, job.message
        files.append(job.result["file"])
        assert secretary.get(download).getvalue().startswith(b"%PDF-")
    with tenant_scope(tenant):
        assert set(StoredFile.objects.filter(pk__in=files).values_list("pk", flat=True)) == {files[1]}
    assert "重新生成" in secretary.get(page).content.decode()
    # Another's profile may show what this reader may not see: nobody opens it but who asked.
    assert browser(tenant, Role.COUNTY_STAFF, region=sample.county).get(download).status_code == 404


def test_others_have_no_tab(sample: Sample, tenant: Tenant) -> None:
    enterprise = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    assert enterprise.get(reverse("reports:profile", args=[sample.alliance.pk])).status_code == 403
    tab = enterprise.get(reverse("alliances:detail", args=[sample.alliance.pk])).content.decode()
    assert "一页通" not in tab
