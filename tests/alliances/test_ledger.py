"""联盟名册 and 活动台账; memberships out of 企业名册."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from alliances.models import Activity, Alliance, Appointment, Membership, Segment
from ledgers.importing import check
from ledgers.registry import ledger
from tenants.models import DictionaryEntry, Role, Unit
from tests import factories
from tests.ledgers.writing_down import TODAY, changes, exported, imported, take, written

pytestmark = pytest.mark.usefixtures("scope")
TWIN = "邹城市高端化工产业链党建联盟"
#: The two chains whose alliances bear one name.
CHAINS = ("高端化工", "新材料")


def alliance_row(name: str = TWIN, **values: Any) -> dict[str, Any]:
    return {"name": name, "cluster": CHAINS[0], "region": "任城区", "founded_on": "2025-06-01", **values}


def member_row(number: int, **values: Any) -> dict[str, Any]:
    return {
        "alliances": TWIN,
        "name": f"任城第{number}化工有限公司",
        "credit_code": factories.credit_code(number),
        "region": "任城区",
        "scale": "规上",
        **values,
    }


def activity_row(**values: Any) -> dict[str, Any]:
    return {
        "held_on": "2026-03-05",
        "alliance": TWIN,
        "type": factories.entry(DictionaryEntry.Kind.ACTIVITY_TYPE).label,
        "five_joint": "组织共建",
        "topic": "主题党日",
        **values,
    }


@pytest.fixture
def chains() -> tuple[str, str]:
    labels = DictionaryEntry.objects.filter(kind=DictionaryEntry.Kind.CLUSTER).values_list("label", flat=True)
    return labels[0], labels[1]


@pytest.fixture
def twins(chains: tuple[str, str]) -> tuple[Alliance, Alliance]:
    """Two alliances of one name, each with an alliance of another name in its chain that has a member."""
    first, second = chains
    imported("alliances", alliance_row(cluster=first), alliance_row(cluster=second, founded_on="2025-07-01"))
    imported("alliances", alliance_row("甲联盟", cluster=first), alliance_row("乙联盟", cluster=second))
    clear = (
        member_row(1, alliances="甲联盟", segment_name="制剂"),
        member_row(2, alliances="乙联盟", segment_name="薄膜"),
    )
    imported("enterprises", *clear)
    found = {alliance.cluster.label: alliance for alliance in Alliance.objects.filter(name=TWIN)}
    return found[first], found[second]


def test_members_of_two_alliances_of_one_name_join_the_one_of_their_chain(twins: tuple[Alliance, Alliance]) -> None:
    imported("enterprises", member_row(3, segment_name="制剂"), member_row(4, segment_name="薄膜"))
    assert [twin.members.get().credit_code for twin in twins] == [factories.credit_code(3), factories.credit_code(4)]
    joined = Membership.objects.filter(alliance__in=twins).order_by("joined_on").values_list("joined_on", flat=True)
    assert list(joined) == [date(2025, 6, 1), date(2025, 7, 1)]


def test_a_correction_alone_leaves_a_member_where_it_is(twins: tuple[Alliance, Alliance]) -> None:
    imported("enterprises", member_row(4, segment_name="薄膜"))
    for segment in ("薄膜", "制剂", ""):
        imported("enterprises", member_row(4, segment_name=segment, staff=segment and 90))
        assert list(Membership.objects.filter(alliance__in=twins).values_list("alliance", flat=True)) == [twins[1].pk]


def test_whoever_left_does_not_come_back_by_an_old_roster() -> None:
    imported("alliances", alliance_row("甲联盟"))
    imported("enterprises", member_row(1, alliances="甲联盟"))
    Membership.objects.update(left_on=date(2026, 6, 1))
    imported("enterprises", member_row(1, alliances="甲联盟"))
    assert Membership.objects.get().left_on == date(2026, 6, 1)


def test_the_initiator_joins_the_alliance_it_started(twins: tuple[Alliance, Alliance], chains: tuple[str, str]) -> None:
    imported("enterprises", member_row(5, alliances=""))
    imported("alliances", alliance_row(cluster=chains[1], initiator="任城第5化工有限公司", founded_on="2025-07-01"))
    imported("enterprises", member_row(5))
    assert not twins[0].members.exists()
    assert twins[1].members.get().credit_code == factories.credit_code(5)


def test_activities_go_to_the_alliance_of_their_participants(twins: tuple[Alliance, Alliance]) -> None:
    imported("enterprises", member_row(3, segment_name="制剂"), member_row(4, segment_name="薄膜"))
    rows = (
        activity_row(enterprises="任城第4化工有限公司"),
        activity_row(enterprises="任城第3化工有限公司"),
        activity_row(topic="银企对接", enterprises="任城第3化工有限公司、任城第2化工有限公司"),
    )
    assert changes(imported("activities", *rows)) == (3, 0, 0)
    topics = [sorted(twin.activities.values_list("topic", flat=True)) for twin in twins]
    assert topics == [["主题党日", "银企对接"], ["主题党日"]]
    assert changes(imported("activities", *reversed(rows))) == (0, 0, 3)


def test_an_enterprise_in_two_alliances_is_a_member_of_both_once() -> None:
    imported("alliances", alliance_row("甲联盟"), alliance_row("乙联盟"))
    for _ in range(2):
        imported("enterprises", member_row(1, alliances="甲联盟、乙联盟，甲联盟"))
    assert sorted(Membership.objects.values_list("alliance__name", flat=True)) == ["乙联盟", "甲联盟"]
    assert Alliance.objects.filter(members__credit_code=factories.credit_code(1)).count() == 2


def test_a_blank_alliance_ends_no_membership() -> None:
    imported("alliances", alliance_row("甲联盟"))
    imported("enterprises", member_row(1, alliances="甲联盟"))
    imported("enterprises", member_row(1, alliances=""), member_row(2, alliances="甲联盟"))
    assert Membership.objects.filter(left_on=None).count() == 2


def test_membership_begins_with_the_younger_of_both() -> None:
    imported("alliances", alliance_row("甲联盟"))
    young, old = member_row(1, founded_on="2026-01-09"), member_row(2, founded_on="1999-01-01")
    imported("enterprises", *({**row, "alliances": "甲联盟"} for row in (young, old)))
    joined = Membership.objects.order_by("joined_on").values_list("joined_on", flat=True)
    assert list(joined) == [date(2025, 6, 1), date(2026, 1, 9)]


def test_segments_are_learnt_from_the_roster() -> None:
    imported("alliances", alliance_row("甲联盟"))
    imported("enterprises", member_row(1, alliances="甲联盟", segment_name="制剂", stream="下游"))
    assert list(Segment.objects.values_list("cluster__label", "name", "stream")) == [(CHAINS[0], "制剂", "down")]


def test_departments_become_units_once() -> None:
    row = alliance_row("甲联盟", lead_unit="市 能源局")
    imported("alliances", row, alliance_row("乙联盟", lead_unit="市能源局"))
    assert Unit.objects.filter(name="市能源局").count() == 1
    assert changes(imported("alliances", row)) == (0, 0, 1)


def test_an_unknown_chain_is_an_error() -> None:
    [error] = check(written("alliances", alliance_row(cluster="航天")), ledger("alliances")).errors
    assert (error.reason, error.column_letter) == ("产业集群不在字典", "B")


def test_a_correction_of_an_activity_updates_it_and_its_participants() -> None:
    first, second = factories.enterprise(), factories.enterprise()
    imported("alliances", alliance_row("甲联盟"))
    row = activity_row(alliance="甲联盟", enterprises=f"{first.name}、{second.name}", outcome="签约")
    imported("activities", row)
    assert changes(imported("activities", {**row, "outcome": "签约 2 家", "enterprises": first.name})) == (0, 1, 0)
    activity = Activity.objects.get()
    assert (activity.outcome, list(activity.enterprises.all())) == ("签约 2 家", [first])


def test_an_activity_entered_by_hand_is_not_doubled_by_its_own_export() -> None:
    enterprise = factories.enterprise()
    factories.activity(factories.alliance(enterprise), enterprise)
    book = exported("activities", factories.actor(Role.TENANT_ADMIN))
    assert changes(take("activities", book)[1]) == (0, 0, 1)
    assert Activity.objects.count() == 1


def test_what_an_activity_brought_and_its_plan_come_back_from_the_export() -> None:
    alliance = factories.alliance(factories.enterprise())
    factories.activity(alliance, topic="银企对接", loan=Decimal("500.5"), hires=12, land=Decimal("3.25"), agreements=2)
    factories.activity(alliance, topic="下月学习", state=Activity.State.PLANNED)
    book = exported("activities", factories.actor(Role.TENANT_ADMIN))
    assert changes(take("activities", book)[1]) == (0, 0, 2)
    assert Activity.objects.get(topic="下月学习").state == Activity.State.PLANNED
    assert Activity.objects.get(topic="银企对接").loan == Decimal("500.5")


def test_a_ledger_without_states_tells_that_a_plan_was_held() -> None:
    alliance = factories.alliance(name="甲联盟")
    plan = factories.activity(alliance, topic="主题党日", state=Activity.State.PLANNED, agreements=2)
    imported("activities", activity_row(alliance="甲联盟", agreements="3"))
    plan.refresh_from_db()
    assert (plan.state, plan.agreements) == (Activity.State.HELD, 3)


def test_a_withdrawn_activity_is_not_imported_again() -> None:
    alliance = factories.alliance(factories.enterprise())
    factories.activity(alliance, state=Activity.State.WITHDRAWN, withdrawn_because="重复")
    reading, _ = take("activities", exported("activities", factories.actor(Role.TENANT_ADMIN)))
    assert [error.reason for error in reading.errors] == ["活动状态不在字典"]


def test_a_blank_cell_does_not_take_a_registered_charter_away() -> None:
    imported("alliances", alliance_row("甲联盟", has_charter=""))
    made = Alliance.objects.get()
    assert not made.has_charter
    factories.charter(made)
    imported("alliances", alliance_row("甲联盟", has_charter=""))
    assert Alliance.objects.get().has_charter


def test_the_roster_appoints_and_a_new_name_succeeds() -> None:
    def terms() -> list[tuple[str, date, date | None]]:
        found = Appointment.objects.filter(post=Appointment.Post.CHAIRMAN).order_by("starts_on")
        return list(found.values_list("person", "starts_on", "ends_on"))

    founded = date(2025, 6, 1)
    assert changes(imported("alliances", alliance_row("甲联盟", chairman="张强", instructor="徐伟"))) == (1, 0, 0)
    assert terms() == [("张强", founded, None)]
    assert Appointment.objects.count() == 2
    assert changes(imported("alliances", alliance_row("甲联盟", chairman="", instructor="徐伟"))) == (0, 0, 1)
    assert changes(imported("alliances", alliance_row("甲联盟", chairman="李敏"))) == (0, 1, 0)
    day_before = TODAY - timedelta(days=1)
    assert terms() == [("张强", founded, day_before), ("李敏", TODAY, None)]
    # Whoever was relieved does not come back by an old roster; a name put right on the same day is the same person.
    assert changes(imported("alliances", alliance_row("甲联盟", chairman="张强"))) == (0, 0, 1)
    imported("alliances", alliance_row("甲联盟", chairman="李明"))
    assert terms() == [("张强", founded, day_before), ("李明", TODAY, None)]
    book = exported("alliances", factories.actor(Role.TENANT_ADMIN))
    assert changes(take("alliances", book)[1]) == (0, 0, 1)
