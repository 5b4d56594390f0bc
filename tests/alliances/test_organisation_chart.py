"""The 2+1+X+N as tiers of boxes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alliances.organisation_chart import BOXES_MOST, Box, Organisation, tiers

NAME = "济宁市任城区新一代信息技术产业园智能终端研发制造有限公司党支部"


def organisation(parties: int = 0, offices: int = 1, departments: int = 0) -> Organisation:
    return Organisation(
        offices=tuple(Box(f"办公室{number}") for number in range(offices)),
        alliance=Box("甲联盟", "秘书长 周建国"),
        party_organisations=tuple(Box(NAME, "书记 赵刚") for _ in range(parties)),
        organised_members=parties,
        members=parties,
        departments=tuple(Box(f"部门{number}") for number in range(departments)),
        streams=(),
    )


def test_the_tiers_stand_in_the_order_of_their_name() -> None:
    assert "+".join(tier.sign for tier in tiers(organisation())) == "2+1+X+N"


def test_an_empty_tier_stays_and_says_why() -> None:
    departments = tiers(organisation())[-1]
    assert (departments.boxes, departments.more) == ((), 0)
    assert departments.empty.startswith("还没有登记牵头部门")


@given(st.integers(0, 60), st.integers(1, 4), st.integers(0, 20))
def test_nobody_is_lost_between_boxes_and_the_number_of_the_rest(parties: int, offices: int, departments: int) -> None:
    drawn = tiers(organisation(parties, offices, departments))
    assert [len(tier.boxes) + tier.more for tier in drawn] == [offices, 1, parties, departments]
    assert all(len(tier.boxes) <= BOXES_MOST and tier.more >= 0 for tier in drawn)
