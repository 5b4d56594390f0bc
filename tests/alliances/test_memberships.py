"""Joining and leaving an alliance: who applies, who decides, and what follows for the rotation."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import Membership, MembershipRequest, Term
from alliances.rotation import Quarter
from alliances.selectors.rotation import rotation_books
from alliances.services import rotation_turn
from enterprises.models import Enterprise
from notices.models import Notice
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser
from tests.factories import Sample

State = MembershipRequest.State


@pytest.fixture
def secretary(sample: Sample, tenant: Tenant) -> Client:
    """The secretary of an alliance to which nobody has applied yet."""
    with tenant_scope(tenant):
        MembershipRequest.objects.all().delete()
    return browser(tenant, Role.ALLIANCE_SECRETARY, alliance=sample.alliance)


@pytest.fixture
def newcomer(tenant: Tenant, sample: Sample) -> Enterprise:
    with tenant_scope(tenant):
        return factories.enterprise("任城新伙伴机械有限公司", region=sample.county)


def apply_to(sample: Sample) -> str:
    return reverse("alliances:member_apply", args=[sample.alliance.pk])


def act(name: str, request: MembershipRequest) -> str:
    return reverse(f"alliances:membership_{name}", args=[request.pk])


def leave(tenant: Tenant, sample: Sample) -> str:
    with tenant_scope(tenant):
        return reverse("alliances:member_exit", args=[sample.alliance.memberships.get(left_on=None).pk])


def wishes(tenant: Tenant) -> list[MembershipRequest]:
    with tenant_scope(tenant):
        return list(MembershipRequest.objects.order_by("pk"))


def decided(day: date | None = None) -> dict[str, str]:
    return {"meeting": "理事会第三季度例会", "effective_on": (day or timezone.localdate()).isoformat()}


def refusal(client: Client, address: str, data: dict[str, Any]) -> str:
    response = client.post(address, data)
    assert response.status_code == 422, response.status_code
    return response.content.decode()


def test_an_application_becomes_a_membership_when_a_meeting_approves(
    secretary: Client, newcomer: Enterprise, sample: Sample, tenant: Tenant
) -> None:
    data = {"enterprise": newcomer.credit_code.lower(), "reason": "为两家成员配套多年"}
    assert secretary.post(apply_to(sample), data).status_code == 302
    assert "已有一件申请在办理" in refusal(secretary, apply_to(sample), data)
    (wish,) = wishes(tenant)
    tab = reverse("alliances:members", args=[sample.alliance.pk])
    assert act("approve", wish) in secretary.get(tab).content.decode()
    assert secretary.post(act("approve", wish), decided(date(2026, 3, 1))).status_code == 302
    with tenant_scope(tenant):
        made = Membership.objects.get(enterprise=newcomer)
    assert (made.joined_on, made.left_on) == (date(2026, 3, 1), None)
    page = secretary.get(tab).content.decode()
    assert "理事会第三季度例会决定，2026年3月1日起" in page
    assert act("approve", wish) not in page
    assert "这件申请已经办理过（已同意）。" in refusal(secretary, act("refuse", wish), {"answer": "重复"})
    log = secretary.get(reverse("alliances:log", args=[sample.alliance.pk])).content.decode()
    assert "任城新伙伴机械有限公司入盟申请：把 状态 由 待办理 改为 已同意" in log
    assert "已是本联盟成员（2026年3月1日入盟）" in refusal(secretary, apply_to(sample), data)


def test_an_enterprise_applies_for_itself_and_reads_the_answer(
    secretary: Client, newcomer: Enterprise, sample: Sample, tenant: Tenant
) -> None:
    own = browser(tenant, Role.ENTERPRISE, enterprise=newcomer)
    address = reverse("alliances:enterprise_join", args=[newcomer.pk])
    tab = reverse("alliances:of_enterprise", args=[newcomer.pk])
    assert address in own.get(tab).content.decode()
    form = own.get(address).content.decode()
    assert sample.alliance.name in form
    assert sample.other_alliance.name in form
    assert own.post(address, {"alliance": sample.alliance.pk, "reason": "愿意遵守章程"}).status_code == 302
    (wish,) = wishes(tenant)
    with tenant_scope(tenant):
        assert Notice.objects.filter(key=f"membership-request:{wish.pk}").count() == 1
    assert own.get(act("approve", wish)).status_code == 403
    assert "请填写“不同意的理由”。" in refusal(secretary, act("refuse", wish), {"answer": ""})
    assert secretary.post(act("refuse", wish), {"answer": "本链环节不符"}).status_code == 302
    assert "本链环节不符" in own.get(tab).content.decode()
    with tenant_scope(tenant):
        assert Notice.objects.filter(key=f"membership-decision:{wish.pk}").count() == 1
        assert not Membership.objects.filter(enterprise=newcomer).exists()


def test_a_member_leaves_and_its_history_stays(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    own = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    assert own.post(leave(tenant, sample), {"reason": "企业迁出本市"}).status_code == 302
    (wish,) = wishes(tenant)
    today = timezone.localdate()
    for day, sentence in (
        (today + timedelta(days=1), "生效日期不能晚于今天"),
        (date(2025, 6, 1), "退盟日期要在入盟（2025年6月1日）以后。"),
    ):
        assert sentence in refusal(secretary, act("approve", wish), decided(day))
    assert secretary.post(act("approve", wish), decided()).status_code == 302
    with tenant_scope(tenant):
        membership = Membership.objects.get(alliance=sample.alliance)
    assert membership.left_on == today
    page = secretary.get(reverse("alliances:members", args=[sample.alliance.pk])).content.decode()
    assert "已退盟（1 家）" in page
    assert "企业迁出本市" in page
    # It may come back, but not for days on which it had left or belonged already.
    again = {"enterprise": sample.enterprise.name, "reason": "迁回"}
    assert secretary.post(apply_to(sample), again).status_code == 302
    back = wishes(tenant)[-1]
    early = refusal(secretary, act("approve", back), decided(today - timedelta(days=1)))
    assert "入盟日期不能早于上次退盟的" in early
    assert secretary.post(act("approve", back), decided()).status_code == 302


def test_an_exit_in_a_term_lets_the_next_unit_stand_in_at_once(tenant: Tenant) -> None:
    start = Quarter.of(timezone.localdate()).following(-1).starts_on
    with tenant_scope(tenant):
        members = [factories.enterprise(f"{letter}公司") for letter in "甲乙丙"]
        alliance = factories.alliance(*members, founded_on=start)
        factories.roster(alliance, *(factories.party_organisation(each, f"{each.name}党支部") for each in members))
        rotation_turn(at=timezone.now())
        serving = Term.objects.select_related("organisation").get(outcome=Term.Outcome.SERVING)
        membership = Membership.objects.get(enterprise=serving.organisation.enterprise_id)
    office = browser(tenant, Role.CITY_STAFF)
    office.post(reverse("alliances:member_exit", args=[membership.pk]), {"reason": "停产"})
    assert office.post(act("approve", wishes(tenant)[0]), decided()).status_code == 302
    with tenant_scope(tenant):
        present = Term.objects.get(outcome=Term.Outcome.SERVING)
        assert present.organisation_id != serving.organisation_id
        assert present.starts_on == timezone.localdate()
        serving.refresh_from_db()
        assert serving.outcome == Term.Outcome.TERMINATED
        coming = rotation_books([alliance])[alliance.pk].preview(timezone.localdate()).terms
        assert serving.organisation_id not in {term.holder for term in coming if term.starts_on > timezone.localdate()}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"enterprise": "没有这家公司"}, "企业名册里没有“没有这家公司”。"),
        ({"enterprise": ""}, "请填写“企业”。"),
        ({"enterprise": "同名公司"}, "不止一家，请改填统一社会信用代码。"),
        ({"enterprise": "停产公司"}, "已不是正常经营，不能申请入盟。"),
        ({"reason": ""}, "请填写“理由”。"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    secretary: Client, newcomer: Enterprise, sample: Sample, tenant: Tenant, values: dict[str, Any], sentence: str
) -> None:
    with tenant_scope(tenant):
        for name in ("同名公司", "同名公司"):
            factories.enterprise(name)
        factories.enterprise("停产公司", is_operating=False)
    data = {"enterprise": newcomer.name, "reason": "愿意遵守章程"} | values
    assert sentence in refusal(secretary, apply_to(sample), data)
    assert wishes(tenant) == []


def test_who_neither_keeps_the_alliance_nor_speaks_for_the_member_has_no_say(
    secretary: Client, newcomer: Enterprise, sample: Sample, tenant: Tenant
) -> None:
    with tenant_scope(tenant):
        factories.membership(sample.alliance, newcomer)
        members = factories.alliance(newcomer, region=sample.other_county)
    fellow = browser(tenant, Role.ENTERPRISE, enterprise=newcomer)
    with tenant_scope(tenant):
        address = reverse(
            "alliances:member_exit", args=[sample.alliance.memberships.get(enterprise=sample.enterprise).pk]
        )
    assert fellow.post(address, {"reason": "甲"}).status_code == 403
    assert secretary.post(address, {"reason": "企业迁出本市"}).status_code == 302
    (wish,) = wishes(tenant)
    # Another's application is nobody else's to read.
    assert "企业迁出本市" not in fellow.get(reverse("alliances:members", args=[sample.alliance.pk])).content.decode()
    other = browser(tenant, Role.ALLIANCE_SECRETARY, alliance=members)
    assert other.get(act("approve", wish)).status_code == 404
    assert other.get(reverse("alliances:member_apply", args=[sample.alliance.pk])).status_code == 404
