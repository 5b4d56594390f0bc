"""The 2+1+X+N of an alliance as a picture: which boxes stand in which tier (domain.md §2). Plain functions.

2 leading offices over 1 alliance over X enterprise Party organisations, beside them the N departments that build with
it. The same tiers are drawn by the page and by the alliance's paper; how wide a box is, their styles say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Boxes that a tier shows; the rest is a number.
BOXES_MOST = 12


@dataclass(frozen=True)
class Box:
    """One office, alliance, Party organisation or department; `note` stands in small letters below its name."""

    name: str
    note: str = ""


@dataclass(frozen=True)
class Tier:
    """One row of the picture: its sign (2, 1, X, N), what it is for, its boxes, and how many more there are."""

    sign: str
    title: str
    boxes: tuple[Box, ...]
    total: int
    unit: str
    #: What to say where there is nothing to draw.
    empty: str = ""

    @property
    def more(self) -> int:
        return self.total - len(self.boxes)


@dataclass(frozen=True)
class Organisation:
    """Who leads, belongs to and supports an alliance, as far as the books tell."""

    #: 2: the county's office and the committees of the parks in which members stand, each with its secretary.
    offices: tuple[Box, ...]
    alliance: Box
    #: X: the Party organisations of the members, the holder of the term first.
    party_organisations: tuple[Box, ...]
    organised_members: int
    members: int
    #: N: the leading department first, then those that answer for the members' demands.
    departments: tuple[Box, ...]
    #: How many members stand upstream, midstream and downstream, in words.
    streams: tuple[tuple[str, int], ...]


def tiers(organisation: Organisation) -> tuple[Tier, ...]:
    """The picture from top to bottom; every tier stands in it, also one that is still empty."""
    return (
        _tier("2", "组织领导", organisation.offices, "个", "还没有登记领导机构"),
        _tier("1", "牵头实施", (organisation.alliance,), "个", ""),
        _tier("X", "内部联动", organisation.party_organisations, "个企业党组织", "成员企业还没有建立党组织"),
        _tier(
            "N",
            "联建共建",
            organisation.departments,
            "个部门单位",
            "还没有登记牵头部门，也没有部门承办过成员企业的诉求",
        ),
    )


def _tier(sign: str, title: str, boxes: Sequence[Box], unit: str, empty: str) -> Tier:
    return Tier(sign, title, tuple(boxes[:BOXES_MOST]), len(boxes), unit, empty)
