"""The chain map: gaps, single points, and a drawing in which nothing is lost or covered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alliances.chain_map import COLUMN, STREAMS, Firm, Stage, Supply, layout, stages

NAMES = ["原料煤", "煤焦化", "燃料化工", "精细化工", "销售"]
SEGMENTS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(STREAMS[:3])), unique_by=lambda each: each[0]
).map(lambda found: [(number, *each) for number, each in enumerate(found, 1)])
FIRMS = st.lists(st.tuples(st.sampled_from([*NAMES, "", "物流"]), st.booleans()), max_size=60).map(
    lambda found: [
        Firm(pk, f"企业{pk}", segment, "small", ("某联盟",) if is_member else ())
        for pk, (segment, is_member) in enumerate(found, 1)
    ]
)


def _supplies(firms: list[Firm]) -> st.SearchStrategy[list[Supply]]:
    if len(firms) < 2:
        return st.just([])
    ends = st.integers(1, len(firms))
    pairs = st.lists(st.tuples(ends, ends).filter(lambda pair: pair[0] != pair[1]), max_size=20)
    return pairs.map(lambda found: [Supply(pk, *pair, "货物") for pk, pair in enumerate(found, 1)])


CHAINS = st.tuples(SEGMENTS, FIRMS).flatmap(
    lambda both: st.tuples(st.just(both[0]), st.just(both[1]), _supplies(both[1]))
)


def _named(name: str, chain: list[Stage]) -> Stage:
    return next(stage for stage in chain if stage.name == name)


def test_segment_without_an_enterprise_is_a_gap_and_one_with_a_single_enterprise_is_a_single_point() -> None:
    firms = [Firm(1, "甲", "煤焦化", "leader"), Firm(2, "乙", "燃料化工", "small"), Firm(3, "丙", "燃料化工", "small")]
    chain = stages([(1, "燃料化工", "middle"), (2, "原料煤", "up"), (3, "煤焦化", "up")], firms)
    assert [stage.name for stage in chain] == ["原料煤", "煤焦化", "燃料化工"]
    assert [(stage.is_gap, stage.is_single) for stage in chain] == [(True, False), (False, True), (False, False)]


def test_enterprises_of_an_unknown_segment_stand_at_the_end_and_are_neither_gap_nor_single_point() -> None:
    chain = stages([(1, "原料煤", "up")], [Firm(1, "甲", "物流", "small")])
    assert chain[-1].name == "环节未登记"
    assert not chain[-1].is_gap
    assert not chain[-1].is_single


def test_who_is_in_no_alliance_is_drawn_only_when_asked_for_or_linked() -> None:
    firms = [
        Firm(1, "甲", "原料煤", "small", ("某联盟",)),
        Firm(2, "乙", "原料煤", "small"),
        Firm(3, "丙", "原料煤", "small"),
    ]
    chain = stages([(1, "原料煤", "up")], firms)
    assert layout(chain, []).firms.keys() == {1}
    assert layout(chain, [Supply(1, 2, 1, "煤")]).firms.keys() == {1, 2}
    assert layout(chain, [], everyone=True).firms.keys() == {1, 2, 3}


@given(CHAINS, st.booleans())
def test_everybody_stands_once_in_the_order_of_the_chain(
    chain: tuple[list[tuple[int, str, str]], list[Firm], list[Supply]], everyone: bool
) -> None:
    segments, firms, supplies = chain
    found = stages(segments, firms)
    assert sorted(firm.pk for stage in found for firm in stage.firms) == [firm.pk for firm in firms]
    assert {stage.pk for stage in found if stage.pk} == {pk for pk, _, _ in segments}
    streams = [STREAMS.index(stage.stream) for stage in found]
    assert streams == sorted(streams)
    drawn = layout(found, supplies, everyone=everyone)
    spots = [*drawn.stages, *drawn.firms.values()]
    assert len(spots) == len(set(spots))
    assert all(0 <= spot.column < drawn.columns and 0 <= spot.row < drawn.rows <= COLUMN + 1 for spot in spots)
    # Each enterprise is drawn between its own stage and the next.
    starts = [spot.column for spot in drawn.stages] + [drawn.columns]
    for number, stage in enumerate(found):
        for firm in stage.firms:
            if firm.pk in drawn.firms:
                assert starts[number] <= drawn.firms[firm.pk].column < starts[number + 1]
    # A delivery is drawn between two enterprises that are.
    assert drawn.supplies == tuple(supplies)
