"""What the one-page profile of an alliance says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from alliances.chain_map import Stage, Supply
from alliances.models import Alliance
from alliances.organisation_chart import Tier


@dataclass(frozen=True)
class Profile:
    """One alliance as one reader sees it on one day."""

    alliance: Alliance
    #: (label, words), two side by side.
    facts: Sequence[tuple[str, str]]
    tiers: Sequence[Tier]
    #: The whole chain of the alliance, its deliveries, and the ids of the alliance's members in it.
    chain: Sequence[Stage]
    supplies: Sequence[Supply]
    members: Collection[int]
    #: Whether the reader sees the enterprises outside the alliance too: only then is a gap a gap.
    sees_chain: bool
