"""一园一党委: committees of parks, and the matrix 联盟 × 联合党委."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import JointCommittee
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser, queries_of
from tests.factories import Sample

LIST = "/joint-committees/"


@pytest.fixture
def office(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.COUNTY_STAFF, region=sample.county)


def save(sample: Sample) -> str:
    return reverse("alliances:joint_committee_save", args=[sample.park.pk])


def filled(**values: Any) -> dict[str, Any]:
    return {"name": "高新产业园联合党委", "secretary": "孔令军", "staff": "5", "founded_on": "2024-07-01"} | values


def test_the_matrix_counts_members_by_park_and_alliance_each_enterprise_once(
    office: Client, sample: Sample, tenant: Tenant
) -> None:
    with tenant_scope(tenant):
        second = factories.enterprise("第二公司", region=sample.county, park=sample.park)
        both = factories.alliance(second, sample.enterprise, name="第二联盟", region=sample.county)
        gone = factories.enterprise("已退公司", region=sample.county, park=sample.park)
        factories.membership(both, gone, left_on=timezone.localdate())
    response = office.get(LIST)
    (county,) = response.context["counties"]
    (row,) = county.rows
    assert row.members == 2
    assert {alliance.name: count for alliance, count in row.cells} == {sample.alliance.name: 1, "第二联盟": 2}
    assert "郑涛" in response.content.decode()


def test_a_county_sees_its_own_parks_and_the_city_all(office: Client, sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        other = factories.park("鱼台化工园", sample.other_county)
    assert other.name not in office.get(LIST).content.decode()
    assert office.get(reverse("alliances:joint_committee_save", args=[other.pk])).status_code == 404
    page = browser(tenant, Role.CITY_STAFF).get(LIST)
    assert other.name in page.content.decode()
    assert "未建" in page.content.decode()
    assert page.context["established"] == 1


def test_a_committee_is_registered_once_and_stands_in_the_picture(
    office: Client, sample: Sample, tenant: Tenant
) -> None:
    with tenant_scope(tenant):
        JointCommittee.objects.all().delete()
    for _ in range(2):
        assert office.post(save(sample), filled()).status_code == 302
    with tenant_scope(tenant):
        made = JointCommittee.objects.get()
    assert (made.secretary, made.staff) == ("孔令军", 5)
    tab = reverse("alliances:organisation", args=[sample.alliance.pk])
    assert "书记 孔令军，在园成员 1 家" in office.get(tab).content.decode()


def test_a_newer_edit_is_shown_not_overwritten(office: Client, sample: Sample, tenant: Tenant) -> None:
    version = office.get(save(sample)).context["form"]["version"].value()
    with tenant_scope(tenant):
        JointCommittee.objects.update(secretary="别人")
    response = office.post(save(sample), filled(version=version))
    assert response.status_code == 422
    assert "有人登记过：现在是高新产业园产业链联合党委，书记别人。" in response.content.decode()
    again = filled(version=response.context["form"]["version"].value())
    assert office.post(save(sample), again).status_code == 302
    with tenant_scope(tenant):
        assert JointCommittee.objects.get().secretary == "孔令军"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"secretary": ""}, "请填写“书记”。"),
        ({"staff": "五"}, "“专职工作人员”不是整数。"),
        ({"staff": "-1"}, "“专职工作人员”不能小于 0。"),
        ({"founded_on": (timezone.localdate() + timedelta(days=2)).isoformat()}, "成立日期不能晚于今天。"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    office: Client, sample: Sample, values: dict[str, Any], sentence: str
) -> None:
    version = office.get(save(sample)).context["form"]["version"].value()
    response = office.post(save(sample), filled(version=version, **values))
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_the_page_takes_as_many_queries_for_ten_parks_as_for_one(
    office: Client, sample: Sample, tenant: Tenant
) -> None:
    few = queries_of(office, LIST)
    with tenant_scope(tenant):
        for number in range(9):
            park = factories.park(f"园区{number}", sample.county)
            factories.joint_committee(park)
            factories.alliance(factories.enterprise(region=sample.county, park=park), region=sample.county)
    assert queries_of(office, LIST) == few
