"""The chain map as plain data: which stages have nobody, which depend on one, and where everything is drawn.

Source: domain.md §2: a segment without a local enterprise is a gap (断点 → 补链); one that a single enterprise carries
breaks with it (→ 强链).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

#: From upstream to downstream; what stands nowhere comes last.
STREAMS = ("up", "middle", "down", "")
#: Enterprises drawn below one another before the next column of the same stage begins.
COLUMN = 12
#: Columns that a stage takes at least where columns stand close: its name needs the room.
CLOSE = 3


@dataclass(frozen=True)
class Firm:
    """An enterprise of the chain, as far as the reader may see it."""

    pk: int
    name: str
    segment: str
    scale: str
    #: Names of its alliances in this chain; empty for an enterprise outside them.
    alliances: tuple[str, ...] = ()


@dataclass(frozen=True)
class Supply:
    """What one enterprise delivers to another."""

    pk: int
    supplier: int
    customer: int
    goods: str


@dataclass(frozen=True)
class Stage:
    """A segment and the enterprises in it. `pk` is None for those whose segment the chain does not have."""

    pk: int | None
    name: str
    stream: str
    firms: tuple[Firm, ...]

    @property
    def is_gap(self) -> bool:
        """No local enterprise at all: 补链."""
        return self.pk is not None and not self.firms

    @property
    def is_single(self) -> bool:
        """One local enterprise alone: 强链."""
        return self.pk is not None and len(self.firms) == 1

    @property
    def members(self) -> tuple[Firm, ...]:
        return tuple(firm for firm in self.firms if firm.alliances)


def stages(segments: Iterable[tuple[int, str, str]], firms: Iterable[Firm]) -> list[Stage]:
    """The segments (pk, name, stream) from upstream to downstream, in the given order within a stream, each with its
    enterprises; last, if there are any, the enterprises whose segment the chain does not have."""
    standing: dict[str, list[Firm]] = defaultdict(list)
    for firm in firms:
        standing[firm.segment].append(firm)
    found = [Stage(pk, name, stream, tuple(standing.pop(name, ()))) for pk, name, stream in segments]
    found.sort(key=lambda stage: STREAMS.index(stage.stream))
    strangers = tuple(firm for rest in standing.values() for firm in rest)
    return [*found, Stage(None, "环节未登记", "", strangers)] if strangers else found


@dataclass(frozen=True)
class Spot:
    """Where a node is drawn, in columns along the chain and rows across it."""

    column: int
    row: int


@dataclass(frozen=True)
class Layout:
    """A drawing: places of stages (by position) and enterprises (by id), its size, and the deliveries that show."""

    stages: tuple[Spot, ...]
    firms: dict[int, Spot]
    columns: int
    rows: int
    supplies: tuple[Supply, ...]


def layout(chain: Sequence[Stage], supplies: Iterable[Supply], *, everyone: bool = False) -> Layout:
    """Stages side by side, each over its enterprises: members of alliances and whoever delivers to or buys from
    somebody; with `everyone` all of them, their columns close together."""
    supplies = tuple(supplies)
    linked = {end for supply in supplies for end in (supply.supplier, supply.customer)}
    places: list[Spot] = []
    firms: dict[int, Spot] = {}
    column = 0
    for stage in chain:
        places.append(Spot(column, 0))
        drawn = [firm for firm in stage.firms if everyone or firm.alliances or firm.pk in linked]
        for number, firm in enumerate(drawn):
            firms[firm.pk] = Spot(column + number // COLUMN, number % COLUMN + 1)
        column += max(CLOSE if everyone else 1, -(-len(drawn) // COLUMN))
    rows = max((spot.row for spot in firms.values()), default=0) + 1
    return Layout(tuple(places), firms, column, rows, _visible(supplies, firms.keys()))


def _visible(supplies: Iterable[Supply], drawn: Collection[int]) -> tuple[Supply, ...]:
    return tuple(supply for supply in supplies if supply.supplier in drawn and supply.customer in drawn)
