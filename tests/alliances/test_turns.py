"""The turn of the quarter in the database: late, repeated, interrupted or twice at once, it leaves the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from alliances.models import Alliance, AlliancePermission, Membership, RotationRequest, Term, TermHolder
from alliances.permissions import CHAIR
from alliances.services import turns
from alliances.services.turns import Turned, rotation_turn
from alliances.tasks import rotation_turn_task, rotations_turn
from enterprises.models import PartyOrganisation
from notices.models import Notice
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests import factories

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = date(2026, 1, 1)


def at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


def party(letter: str) -> PartyOrganisation:
    return factories.party_organisation(
        factories.enterprise(f"{letter}公司"), f"{letter}支部", secretary=f"{letter}书记"
    )


def rotating(*letters: str, start: date = START) -> Alliance:
    """An alliance whose members' branches take turns from `start` on."""
    parties = [party(letter) for letter in letters]
    made = factories.alliance(*(each.enterprise for each in parties), founded_on=start)
    factories.roster(made, *parties)
    return made


def leader(letter: str) -> User:
    """The account of a branch's secretary."""
    organisation = PartyOrganisation.objects.get(name=f"{letter}支部")
    return factories.actor(Role.ROTATING_SECRETARY, party_organisation=organisation, login=f"lead-{letter}").user


def terms(alliance: Alliance) -> list[tuple[str, str, str, str]]:
    rows = Term.objects.filter(alliance=alliance).select_related("organisation").order_by("starts_on")
    return [(row.organisation.name[:1], str(row.starts_on), str(row.ends_on), row.outcome) for row in rows]


def state() -> list[list[tuple]]:
    """All that a run may leave in the open tenant, without ids."""
    return [
        list(Term.objects.order_by("alliance", "starts_on").values_list(
            "alliance", "organisation", "starts_on", "ends_on", "outcome", "reason", "explanation", "is_regular"
        )),
        list(TermHolder.objects.order_by("term__alliance", "starts_on").values_list(
            "organisation", "person", "starts_on", "ends_on", "is_acting"
        )),
        list(AlliancePermission.objects.order_by("content_object", "user").values_list("content_object", "user")),
        list(Notice.objects.order_by("recipient", "key").values_list("recipient", "key")),
    ]  # fmt: skip


def leading(alliance: Alliance) -> set[str]:
    held = AlliancePermission.objects.filter(content_object=alliance, permission__codename=CHAIR)
    return set(held.values_list("user__username", flat=True))


def counts(turned: Turned) -> tuple[int, int, int]:
    return len(turned.opened), len(turned.closed), turned.notices


def test_each_quarter_opens_the_next_unit_and_closes_the_last(scope: Tenant) -> None:
    alliance = rotating("甲", "乙", "丙")
    assert counts(rotation_turn(at=at(2026, 1, 1))) == (1, 0, 0)
    assert counts(rotation_turn(at=at(2026, 3, 31, 23))) == (0, 0, 0)
    assert counts(rotation_turn(at=at(2026, 4, 1))) == (1, 1, 0)
    assert terms(alliance) == [
        ("甲", "2026-01-01", "2026-03-31", "completed"),
        ("乙", "2026-04-01", "2026-06-30", "serving"),
    ]
    serving = Term.objects.get(alliance=alliance, outcome=Term.Outcome.SERVING)
    assert [(each.person, each.starts_on, each.ends_on) for each in serving.holders.all()] == [
        ("乙书记", date(2026, 4, 1), date(2026, 6, 30))
    ]


def test_a_second_run_at_the_same_moment_changes_nothing(scope: Tenant) -> None:
    rotating("甲", "乙")
    leader("乙")
    assert counts(rotation_turn(at=at(2026, 3, 31))) == (1, 0, 1)
    before = state()
    assert counts(rotation_turn(at=at(2026, 3, 31))) == (0, 0, 0)
    assert state() == before


def test_a_moment_before_what_was_begun_changes_nothing(scope: Tenant) -> None:
    rotating("甲", "乙")
    leader("甲")
    rotation_turn(at=at(2026, 7, 1))
    before = state()
    assert counts(rotation_turn(at=at(2026, 4, 15))) == (0, 0, 0)
    assert state() == before


def test_three_missed_quarters_leave_what_a_run_in_each_leaves(scope: Tenant) -> None:
    alliance = rotating("甲", "乙", "丙")
    leader("甲")
    joining = factories.party_organisation(factories.enterprise("丁公司"), "丁支部")
    factories.membership(alliance, joining.enterprise, joined_on=date(2026, 5, 8))
    Membership.objects.filter(alliance=alliance, enterprise__name="乙公司").update(left_on=date(2026, 4, 20))
    rotation_turn(at=at(2026, 1, 1))
    outcomes = []
    for moments in ([at(2026, 4, 1), at(2026, 4, 20), at(2026, 7, 1), at(2026, 10, 1)], [at(2026, 10, 1)]):
        savepoint = transaction.savepoint()
        done = [rotation_turn(at=moment) for moment in moments]
        opened = sum(len(turned.opened) for turned in done)
        closed = sum(len(turned.closed) for turned in done)
        outcomes.append((opened, closed, state()))
        transaction.savepoint_rollback(savepoint)
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][:2] == (4, 4)


def test_a_run_that_dies_half_way_leaves_nothing_and_the_next_does_all(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_scope(tenant):
        alliance = rotating("甲", "乙")
        leader("甲")

    def die(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(turns, "_notices_write", die)
        with pytest.raises(KeyboardInterrupt), tenant_scope(tenant):
            rotation_turn(at=at(2026, 1, 1))
    with tenant_scope(tenant):
        assert terms(alliance) == []
        assert leading(alliance) == set()
        assert counts(rotation_turn(at=at(2026, 1, 1))) == (1, 0, 0)
        assert leading(alliance) == {"lead-甲@shili"}


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_open_each_term_once() -> None:
    tenant = factories.city()
    with tenant_scope(tenant):
        alliance = rotating("甲", "乙")
        leader("甲")
    begun, done = Event(), {}

    def second() -> None:
        begun.set()
        with tenant_scope(tenant):
            done["second"] = counts(rotation_turn(at=at(2026, 1, 1)))
        connection.close()

    thread = Thread(target=second)
    with tenant_scope(tenant):
        done["first"] = counts(rotation_turn(at=at(2026, 1, 1)))
        thread.start()
        begun.wait(timeout=10)
    thread.join(timeout=30)
    assert done == {"first": (1, 0, 0), "second": (0, 0, 0)}
    with tenant_scope(tenant):
        assert len(terms(alliance)) == 1


def test_the_right_to_lead_goes_with_the_term(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    leader("甲")
    leader("乙")
    rotation_turn(at=at(2026, 3, 31))
    assert leading(alliance) == {"lead-甲@shili"}
    rotation_turn(at=at(2026, 4, 1))
    assert leading(alliance) == {"lead-乙@shili"}


def test_a_run_repairs_rights_that_are_amiss(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    rotation_turn(at=at(2026, 1, 1))
    late = leader("甲")
    factories.actor(Role.ROTATING_SECRETARY, alliance=alliance, login="by-hand")
    rotation_turn(at=at(2026, 1, 1, 1))
    assert leading(alliance) == {"lead-甲@shili"}
    User.objects.filter(pk=late.pk).update(is_active=False)
    rotation_turn(at=at(2026, 1, 1, 2))
    assert leading(alliance) == set()


def test_after_an_exit_the_next_unit_takes_over_the_same_day(scope: Tenant) -> None:
    alliance = rotating("甲", "乙", "丙")
    leader("乙")
    rotation_turn(at=at(2026, 1, 1))
    Membership.objects.filter(alliance=alliance, enterprise__name="甲公司").update(left_on=date(2026, 2, 10))
    assert counts(rotation_turn(at=at(2026, 2, 9))) == (0, 0, 1)
    assert counts(rotation_turn(at=at(2026, 2, 10))) == (1, 1, 1)
    assert terms(alliance) == [
        ("甲", "2026-01-01", "2026-02-09", "terminated"),
        ("乙", "2026-02-10", "2026-03-31", "serving"),
    ]
    stand_in = Term.objects.get(alliance=alliance, outcome=Term.Outcome.SERVING)
    assert (stand_in.is_regular, stand_in.explanation) == (False, "接替甲支部，任至本期结束。")
    assert leading(alliance) == {"lead-乙@shili"}


def test_units_are_told_15_7_and_1_days_ahead_once_each(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    leader("甲")
    next_one = leader("乙")
    factories.actor(Role.ALLIANCE_SECRETARY, alliance=alliance, login="secretary")
    days = [(3, 16), (3, 17), (3, 18), (3, 24), (3, 25), (3, 30), (3, 31), (4, 1)]
    sent = [rotation_turn(at=at(2026, month, day)).notices for month, day in days]
    # On the day of the turn, of the pack to be signed.
    assert sent == [0, 3, 0, 0, 3, 0, 3, 3]
    notices = Notice.objects.filter(recipient=next_one, key__startswith="rotation:").order_by("pk")
    assert [notice.title[:4] for notice in notices] == ["15天后", "7天后轮", "1天后轮"]
    assert notices[0].body.startswith("2026年4月1日起")


def test_a_run_that_comes_late_tells_once(scope: Tenant) -> None:
    rotating("甲", "乙")
    leader("乙")
    assert rotation_turn(at=at(2026, 3, 28)).notices == 1
    assert Notice.objects.get().title.startswith("4天后轮值")


def test_a_member_without_party_organisation_waits_and_then_is_last_of_the_round(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    enterprise = factories.enterprise("丙公司")
    factories.membership(alliance, enterprise)
    rotation_turn(at=at(2026, 1, 1))
    factories.party_organisation(enterprise, "丙支部")
    rotation_turn(at=at(2026, 10, 1))
    assert [letter for letter, *_ in terms(alliance)] == ["甲", "乙", "丙", "甲"]
    assert Term.objects.get(organisation__name="丙支部").explanation == "新入盟单位，排在本轮末位。"


def test_a_new_secretary_goes_on_with_the_term(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    rotation_turn(at=at(2026, 1, 1))
    PartyOrganisation.objects.filter(name="甲支部").update(secretary="钱进")
    assert counts(rotation_turn(at=at(2026, 2, 1))) == (0, 0, 0)
    holders = TermHolder.objects.filter(term__alliance=alliance).order_by("starts_on")
    assert [(each.person, str(each.starts_on)) for each in holders] == [
        ("甲书记", "2026-01-01"),
        ("钱进", "2026-02-01"),
    ]


def test_an_acting_holder_leads_for_his_days_and_keeps_his_own_turn(scope: Tenant) -> None:
    alliance = rotating("甲", "乙", "丙")
    leader("甲")
    leader("丙")
    factories.rotation_request(
        alliance,
        PartyOrganisation.objects.get(name="甲支部"),
        factories.user("office"),
        kind=RotationRequest.Kind.ACTING,
        other=PartyOrganisation.objects.get(name="丙支部"),
        person="丙书记",
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 3, 10),
        state=RotationRequest.State.APPROVED,
        decided_at=at(2026, 1, 20),
    )
    seen = []
    for day in ((1, 31), (2, 1), (3, 10), (3, 11)):
        rotation_turn(at=at(2026, *day))
        seen.append(leading(alliance))
    assert seen == [{"lead-甲@shili"}, {"lead-丙@shili"}, {"lead-丙@shili"}, {"lead-甲@shili"}]
    rotation_turn(at=at(2026, 7, 1))
    assert [letter for letter, *_ in terms(alliance)] == ["甲", "乙", "丙"]


def test_alliances_without_a_list_or_rotation_are_left_alone(scope: Tenant) -> None:
    factories.alliance(party("甲").enterprise)
    fixed = rotating("乙")
    Alliance.objects.filter(pk=fixed.pk).update(has_rotation=False)
    assert counts(rotation_turn(at=at(2026, 1, 1))) == (0, 0, 0)


def test_the_database_refuses_two_terms_at_once(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    first, second = PartyOrganisation.objects.order_by("pk")
    factories.term(alliance, first, date(2026, 1, 1), date(2026, 3, 31))
    with pytest.raises(IntegrityError, match="term_no_overlap"), transaction.atomic():
        factories.term(alliance, second, date(2026, 3, 31), date(2026, 6, 30))
    with pytest.raises(IntegrityError, match="term_one_regular_turn_per_quarter"), transaction.atomic():
        factories.term(alliance, second, date(2026, 4, 1), date(2026, 6, 30), quarter=1)


def queries(run: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured)


@pytest.mark.parametrize("day", [at(2026, 3, 17), at(2026, 3, 31), at(2026, 4, 1)], ids=["15 days", "1 day", "turn"])
def test_the_number_of_queries_does_not_grow_with_the_alliances(scope: Tenant, day: datetime) -> None:
    def city(*pairs: str) -> int:
        savepoint = transaction.savepoint()
        for letters in pairs:
            factories.actor(Role.ALLIANCE_SECRETARY, alliance=rotating(*letters), login=f"secretary-{letters}")
            for letter in letters:
                leader(letter)
        rotation_turn(at=at(2026, 1, 1))
        turned: list[Turned] = []
        taken = queries(lambda: turned.append(rotation_turn(at=day)))
        assert turned[0].notices == 3 * len(pairs)
        transaction.savepoint_rollback(savepoint)
        return taken

    assert city("甲乙", "丙丁", "戊己", "庚辛") == city("甲乙")


def test_the_command_writes_what_it_did(tenant: Tenant, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    with tenant_scope(tenant):
        alliance = rotating("甲", "乙")
        rotation_turn(at=at(2026, 10, 1))
        leader("乙")
    arguments = ["rotate", "--tenant", tenant.slug, "--at", "2027-01-01T00:00+08:00", "--json", str(out)]
    call_command(*arguments)
    row = {"alliance": alliance.name, "holder": "甲支部", "from": "2027-01-01", "to": "2027-03-31"}
    closed = {"alliance": alliance.name, "holder": "乙支部", "from": "2026-10-01", "to": "2026-12-31"}
    assert json.loads(out.read_text()) == {"opened": [row], "closed": [closed], "notices": 1}
    call_command(*arguments)
    assert json.loads(out.read_text()) == {"opened": [], "closed": [], "notices": 0}


def test_the_command_says_what_is_wrong_with_its_moment(tenant: Tenant) -> None:
    with pytest.raises(CommandError, match="看不懂时间“明天”"):
        call_command("rotate", "--tenant", tenant.slug, "--at", "明天")


def test_every_hour_each_tenant_gets_its_run(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, kwargs: sent.append((name, kwargs["tenant_id"])))
    rotations_turn()
    assert ("alliances.rotation_turn", tenant.pk) in sent
    entry = settings.CELERY_BEAT_SCHEDULE["turn-rotations"]
    assert (entry["task"], entry["schedule"].minute, len(entry["schedule"].hour)) == (rotations_turn.name, {0}, 24)
    with tenant_scope(tenant):
        alliance = rotating("甲", "乙")
    rotation_turn_task(tenant_id=tenant.pk)
    with tenant_scope(tenant):
        assert terms(alliance)[-1][3] == "serving"
