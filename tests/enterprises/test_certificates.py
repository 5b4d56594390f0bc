"""Certificates of full-time Party workers: registered, masked, shown when they run out, reminded of once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from enterprises.models import PartyOrganisation
from enterprises.selectors.certificates import certificate_is
from enterprises.services.certificates import certificates_remind
from enterprises.terms import EXPIRING_DAYS, Certificate, certificate
from notices.models import Notice
from tenants.models import AuditEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser
from tests.factories import Sample

TODAY = date(2026, 6, 1)
NUMBER = "DW2024000123"


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.COUNTY_STAFF, region=sample.county)


def said(**values: Any) -> dict[str, Any]:
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    return {"worker": "赵敏", "is_certified": "yes", "number": NUMBER, "until": until, "version": ""} | values


def save(client: Client, sample: Sample, **values: Any) -> Any:
    address = reverse("enterprises:worker_save", args=[sample.party_organisation.pk])
    version = client.get(address).context["form"]["version"].value()
    return client.post(address, said(version=version) | values)


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(-2000, 2000))
def test_a_certificate_stands_as_its_days_say(day: date, left: int) -> None:
    expected = Certificate.EXPIRED if left < 0 else Certificate.EXPIRING if left <= EXPIRING_DAYS else Certificate.VALID
    assert certificate(day + timedelta(days=left), day) == expected


def test_the_database_asks_the_same_question(sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        for left in (-400, -1, 0, 1, EXPIRING_DAYS, EXPIRING_DAYS + 1, 900):
            until = TODAY + timedelta(days=left)
            PartyOrganisation.objects.update(worker_is_certified=True, worker_certified_until=until)
            states = [state for state in Certificate if PartyOrganisation.objects.filter(certificate_is(state, TODAY))]
            assert states == [certificate(until, TODAY)], left


def test_a_county_registers_a_certificate_and_sees_it_run_out(staff: Client, sample: Sample, tenant: Tenant) -> None:
    assert save(staff, sample).status_code == 302
    page = staff.get(reverse("enterprises:party_detail", args=[sample.party_organisation.pk])).content.decode()
    assert "快到期" in page
    assert NUMBER not in page
    assert "****123" in page
    for state, found in (("expiring", [sample.party_organisation]), ("expired", []), ("valid", [])):
        listed = staff.get(reverse("enterprises:party_list"), {"certificate": state})
        assert list(listed.context["page"].object_list) == found
    with tenant_scope(tenant):
        assert not AuditEntry.objects.filter(changes__icontains=NUMBER).exists()


def test_the_number_stays_when_nothing_is_typed_and_goes_with_its_holder(
    staff: Client, sample: Sample, tenant: Tenant
) -> None:
    def number() -> str:
        with tenant_scope(tenant):
            return PartyOrganisation.objects.get(pk=sample.party_organisation.pk).worker_certificate

    save(staff, sample)
    assert save(staff, sample, number="", until="2027-12-31").status_code == 302
    assert number() == NUMBER
    assert save(staff, sample, number="", worker="孙伟").status_code == 302
    assert number() == ""


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"worker": ""}, "worker", "要先填写党务工作者的姓名"),
        ({"is_certified": ""}, "is_certified", "请选“持证”"),
        ({"until": "2206-03-01"}, "until", "请核对年份"),
        ({"until": "明年"}, "until", "不是日期"),
    ],
)
def test_wrong_entries_are_named(
    staff: Client, sample: Sample, values: dict[str, str], field: str, sentence: str
) -> None:
    page = save(staff, sample, **values)
    assert page.status_code == 422
    assert sentence in page.context["form"].errors[field][0]
    assert NUMBER in page.content.decode()


def test_what_somebody_else_wrote_meanwhile_is_not_written_over_unseen(staff: Client, sample: Sample) -> None:
    save(staff, sample)
    page = save(staff, sample, worker="孙伟", version="old")
    assert page.status_code == 422
    assert "有人改过" in page.content.decode()
    again = page.context["form"]["version"].value()
    assert save(staff, sample, worker="孙伟", version=again).status_code == 302


def test_whoever_looks_after_it_is_reminded_once_before_and_once_after(sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        office = factories.actor(Role.COUNTY_STAFF, region=sample.county).user
        factories.actor(Role.COUNTY_STAFF, region=sample.other_county)
        secretary = factories.actor(Role.ROTATING_SECRETARY, party_organisation=sample.party_organisation).user
        until = TODAY + timedelta(days=EXPIRING_DAYS)
        PartyOrganisation.objects.filter(pk=sample.party_organisation.pk).update(
            worker="赵敏", worker_is_certified=True, worker_certified_until=until
        )
        day, sent = timedelta(days=1), []
        for today in (TODAY - day, TODAY, TODAY, until, until + day, until + 3 * day):
            sent.append(certificates_remind(today=today))
        assert sent == [0, 2, 0, 0, 2, 0]
        told = Notice.objects.filter(key__startswith="certificate-")
        assert {each.recipient_id for each in told} == {office.pk, secretary.pk}
        # A renewed paper is told of anew when its own time comes.
        PartyOrganisation.objects.filter(pk=sample.party_organisation.pk).update(
            worker_certified_until=until + timedelta(days=365)
        )
        assert certificates_remind(today=until + 3 * day) == 0
        assert certificates_remind(today=until + timedelta(days=340)) == 2
