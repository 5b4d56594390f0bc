"""The end of a term: the right to lead is gone at that moment, whatever the hourly run does; rotation switched off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, AlliancePermission, Handover, TermHolder
from alliances.selectors import alliance_list, recordable_list
from alliances.services import roster_adopt, rotation_turn
from demands.selectors import demand_list
from enterprises.models import PartyOrganisation
from enterprises.selectors import enterprise_list
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.factories import actor_of

from .test_turns import SHANGHAI, at, counts, leader, leading, rotating, terms

Clock = Callable[[datetime], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the portal's clock."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))

    return set_to


LAST_MINUTE = datetime(2026, 3, 31, 23, 59, 59, tzinfo=SHANGHAI)
FIRST_MINUTE = LAST_MINUTE + timedelta(seconds=1)


def test_a_former_holder_sees_nothing_the_minute_his_term_ends(scope: Tenant, clock: Clock) -> None:
    alliance = rotating("甲", "乙")
    factories.demand(alliance.members.get(name="甲公司"), alliance=alliance)
    holder = actor_of(leader("甲"))
    rotation_turn(at=at(2026, 1, 1))
    clock(LAST_MINUTE)
    selectors = (alliance_list, recordable_list, demand_list, enterprise_list)
    assert [bool(selector(actor=holder)) for selector in selectors] == [True] * 4
    # No run in between: nobody has taken the right from him yet.
    clock(FIRST_MINUTE)
    assert leading(alliance) == {"lead-甲@shili"}
    assert [bool(selector(actor=holder)) for selector in selectors] == [False] * 4


def test_pages_and_forms_are_refused_at_that_minute(tenant: Tenant, clock: Clock) -> None:
    with tenant_scope(tenant):
        alliance = rotating("甲", "乙")
        user = leader("甲")
        rotation_turn(at=at(2026, 1, 1))
    addresses = [
        reverse(name, args=[alliance.pk])
        for name in ("alliances:detail", "alliances:rotation", "alliances:activity_create", "demands:of_alliance")
    ]
    for moment, status in ((LAST_MINUTE, 200), (FIRST_MINUTE, 404)):
        clock(moment)
        client: Client = factories.sign_in(user)
        assert {client.get(address).status_code for address in addresses} == {status}
    assert client.post(addresses[2], {"topic": "晚了"}).status_code == 404


def test_an_acting_holder_is_refused_after_his_last_day(scope: Tenant, clock: Clock) -> None:
    alliance = rotating("甲", "乙")
    acting = actor_of(leader("乙"))
    factories.rotation_request(
        alliance,
        PartyOrganisation.objects.get(name="甲支部"),
        factories.user("office"),
        kind="acting",
        other=PartyOrganisation.objects.get(name="乙支部"),
        person="乙书记",
        starts_on=date(2026, 1, 10),
        ends_on=date(2026, 2, 20),
        state="approved",
        decided_at=at(2026, 1, 5),
    )
    rotation_turn(at=at(2026, 1, 10))
    clock(at(2026, 2, 20, 12))
    assert alliance_list(actor=acting).exists()
    clock(at(2026, 2, 21))
    assert not alliance_list(actor=acting).exists()


def test_a_right_that_lasts_longer_by_now_is_lengthened(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    leader("甲")
    enterprise = alliance.members.get(name="甲公司")
    membership = enterprise.memberships.get()
    membership.left_on = date(2026, 3, 1)
    membership.save()
    rotation_turn(at=at(2026, 1, 1))
    assert AlliancePermission.objects.get().until == date(2026, 2, 28)
    membership.left_on = None
    membership.save()
    rotation_turn(at=at(2026, 1, 2))
    assert AlliancePermission.objects.get().until == date(2026, 3, 31)


def test_rotation_switched_off_ends_the_term_and_the_right_that_day(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    leader("甲")
    rotation_turn(at=at(2026, 1, 1))
    Alliance.objects.filter(pk=alliance.pk).update(has_rotation=False)
    assert counts(rotation_turn(at=at(2026, 2, 9, 10))) == (0, 1, 0)
    assert terms(alliance) == [("甲", "2026-01-01", "2026-02-09", "terminated")]
    assert TermHolder.objects.get().ends_on == date(2026, 2, 9)
    assert leading(alliance) == set()
    assert counts(rotation_turn(at=at(2026, 4, 1))) == (0, 0, 0)
    assert not Handover.objects.exists()


def test_rotation_switched_off_long_ago_leaves_the_term_its_full_days(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    rotation_turn(at=at(2026, 1, 1))
    Alliance.objects.filter(pk=alliance.pk).update(has_rotation=False)
    rotation_turn(at=at(2026, 6, 1))
    assert terms(alliance) == [("甲", "2026-01-01", "2026-03-31", "completed")]


def test_rotation_switched_on_again_begins_with_a_new_roster_and_fills_no_gap(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    rotation_turn(at=at(2026, 1, 1))
    Alliance.objects.filter(pk=alliance.pk).update(has_rotation=False)
    rotation_turn(at=at(2026, 2, 9))
    Alliance.objects.filter(pk=alliance.pk).update(has_rotation=True)
    assert counts(rotation_turn(at=at(2026, 10, 1))) == (0, 0, 0)
    alliance.refresh_from_db()
    order = [PartyOrganisation.objects.get(name=f"{letter}支部") for letter in "乙甲"]
    adoption = {
        "actor": factories.actor(Role.CITY_STAFF),
        "alliance": alliance,
        "organisations": order,
        "meeting": "恢复轮值的成员大会",
        "adopted_on": date(2026, 2, 10),
        "today": date(2026, 11, 2),
    }
    with pytest.raises(ValidationError, match="生效日期最早是2026年4月1日"):
        roster_adopt(effective_on=date(2026, 2, 11), **adoption)
    assert roster_adopt(effective_on=date(2026, 10, 1), **adoption).version == 2
    rotation_turn(at=at(2026, 11, 2))
    assert terms(alliance) == [
        ("甲", "2026-01-01", "2026-02-09", "terminated"),
        ("乙", "2026-10-01", "2026-12-31", "serving"),
    ]
    assert not Handover.objects.exists()
