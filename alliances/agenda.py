"""What an agenda can be filled from. Apps of upper floors register their sources as they do tabs (docs/adr/0030).

A filled topic is read by everybody who sees the alliance, so proposals name no enterprise and no person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .models import Meeting


@dataclass(frozen=True)
class Proposal:
    """A topic to be put on an agenda. `key` names what it is about: filled in twice, it stays one topic."""

    key: str
    title: str
    note: str = ""


@dataclass(frozen=True)
class Source:
    """Where topics come from, in words ("超期诉求"), and how those of one meeting are found on a day."""

    position: int
    label: str
    collect: Callable[[Meeting, date], list[Proposal]]


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Make a source known."""
    _sources[source.label] = source


def proposals(meeting: Meeting, today: date) -> list[tuple[str, Proposal]]:
    """What all sources propose for a meeting: (label of the source, topic)."""
    ordered = sorted(_sources.values(), key=lambda source: source.position)
    return [(source.label, each) for source in ordered for each in source.collect(meeting, today)]
