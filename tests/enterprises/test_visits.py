"""Visits: recorded on a phone, counted once, withdrawn with a reason; coverage of the key enterprises."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Visit
from enterprises.selectors import quarter_start, visit_coverage
from tenants.models import AuditEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser, queries_of
from tests.factories import Sample


@pytest.fixture
def instructor(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.INSTRUCTOR, enterprise=sample.enterprise)


def typed(**values: Any) -> dict[str, Any]:
    """What somebody fills in on the way back."""
    today = timezone.localdate().isoformat()
    said = {"token": str(uuid4()), "visited_on": today, "visitors": "孙伟", "content": "车间需增容 500 千伏安"}
    return said | values


def send(client: Client, sample: Sample, data: dict[str, Any]) -> Any:
    return client.post(reverse("enterprises:visit_create", args=[sample.enterprise.pk]), data)


def test_an_instructor_records_a_visit_once(instructor: Client, sample: Sample, tenant: Tenant) -> None:
    data = typed(group=sample.support_group.pk, needs="希望供电公司上门")
    for _ in range(2):
        assert send(instructor, sample, data).status_code == 302
    with tenant_scope(tenant):
        visit = Visit.objects.get(content="车间需增容 500 千伏安")
        assert (visit.group, visit.needs, visit.enterprise) == (
            sample.support_group,
            "希望供电公司上门",
            sample.enterprise,
        )
    page = instructor.get(reverse("enterprises:visits", args=[sample.enterprise.pk])).content.decode()
    assert "希望供电公司上门" in page
    assert sample.support_group.name in page
    listed = instructor.get(reverse("enterprises:visit_list"), {"q": "增容"}).content.decode()
    assert sample.enterprise.name in listed


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"visited_on": "2999-03-05"}, "visited_on", "走访日期还没有到"),
        ({"visited_on": "2020-03-05"}, "visited_on", "在一年以前"),
        ({"visited_on": "昨天"}, "visited_on", "“走访日期”不是日期"),
        ({"visitors": " "}, "visitors", "请填写“走访人”"),
        ({"content": ""}, "content", "请填写“走访情况”"),
        ({"group": "999999"}, "group", "没有这个选项"),
    ],
)
def test_wrong_entries_are_named_and_nothing_is_lost(
    instructor: Client, sample: Sample, tenant: Tenant, values: dict[str, str], field: str, sentence: str
) -> None:
    page = send(instructor, sample, typed(needs="缺电工") | values)
    assert page.status_code == 422
    assert sentence in page.context["form"].errors[field][0]
    assert "缺电工" in page.content.decode()
    with tenant_scope(tenant):
        assert not Visit.objects.filter(needs="缺电工").exists()


def test_who_does_not_serve_the_enterprise_cannot_record(sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        stranger = factories.enterprise()
    elsewhere = browser(tenant, Role.INSTRUCTOR, enterprise=stranger)
    assert send(elsewhere, sample, typed()).status_code == 404
    own = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    assert send(own, sample, typed()).status_code == 403
    page = own.get(reverse("enterprises:visits", args=[sample.enterprise.pk])).content.decode()
    assert "登记走访" not in page


def test_a_withdrawn_visit_is_counted_nowhere_and_stays_in_the_log(
    instructor: Client, sample: Sample, tenant: Tenant
) -> None:
    address = reverse("enterprises:visit_withdraw", args=[sample.visit.pk])
    assert instructor.post(address, {"reason": " "}).status_code == 422
    assert instructor.post(address, {"reason": "记错了企业"}).status_code == 302
    assert instructor.get(address).status_code == 404
    page = instructor.get(reverse("enterprises:visits", args=[sample.enterprise.pk])).content.decode()
    assert "走访（0 次）" in page
    with tenant_scope(tenant):
        entry = AuditEntry.objects.filter(object_type=Visit._meta.db_table, verb=AuditEntry.Verb.UPDATE).latest("pk")
        assert "记错了企业" in str(entry.changes)


def test_coverage_counts_key_enterprises_visited_this_quarter(sample: Sample, tenant: Tenant) -> None:
    today = timezone.localdate()
    with tenant_scope(tenant):
        now, before, never = (factories.enterprise(is_climbing=True) for _ in range(3))
        factories.visit(now)
        factories.visit(now)
        factories.visit(before, visited_on=quarter_start(today) - timedelta(days=1))
        factories.visit(never, is_withdrawn=True, withdrawn_because="重复")
        coverage = visit_coverage(actor=sample.admin, today=today)
        key = sum(each.is_climbing for each in (sample.enterprise, sample.other_enterprise))
        assert (coverage.enterprises, coverage.visited) == (3 + key, 1 + key)
    office = browser(tenant, Role.CITY_STAFF)
    listed = office.get(reverse("enterprises:list"), {"climbing": "true", "visited": "false"}).context["page"]
    assert set(listed.object_list) == {before, never}


def test_the_list_of_visits_takes_as_many_queries_for_thirty_as_for_two(sample: Sample, tenant: Tenant) -> None:
    office = browser(tenant, Role.CITY_STAFF)
    few = queries_of(office, reverse("enterprises:visit_list"))
    with tenant_scope(tenant):
        for _ in range(28):
            factories.visit(factories.enterprise(), group=sample.support_group, recorded_by=sample.admin.user)
    assert queries_of(office, reverse("enterprises:visit_list")) == few


def test_quarters_begin_with_their_first_month() -> None:
    assert quarter_start(date(2026, 12, 31)) == date(2026, 10, 1)
    assert quarter_start(date(2026, 1, 1)) == date(2026, 1, 1)
