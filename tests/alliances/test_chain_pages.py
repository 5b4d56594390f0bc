"""The chain map's pages: gaps and single points, who may change what, deliveries between enterprises."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from alliances.models import Segment, SupplyLink
from enterprises.models import Enterprise
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser, queries_of
from tests.factories import Sample


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


@pytest.fixture
def chain(sample: Sample, tenant: Tenant) -> str:
    """The sample's chain: 零部件 with one enterprise, 总装 with none."""
    with tenant_scope(tenant):
        factories.segment("总装", cluster=sample.cluster, stream="down")
        Enterprise.objects.filter(pk=sample.enterprise.pk).update(segment_name=sample.segment.name)
    return reverse("alliances:chain_detail", args=[sample.cluster.pk])


def _text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_gaps_and_single_points_are_named(staff: Client, chain: str, sample: Sample, tenant: Tenant) -> None:
    assert "总装：本地没有企业，要补链" in _text(staff, chain)
    assert "零部件：只有一家企业，要强链" in _text(staff, chain)
    (row,) = [
        row for row in staff.get(reverse("alliances:chain_list")).context["chains"] if row.chain == sample.cluster
    ]
    assert (row.alliances, row.segments, row.gaps, row.singles) == (2, 2, ["总装"], ["零部件"])
    with tenant_scope(tenant):
        Enterprise.objects.filter(pk=sample.enterprise.pk).update(is_operating=False)
    assert "零部件、总装：本地没有企业" in _text(staff, chain)


def test_members_are_drawn_and_others_only_when_asked_for(
    staff: Client, chain: str, sample: Sample, tenant: Tenant
) -> None:
    with tenant_scope(tenant):
        SupplyLink.objects.all().delete()
        stranger = factories.enterprise("曲阜独立配件厂", segment_name=sample.segment.name)
    names = {firm["name"] for firm in staff.get(chain).context["drawing"]["firms"]}
    assert sample.enterprise.name in names
    assert stranger.name not in names
    everyone = staff.get(chain, {"all": "1"})
    assert stranger.name in {firm["name"] for firm in everyone.context["drawing"]["firms"]}
    assert stranger.name in everyone.content.decode()


def test_county_office_sees_its_own_enterprises_only(chain: str, sample: Sample, tenant: Tenant) -> None:
    county = browser(tenant, Role.COUNTY_STAFF, region=sample.other_county)
    page = county.get(chain)
    assert sample.enterprise.name not in page.content.decode()
    assert page.context["supplies"] == []
    assert sample.other_enterprise.name in page.content.decode()


def test_segment_is_added_changed_and_deleted(staff: Client, chain: str, sample: Sample, tenant: Tenant) -> None:
    create = reverse("alliances:segment_create", args=[sample.cluster.pk])
    values = {"name": "检测", "stream": "middle", "position": "3"}
    assert staff.post(create, values).status_code == 302
    with tenant_scope(tenant):
        segment = Segment.objects.get(name="检测")
    assert "已有环节“检测”" in staff.post(create, values).content.decode()
    change = reverse("alliances:segment_update", args=[segment.pk])
    assert staff.post(change, values | {"name": "检验检测"}).status_code == 302
    assert "检验检测" in _text(staff, chain)
    staff.post(reverse("alliances:segment_delete", args=[segment.pk]))
    assert "检验检测</th>" not in _text(staff, chain)


def test_segment_with_enterprises_is_neither_renamed_nor_deleted(staff: Client, chain: str, sample: Sample) -> None:
    address = reverse("alliances:segment_update", args=[sample.segment.pk])
    refused = staff.post(address, {"name": "配件", "stream": "up", "position": "0"})
    assert "有 1 家企业登记在“零部件”，不能改名" in refused.content.decode()
    moved = staff.post(address, {"name": "零部件", "stream": "middle", "position": "7"})
    assert moved.status_code == 302
    deleted = staff.post(reverse("alliances:segment_delete", args=[sample.segment.pk]), follow=True)
    assert "不能删除" in deleted.content.decode()


def test_delivery_is_recorded_once_shown_and_removed(staff: Client, chain: str, sample: Sample, tenant: Tenant) -> None:
    address = reverse("alliances:supply_create", args=[sample.cluster.pk])
    values = {"supplier": sample.enterprise.credit_code, "customer": sample.other_enterprise.name, "goods": "液压阀体"}
    for _ in range(2):
        assert staff.post(address, values).status_code == 302
    with tenant_scope(tenant):
        link = SupplyLink.objects.get(goods="液压阀体")
    assert "液压阀体" in _text(staff, chain)
    staff.post(reverse("alliances:supply_delete", args=[link.pk]))
    assert "液压阀体" not in _text(staff, chain)


@pytest.mark.parametrize(
    ("supplier", "sentence"),
    [("", "请填写“供应企业”。"), ("查无此厂", "名册里没有“查无此厂”。请填企业全称或统一社会信用代码。")],
)
def test_wrong_enterprise_is_refused_in_a_sentence(
    staff: Client, chain: str, sample: Sample, supplier: str, sentence: str
) -> None:
    values = {"supplier": supplier, "customer": sample.enterprise.name, "goods": "铸件"}
    refused = staff.post(reverse("alliances:supply_create", args=[sample.cluster.pk]), values)
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert sample.enterprise.name in refused.content.decode()


def test_nobody_delivers_to_himself(staff: Client, chain: str, sample: Sample) -> None:
    name = sample.enterprise.name
    values = {"supplier": name, "customer": name, "goods": "铸件"}
    refused = staff.post(reverse("alliances:supply_create", args=[sample.cluster.pk]), values)
    assert "是同一家" in refused.content.decode()


def test_queries_do_not_grow_with_the_chain(staff: Client, chain: str, sample: Sample, tenant: Tenant) -> None:
    addresses = [chain, reverse("alliances:chain_list")]
    before = [queries_of(staff, address) for address in addresses]
    with tenant_scope(tenant):
        for number in range(5):
            factories.segment(f"环节{number}", cluster=sample.cluster)
            made = factories.enterprise(segment_name=f"环节{number}")
            factories.membership(sample.alliance, made)
            factories.supply(made, sample.enterprise, chain=sample.cluster)
    assert [queries_of(staff, address) for address in addresses] == before
