"""Posts of an alliance: who holds them from when to when, and the right that goes with some of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, AlliancePermission, Appointment
from tenants.models import AuditEntry, Role, Tenant, User
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser, queries_of
from tests.factories import Sample

Post = Appointment.Post
NEW = date(2026, 3, 1)


@pytest.fixture
def office(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.COUNTY_STAFF, region=sample.county)


@pytest.fixture
def account(sample: Sample, tenant: Tenant) -> User:
    """An account for secretaries that keeps no alliance yet."""
    with tenant_scope(tenant):
        return factories.actor(Role.ALLIANCE_SECRETARY, login="xinmishu", full_name="新秘书").user


def tab(sample: Sample) -> str:
    return reverse("alliances:organisation", args=[sample.alliance.pk])


def new(sample: Sample) -> str:
    return reverse("alliances:appoint", args=[sample.alliance.pk])


def correct(appointment: Appointment) -> str:
    return reverse("alliances:appointment_correct", args=[appointment.pk])


def relieve(appointment: Appointment) -> str:
    return reverse("alliances:relieve", args=[appointment.pk])


def filled(**values: Any) -> dict[str, Any]:
    return {"post": Post.SECRETARY_GENERAL, "person": "孙丽", "starts_on": NEW.isoformat()} | values


def refusal(client: Client, address: str, data: dict[str, Any]) -> str:
    response = client.post(address, data)
    assert response.status_code == 422
    return response.content.decode()


def held(tenant: Tenant, alliance: Alliance) -> list[tuple[str, str, date, date | None]]:
    with tenant_scope(tenant):
        found = Appointment.objects.filter(alliance=alliance).order_by("post", "starts_on")
        return [(each.post, each.person, each.starts_on, each.ends_on) for each in found]


def manages(tenant: Tenant, user: User, alliance: Alliance) -> bool:
    with tenant_scope(tenant):
        return AlliancePermission.objects.filter(user=user, content_object=alliance).exists()


def test_a_successor_ends_the_term_of_the_one_before(office: Client, sample: Sample, tenant: Tenant) -> None:
    data = filled(position="市工信局科长", phone="137 1111 2222")
    for _ in range(2):  # sent twice, it is one appointment
        assert office.post(new(sample), data).status_code == 302
    assert held(tenant, sample.alliance) == [
        (Post.SECRETARY_GENERAL, "周建国", date(2025, 6, 1), date(2026, 2, 28)),
        (Post.SECRETARY_GENERAL, "孙丽", NEW, None),
    ]
    page = office.get(tab(sample)).content.decode()
    assert "2025年6月1日至2026年2月28日" in page
    assert "由孙丽接任" in page
    assert "137****2222" in page
    assert "13711112222" not in page
    overview = office.get(reverse("alliances:detail", args=[sample.alliance.pk])).content.decode()
    assert "孙丽" in overview
    assert "周建国" not in overview
    log = office.get(reverse("alliances:log", args=[sample.alliance.pk])).content.decode()
    assert "秘书长周建国：把 任职至 由 空 改为 2026年2月28日" in log


def test_a_relieved_post_is_vacant(office: Client, sample: Sample, tenant: Tenant) -> None:
    today = timezone.localdate()
    data = {"ends_on": today.isoformat(), "reason": "工作调动"}
    assert office.post(relieve(sample.appointment), data).status_code == 302
    assert held(tenant, sample.alliance)[0][3] == today
    page = office.get(tab(sample)).content.decode()
    assert page.count("空缺") == len(Post)
    assert "工作调动" in page
    assert "不必再登记" in refusal(office, relieve(sample.appointment), data)


def test_the_right_to_manage_begins_and_ends_with_the_post(
    office: Client, account: User, sample: Sample, tenant: Tenant
) -> None:
    activity = reverse("alliances:activity_create", args=[sample.alliance.pk])
    secretary = factories.sign_in(account)
    assert secretary.get(activity).status_code == 404
    assert office.post(new(sample), filled(account=account.pk)).status_code == 302
    assert secretary.get(activity).status_code == 200
    with tenant_scope(tenant):
        made = Appointment.objects.get(person="孙丽")
    end = {"ends_on": timezone.localdate().isoformat(), "reason": "任期届满"}
    assert office.post(relieve(made), end).status_code == 302
    assert secretary.get(activity).status_code == 404


def test_who_holds_two_posts_keeps_the_right_until_both_end(
    office: Client, account: User, sample: Sample, tenant: Tenant
) -> None:
    for post in (Post.SECRETARY_GENERAL, Post.LIAISON):
        assert office.post(new(sample), filled(post=post, account=account.pk)).status_code == 302
    assert office.post(new(sample), filled(person="吴强", starts_on="2026-04-01")).status_code == 302
    assert manages(tenant, account, sample.alliance)
    with tenant_scope(tenant):
        liaison = Appointment.objects.get(post=Post.LIAISON)
    # The account goes to nobody: the correction takes the right as well.
    version = office.get(correct(liaison)).context["form"]["version"].value()
    assert office.post(correct(liaison), filled(version=version)).status_code == 302
    assert not manages(tenant, account, sample.alliance)


def test_a_chairman_has_no_account(office: Client, account: User, sample: Sample, tenant: Tenant) -> None:
    assert office.post(new(sample), filled(post=Post.CHAIRMAN, account=account.pk)).status_code == 302
    assert not manages(tenant, account, sample.alliance)


def test_a_correction_keeps_the_phone_that_it_does_not_show(office: Client, sample: Sample, tenant: Tenant) -> None:
    form = office.get(correct(sample.appointment))
    assert "13700000000" not in form.content.decode()
    version = form.context["form"]["version"].value()
    data = filled(person="周建国", position="市工信局科长", version=version, starts_on="2025-06-01")
    assert office.post(correct(sample.appointment), data).status_code == 302
    with tenant_scope(tenant):
        sample.appointment.refresh_from_db()
    assert (sample.appointment.position, sample.appointment.phone) == ("市工信局科长", "13700000000")


def test_a_newer_correction_is_shown_not_overwritten(office: Client, sample: Sample, tenant: Tenant) -> None:
    version = office.get(correct(sample.appointment)).context["form"]["version"].value()
    with tenant_scope(tenant):
        Appointment.objects.filter(pk=sample.appointment.pk).update(person="周建军")
    response = office.post(correct(sample.appointment), filled(version=version))
    assert response.status_code == 422
    assert "现在登记的是秘书长周建军" in response.content.decode()
    again = filled(version=response.context["form"]["version"].value())
    assert office.post(correct(sample.appointment), again).status_code == 302


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"starts_on": "2025-06-01"}, "现任周建国2025年6月1日到任，接任的日期要在这以后。"),
        ({"post": Post.CHAIRMAN, "starts_on": "2022-06-01"}, "早一年以上，请核对年份。"),
        ({"person": ""}, "请填写“姓名”。"),
        ({"phone": "12"}, "联系电话无法识别。请填 11 位手机号"),
        ({"post": "boss"}, "“职务”没有这个选项。"),
        ({"account": "0"}, "“办事账号”没有这个选项。"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    office: Client, sample: Sample, tenant: Tenant, values: dict[str, Any], sentence: str
) -> None:
    assert sentence in refusal(office, new(sample), filled(**values))
    assert len(held(tenant, sample.alliance)) == 1


def test_days_to_come_and_days_before_the_appointment_are_refused(office: Client, sample: Sample) -> None:
    coming = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert "任职日期不能晚于今天" in refusal(office, new(sample), filled(starts_on=coming))
    for day in (coming, "2025-05-31"):
        page = refusal(office, relieve(sample.appointment), {"ends_on": day, "reason": "任期届满"})
        assert "卸任日期要在2025年6月1日和今天之间。" in page
    assert "请填写“卸任原因”。" in refusal(office, relieve(sample.appointment), {"ends_on": "2026-01-01"})


def test_the_office_alone_appoints(sample: Sample, tenant: Tenant) -> None:
    secretary = browser(tenant, Role.ALLIANCE_SECRETARY, alliance=sample.alliance)
    page = secretary.get(tab(sample)).content.decode()
    assert "周建国" in page
    assert new(sample) not in page
    assert secretary.post(new(sample), filled()).status_code == 403
    elsewhere = browser(tenant, Role.COUNTY_STAFF, region=sample.other_county)
    assert elsewhere.post(new(sample), filled()).status_code == 404
    assert elsewhere.post(relieve(sample.appointment), {}).status_code == 404


def test_a_phone_is_revealed_for_a_reason_and_in_the_trail(office: Client, sample: Sample, tenant: Tenant) -> None:
    address = reverse("tenants:reveal", args=["appointment", sample.appointment.pk, "phone"])
    assert "13700000000" in office.post(address, {"reason": "通知开会"}).content.decode()
    with tenant_scope(tenant):
        assert AuditEntry.objects.filter(verb=AuditEntry.Verb.REVEAL, object_id=sample.appointment.pk).exists()
    elsewhere = browser(tenant, Role.COUNTY_STAFF, region=sample.other_county)
    assert elsewhere.post(address, {"reason": "通知开会"}).status_code == 404


def test_the_tab_takes_as_many_queries_for_ten_predecessors_as_for_none(
    office: Client, sample: Sample, tenant: Tenant
) -> None:
    few = queries_of(office, tab(sample))
    with tenant_scope(tenant):
        for year in range(2010, 2020):
            factories.appointment(
                sample.alliance, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31), post=Post.LIAISON
            )
    assert queries_of(office, tab(sample)) == few
