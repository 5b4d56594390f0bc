"""Charters: versions, what each changed, who registers them, and their papers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alliances.charter_changes import Kind, changes, paragraphs
from alliances.models import Charter
from tenants.models import Role, StoredFile, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser
from tests.factories import Sample

PDF = b"%PDF-1.7\n%%EOF"


def texts(kind: Kind, before: str, after: str) -> list[str]:
    return [part.text for place in changes(before, after) for part in place if part.kind == kind]


def test_changes_name_what_went_and_what_came_with_what_stands_around() -> None:
    before = "第一条 甲\n第二条 乙\n第三条 丙\n第四条 丁\n第五条 戊"
    after = "第一条 甲\n第二条 乙\n第三条 新丙\n第四条 丁\n第五条 戊\n第六条 己"
    assert texts(Kind.REMOVED, before, after) == ["第三条 丙"]
    assert texts(Kind.ADDED, before, after) == ["第三条 新丙", "第六条 己"]
    assert texts(Kind.KEPT, before, after) == ["第二条 乙", "第四条 丁", "第五条 戊"]


def test_blank_lines_and_blanks_around_a_paragraph_are_no_change() -> None:
    assert changes("　　第一条 甲\n\n第二条 乙", "第一条 甲 \r\n第二条 乙\n") == []


@given(st.text("甲乙\n", max_size=40), st.text("甲乙\n", max_size=40))
def test_changes_lead_from_the_one_text_to_the_other(before: str, after: str) -> None:
    old, new = paragraphs(before), paragraphs(after)
    assert len(new) - len(old) == len(texts(Kind.ADDED, before, after)) - len(texts(Kind.REMOVED, before, after))
    assert (changes(before, after) == []) == (old == new)


@pytest.fixture
def secretary(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.ALLIANCE_SECRETARY, alliance=sample.alliance)


def address(sample: Sample) -> str:
    return reverse("alliances:charter_create", args=[sample.alliance.pk])


def filled(**values: Any) -> dict[str, Any]:
    return {
        "token": uuid4(),
        "meeting": "第二次成员大会",
        "adopted_on": "2026-03-08",
        "text": "第一条 本联盟名称。\n\n第二条 入盟须经理事会同意。",
        "note": "入盟改为理事会同意",
    } | values


def versions(tenant: Tenant, sample: Sample) -> list[Charter]:
    with tenant_scope(tenant):
        return list(sample.alliance.charters.order_by("version"))


def refusal(client: Client, sample: Sample, **values: Any) -> str:
    response = client.post(address(sample), filled(**values))
    assert response.status_code == 422
    return response.content.decode()


def test_a_new_version_stands_beside_the_old_one_and_tells_what_it_changed(
    secretary: Client, sample: Sample, tenant: Tenant
) -> None:
    form = secretary.get(address(sample))
    assert form.context["form"]["text"].value() == sample.charter.text
    assert secretary.post(address(sample), filled()).status_code == 302
    first, second = versions(tenant, sample)
    assert (second.version, second.text) == (2, "第一条 本联盟名称。\n第二条 入盟须经理事会同意。")
    page = secretary.get(reverse("alliances:charter", args=[second.pk])).content.decode()
    assert '<del><span class="what">删去</span>第二条 入盟自愿。</del>' in page
    assert '<ins><span class="what">新增</span>第二条 入盟须经理事会同意。</ins>' in page
    old = secretary.get(reverse("alliances:charter", args=[first.pk])).content.decode()
    assert "第二条 入盟自愿。" in old
    assert "现行的是" in old
    tab = secretary.get(reverse("alliances:organisation", args=[sample.alliance.pk])).content.decode()
    assert tab.index("第2版") < tab.index("第1版")
    overview = secretary.get(reverse("alliances:detail", args=[sample.alliance.pk])).content.decode()
    assert reverse("alliances:charter", args=[second.pk]) in overview
    log = secretary.get(reverse("alliances:log", args=[sample.alliance.pk])).content.decode()
    assert "章程第2版" in log


def test_a_form_sent_twice_registers_once(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    data = filled()
    for _ in range(2):
        assert secretary.post(address(sample), data).status_code == 302
    assert len(versions(tenant, sample)) == 2


def test_the_first_version_says_that_the_alliance_has_one(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        sample.alliance.charters.all().delete()
    page = secretary.get(reverse("alliances:organisation", args=[sample.alliance.pk])).content.decode()
    assert "还没有登记章程" in page
    secretary.post(address(sample), filled())
    with tenant_scope(tenant):
        sample.alliance.refresh_from_db()
    assert sample.alliance.has_charter


def test_the_paper_alone_is_enough_and_is_not_compared(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    data = filled(text="", upload=SimpleUploadedFile("章程.exe", PDF))
    assert secretary.post(address(sample), data).status_code == 302
    made = versions(tenant, sample)[-1]
    page = secretary.get(reverse("alliances:charter", args=[made.pk])).content.decode()
    assert "不能对照" in page
    response = secretary.get(reverse("alliances:charter_file", args=[made.pk]))
    assert response.getvalue() == PDF
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text": ""}, "正文和附件至少要有一样。"),
        ({"text": "第一条 本联盟名称。\n第二条 入盟自愿。"}, "正文和现行第1版完全一样。"),
        ({"text": "甲\n" * 1001}, "正文最多 1000 段。"),
        ({"adopted_on": "2023-01-01"}, "早一年以上，请核对年份。"),
        ({"adopted_on": "2025-05-31"}, "早于现行第1版的通过日期（2025年6月1日）。"),
        ({"adopted_on": "三月"}, "“通过日期”不是日期。"),
        ({"adopted_on": ""}, "请填写“通过日期”。"),
        ({"meeting": ""}, "请填写“通过会议”。"),
        ({"upload": SimpleUploadedFile("章程.svg", b"<svg/>")}, "不能上传这种文件"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    secretary: Client, sample: Sample, tenant: Tenant, values: dict[str, Any], sentence: str
) -> None:
    assert sentence in refusal(secretary, sample, **values)
    assert len(versions(tenant, sample)) == 1


def test_a_coming_day_is_refused_and_a_lost_paper_named(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        before = StoredFile.objects.count()
    coming = (timezone.localdate() + timedelta(days=1)).isoformat()
    page = refusal(secretary, sample, adopted_on=coming, upload=SimpleUploadedFile("章程.pdf", PDF))
    assert "通过日期不能晚于今天" in page
    assert "刚才选的附件没有保存" in page
    assert "第二条 入盟须经理事会同意。" in page
    with tenant_scope(tenant):
        assert StoredFile.objects.count() == before


def test_only_its_own_secretary_and_the_office_register(sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        members = factories.alliance(sample.enterprise, region=sample.county)
        own = factories.actor(Role.ALLIANCE_SECRETARY, alliance=members, login="of-members").user
    # He sees the alliance as an enterprise's operator would, and keeps another one.
    enterprise = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    page = enterprise.get(reverse("alliances:organisation", args=[sample.alliance.pk])).content.decode()
    assert "登记新的一版" not in page
    assert enterprise.post(address(sample), filled()).status_code == 403
    assert factories.sign_in(own).post(address(sample), filled()).status_code == 404
    assert browser(tenant, Role.COUNTY_STAFF, region=sample.county).post(address(sample), filled()).status_code == 302
    elsewhere = browser(tenant, Role.COUNTY_STAFF, region=sample.other_county)
    assert elsewhere.post(address(sample), filled()).status_code == 404
    assert elsewhere.get(reverse("alliances:charter_file", args=[sample.charter.pk])).status_code == 404
