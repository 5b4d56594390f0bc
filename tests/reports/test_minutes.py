"""Minutes of a meeting: their text, the files a worker makes of it, who may make and who may read them."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from alliances.models import Alliance, Meeting, Resolution
from enterprises.models import Enterprise
from reports.minutes import minutes_text
from reports.models import Minutes
from reports.tasks import minutes_make_task
from reports.word import BODY, TITLE, minutes_docx
from tenants.models import Job, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser


@pytest.fixture
def alliance(tenant: Tenant) -> Alliance:
    with tenant_scope(tenant):
        return factories.alliance(*(factories.enterprise(f"{letter}公司") for letter in "甲乙丙丁"))


@pytest.fixture
def meeting(alliance: Alliance, tenant: Tenant) -> Meeting:
    """Held with one proxy, one excuse, a carried and a rejected resolution, and a report on the time before."""
    with tenant_scope(tenant):
        by = factories.user("recorder")
        body, now = factories.meeting_body(alliance), timezone.now()
        before = factories.meeting(body, state="held", called_at=now, starts_at=now - timedelta(days=90))
        made = factories.meeting(
            body, title="2026年第四季度理事会例会", state="held", called_at=now, starts_at=now - timedelta(days=1),
            record="各单位通报用工情况。\n\n会议认为先在理事单位之间调剂。",
        )  # fmt: skip
        factories.resolution_report(factories.resolution(before, "签订协议"), made, by, is_done=True, note="签了三家")
        factories.meeting_topic(made, by, "共享用工")
        factories.meeting_topic(made, by, "没有列入的", state="declined")
        first, second, third, fourth = Enterprise.objects.filter(memberships__alliance=alliance).order_by("pk")
        present = factories.meeting_seat(made, first, state="present", person="赵刚")
        factories.meeting_seat(made, second, state="present")
        factories.meeting_seat(made, third, state="proxy", proxy=present, proxy_scope="全部议题")
        factories.meeting_seat(made, fourth, state="excused")
        factories.resolution(made, "建立用工台账", enterprise=first)
        factories.resolution(made, "统一食堂", state=Resolution.State.REJECTED, in_favour=1, against=2)
        return made


def test_the_text_is_what_was_recorded(meeting: Meeting, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        text = minutes_text(meeting)
    assert [label for label, _ in text.facts] == ["时间", "地点", "到会", "委托", "请假"]
    assert dict(text.facts)["到会"] == "甲公司（赵刚）、乙公司"
    assert dict(text.facts)["委托"] == "丙公司委托甲公司"
    assert [(numeral, section.heading, section.paragraphs) for numeral, section in text.numbered] == [
        ("一", "会议议程", ("1. 共享用工",)),
        ("二", "上次决议办理情况", ("1. 签订协议。（联盟秘书处）已完成：签了三家。",)),
        ("三", "会议情况", ("各单位通报用工情况。", "会议认为先在理事单位之间调剂。")),
        (
            "四",
            "议定事项",
            (
                "1. 建立用工台账。由甲公司办理，2026年12月31日前完成。（同意 3 票，反对 0 票，弃权 0 票，通过）",
                "2. 统一食堂。（同意 1 票，反对 2 票，弃权 0 票，未通过）",
            ),
        ),
    ]


def test_word_has_the_same_paragraphs_in_official_typefaces(meeting: Meeting, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        text = minutes_text(meeting)
    document = Document(BytesIO(minutes_docx(text)))
    written = [paragraph.text for paragraph in document.paragraphs]
    assert written[0] == f"{text.alliance}会议纪要"
    assert "二、上次决议办理情况" in written
    assert {line for section in text.sections for line in section.paragraphs} <= set(written)
    faces = {run.font.name for paragraph in document.paragraphs for run in paragraph.runs}
    assert {BODY, TITLE} <= faces
    assert round(document.sections[0].left_margin.mm) == 28


def test_a_secretary_has_the_files_made_once_and_members_read_them(
    meeting: Meeting, alliance: Alliance, tenant: Tenant
) -> None:
    secretary = browser(tenant, Role.ALLIANCE_SECRETARY, alliance=alliance)
    member = browser(tenant, Role.ENTERPRISE, enterprise=alliance.initiator)
    address = reverse("reports:minutes", args=[meeting.pk])
    assert "生成纪要文件" not in member.get(address).content.decode()
    assert member.post(address).status_code == 403
    for _ in range(2):
        assert secretary.post(address).status_code == 302
    with tenant_scope(tenant):
        job = Job.objects.get(task="reports.minutes_make")
    assert "排队中" in secretary.get(address).content.decode()
    minutes_make_task(tenant_id=tenant.pk, job_id=job.pk)
    minutes_make_task(tenant_id=tenant.pk, job_id=job.pk)
    with tenant_scope(tenant):
        assert Minutes.objects.filter(meeting=meeting).count() == 1
    assert "下载纪要（Word）" in member.get(address).content.decode()
    text = _words(_downloaded(member, meeting, "pdf"))
    assert "2026年第四季度理事会例会" in text
    assert "由甲公司办理" in text
    assert _downloaded(member, meeting, "word")[:2] == b"PK"


def test_before_the_end_there_are_no_minutes(meeting: Meeting, alliance: Alliance, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        Meeting.objects.filter(pk=meeting.pk).update(state="called")
    secretary = browser(tenant, Role.ALLIANCE_SECRETARY, alliance=alliance)
    address = reverse("reports:minutes", args=[meeting.pk])
    assert "还没有纪要" in secretary.get(address).content.decode()
    assert "会议结束以后才能生成纪要" in secretary.post(address, follow=True).content.decode()
    for form in ("pdf", "txt"):
        assert secretary.get(reverse("reports:minutes_download", args=[meeting.pk, form])).status_code == 404


def _downloaded(client: Client, meeting: Meeting, form: str) -> bytes:
    response = client.get(reverse("reports:minutes_download", args=[meeting.pk, form]))
    assert response["Content-Disposition"].startswith("attachment")
    return b"".join(response.streaming_content)


def _words(content: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages))
