"""Brand and demonstration projects: one or two a year, from plan to result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, BrandProgress, BrandProject
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, queries_of
from tests.factories import Sample

LIST = reverse("alliances:brand_list")


@dataclass
class Office:
    """An alliance with its secretary's browser."""

    tenant: Tenant
    alliance: Alliance
    secretary: Client
    member: int

    def form(self, **values: Any) -> dict[str, Any]:
        year = timezone.localdate().year
        return {
            "token": str(uuid4()),
            "kind": "brand",
            "name": "红链先锋",
            "year": year,
            "responsible": f"enterprise-{self.member}",
            "goal": "设五个示范岗。",
            "due_on": f"{year}-12-20",
        } | values

    def plan(self, **values: Any) -> Any:
        return self.secretary.post(reverse("alliances:brand_create", args=[self.alliance.pk]), self.form(**values))

    def now(self) -> list[BrandProject]:
        with tenant_scope(self.tenant):
            return list(BrandProject.objects.filter(alliance=self.alliance).order_by("pk"))

    def note(self, brand: BrandProject, **values: Any) -> Any:
        data = {
            "token": str(uuid4()),
            "noted_on": timezone.localdate().isoformat(),
            "text": "示范岗已挂牌。",
            "state": "running",
            "result": "",
        }
        return self.secretary.post(reverse("alliances:brand_progress", args=[brand.pk]), data | values)


@pytest.fixture
def office(tenant: Tenant) -> Office:
    with tenant_scope(tenant):
        member = factories.enterprise("甲公司")
        alliance = factories.alliance(member)
        factories.party_organisation(member)
    return Office(tenant, alliance, browser(tenant, Role.ALLIANCE_SECRETARY, alliance=alliance), member.pk)


def test_a_project_goes_from_plan_to_result(office: Office) -> None:
    assert office.plan().status_code == 302
    (brand,) = office.now()
    assert (brand.state, brand.place) == ("planned", 1)
    office.note(brand)
    office.note(brand, state="done", result="攻关三项工艺，节约一百万元。")
    (brand,) = office.now()
    assert brand.state == "done"
    page = office.secretary.get(reverse("alliances:brand", args=[brand.pk])).content.decode()
    for said in ("攻关三项工艺，节约一百万元。", "示范岗已挂牌。", "把 状态 由 计划 改为 实施中", "甲公司"):
        assert said in page, said
    refused = office.note(brand, state="done", result="再写一次")
    assert "不能再登记进展" in refused.content.decode()


def test_a_third_one_of_a_year_is_refused_and_says_why(office: Office) -> None:
    office.plan(name="红链先锋")
    office.plan(name="示范车间", kind="demonstration")
    refused = office.plan(name="第三个")
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "一个联盟一年最多 2 个项目" in text
    assert "“红链先锋”、“示范车间”" in text
    assert "第三个" in text
    assert len(office.now()) == 2
    assert office.plan(name="明年的", year=timezone.localdate().year + 1).status_code == 422  # ends before its year
    year = timezone.localdate().year + 1
    assert office.plan(name="明年的", year=year, due_on=f"{year}-06-30").status_code == 302


def test_a_stopped_one_leaves_its_place_with_the_reason(office: Office) -> None:
    office.plan(name="红链先锋")
    office.plan(name="示范车间")
    first = office.now()[0]
    assert "请写明为什么终止" in office.note(first, state="stopped").content.decode()
    office.note(first, state="stopped", result="承担企业搬迁。")
    assert office.plan(name="补上的").status_code == 302
    assert [each.place for each in office.now()] == [None, 2, 1]
    assert "承担企业搬迁。" in office.secretary.get(reverse("alliances:brand", args=[first.pk])).content.decode()


def test_the_database_itself_holds_two_a_year(office: Office) -> None:
    office.plan()
    (brand,) = office.now()
    with tenant_scope(office.tenant):
        for change in ({"place": 3}, {"place": None}, {"state": "stopped", "result": "x"}, {"enterprise": None}):
            with pytest.raises(IntegrityError, match=r"brand_|place"), transaction.atomic():
                BrandProject.objects.filter(pk=brand.pk).update(**change)
        with pytest.raises(IntegrityError, match="brand_place_once_a_year"), transaction.atomic():
            factories.brand(office.alliance, brand.enterprise, year=brand.year, place=brand.place)


def test_sent_twice_it_is_one_project_and_one_note(office: Office) -> None:
    form = office.form()
    for _ in range(2):
        assert office.plan(**form).status_code == 302
    (brand,) = office.now()
    token = str(uuid4())
    for _ in range(2):
        assert office.note(brand, token=token).status_code == 302
    with tenant_scope(office.tenant):
        assert BrandProgress.objects.filter(brand=brand).count() == 1


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"year": 2001}, "year", "才成立"),
        ({"due_on": "2025-01-01"}, "due_on", "早于"),
        ({"responsible": "enterprise-0"}, "responsible", "没有这个选项"),
        ({"goal": ""}, "goal", "请填写“目标任务”"),
    ],
)
def test_bad_input_stands_beside_its_field_and_nothing_is_lost(
    office: Office, values: dict, field: str, sentence: str
) -> None:
    refused = office.plan(**values)
    assert refused.status_code == 422
    assert sentence in "".join(refused.context["form"].errors[field])
    assert "红链先锋" in refused.content.decode()


def test_words_of_somebody_else_are_shown_not_written_over(office: Office) -> None:
    office.plan()
    (brand,) = office.now()
    address = reverse("alliances:brand_update", args=[brand.pk])
    old = office.secretary.get(address).context["form"].initial["version"]
    office.secretary.post(address, office.form(goal="别人改的目标。", version=old))
    refused = office.secretary.post(address, office.form(goal="我改的目标。", version=old))
    assert refused.status_code == 422
    assert "别人改的目标。" in refused.content.decode()
    assert "我改的目标。" in refused.content.decode()
    again = office.form(goal="我改的目标。", version=refused.context["form"]["version"].value())
    assert office.secretary.post(address, again).status_code == 302
    assert office.now()[0].goal == "我改的目标。"


def test_papers_are_added_and_removed(office: Office) -> None:
    office.plan()
    (brand,) = office.now()
    add = reverse("alliances:brand_attachment_add", args=[brand.pk])
    page = office.secretary.post(
        add, {"attachments": [SimpleUploadedFile("方案.exe", b"%PDF-1.7\n%%EOF")]}, follow=True
    )
    assert "方案.pdf" in page.content.decode()
    assert "请先选择" in office.secretary.post(add, {}, follow=True).content.decode()
    with tenant_scope(office.tenant):
        (attachment,) = brand.attachments.all()
    gone = office.secretary.post(reverse("alliances:brand_attachment_remove", args=[attachment.pk]), follow=True)
    assert "已删除附件“方案.pdf”" in gone.content.decode()


def test_the_office_sees_which_alliances_have_none(sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        BrandProject.objects.filter(alliance=sample.alliance).update(year=timezone.localdate().year)
        BrandProject.objects.filter(alliance=sample.other_alliance).update(year=timezone.localdate().year - 1)
    city = browser(tenant, Role.CITY_STAFF).get(LIST)
    assert city.context["so_far"].without == 1
    assert reverse("alliances:brand_create", args=[sample.other_alliance.pk]) in city.content.decode()
    county = browser(tenant, Role.COUNTY_STAFF, region=sample.county).get(LIST)
    assert county.context["so_far"].without == 0
    assert "so_far" not in browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise).get(LIST).context


def test_a_project_is_found_by_name_and_alliance(office: Office) -> None:
    office.plan()
    for text, found in (("红链", 1), ("高端装备", 1), ("没有的", 0)):
        assert office.secretary.get(LIST, {"q": text}).context["page"].paginator.count == found


def test_the_list_takes_few_queries(office: Office) -> None:
    office.plan()
    few = queries_of(office.secretary, LIST)
    with tenant_scope(office.tenant):
        enterprise = office.now()[0].enterprise
        for number in range(12):
            factories.brand(office.alliance, enterprise, f"项目{number}", year=2025 + number)
    assert queries_of(office.secretary, LIST) == few
    assert few <= LIST_QUERIES + 1


def test_a_day_to_come_is_no_progress(office: Office) -> None:
    office.plan()
    (brand,) = office.now()
    late = office.note(brand, noted_on=date(2999, 1, 1).isoformat())
    assert "日期不能晚于今天" in late.content.decode()


def test_the_tab_shows_projects_and_tells_its_keepers_what_is_missing(sample: Sample, tenant: Tenant) -> None:
    tab = reverse("alliances:cooperation", args=[sample.alliance.pk])
    with tenant_scope(tenant):
        year = timezone.localdate().year
        Alliance.objects.filter(pk=sample.alliance.pk).update(founded_on=date(year - 1, 1, 1))
        BrandProject.objects.filter(alliance=sample.alliance).update(year=year)
    secretary = browser(tenant, Role.ALLIANCE_SECRETARY, alliance=sample.alliance)
    page = secretary.get(tab)
    assert f"{year - 1}年没有品牌项目或示范项目" in page.content.decode()
    assert reverse("alliances:brand", args=[sample.brand.pk]) in page.content.decode()
    assert reverse("alliances:case", args=[sample.case.pk]) in page.content.decode()
    member = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise).get(tab)
    assert member.context["shortages"] == []
    assert [each.pk for each in member.context["cases"]] == [sample.accepted_case.pk]
