"""Search across everything one may see."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser
from tests.factories import Sample


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


def found(client: Client, text: str) -> dict[str, list[str]]:
    groups = client.get(reverse("search"), {"q": text}).context["groups"]
    return {group["label"]: [hit.title for hit in group["hits"]] for group in groups}


def test_each_kind_is_found_by_a_substring(staff: Client, sample: Sample):
    for text, kind, title in (
        ("金大丰", "企业", sample.enterprise.name),
        ("高端装备", "联盟", sample.alliance.name),
        ("焊工", "诉求", f"{sample.demand.number} {sample.demand.content}"),
        ("稳岗", "政策", sample.policy.name),
        ("二十大", "活动", sample.activity.topic),
        ("五轴", "资源", sample.resource.content),
    ):
        assert title in found(staff, text)[kind]


def test_found_by_initials_by_number_and_by_one_character(staff: Client, sample: Sample):
    assert sample.enterprise.name in found(staff, "sdjdf")["企业"]
    assert list(found(staff, sample.demand.number)) == ["诉求"]
    assert sample.policy.name in found(staff, "岗")["政策"]


def test_every_hit_opens(staff: Client):
    for group in staff.get(reverse("search"), {"q": "山东金大丰"}).context["groups"]:
        for hit in group["hits"]:
            assert staff.get(hit.url).status_code == 200


def test_five_hits_and_then_the_full_list_of_the_same(staff: Client, tenant: Tenant):
    with tenant_scope(tenant):
        for number in range(7):
            factories.enterprise(f"曲阜天海{number}有限公司")
    (group,) = staff.get(reverse("search"), {"q": "曲阜天海"}).context["groups"]
    assert len(group["hits"]) == 5
    assert staff.get(group["more_url"]).context["page"].paginator.count == 7


def test_what_one_may_not_see_is_not_found(sample: Sample, tenant: Tenant):
    client = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    assert found(client, "金大丰")["企业"] == [sample.enterprise.name]
    assert found(client, sample.other_demand.number) == {}
    assert found(client, sample.other_alliance.name) == {}


def test_nothing_asked_and_nothing_found_say_so(staff: Client):
    assert "没有找到" not in staff.get(reverse("search")).content.decode()
    assert "没有找到" in staff.get(reverse("search"), {"q": "没有这个词"}).content.decode()


def test_white_space_is_nothing_and_a_long_text_is_cut(staff: Client):
    assert found(staff, "   ") == {}
    assert len(staff.get(reverse("search"), {"q": "长" * 5000}).context["search_text"]) == 50


def test_markup_in_the_question_stays_text(staff: Client):
    page = staff.get(reverse("search"), {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page
