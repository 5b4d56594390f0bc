"""The course of a typical case (domain.md §5): submitted, reviewed by county and city, compiled. No clock, no database.

docs/adr/0053 says why two levels, and when the first is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    FORWARDED = "forwarded"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    COMPILED = "compiled"


class Action(StrEnum):
    """What somebody does with a case."""

    WRITE = "write"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    FORWARD = "forward"
    ACCEPT = "accept"
    RETURN = "return"
    COMPILE = "compile"


class Level(StrEnum):
    """Whose review it is."""

    COUNTY = "county"
    CITY = "city"


#: The text is its writers' only here; nobody changes it under a reviewer's eyes.
WRITABLE = frozenset({State.DRAFT, State.RETURNED})
#: What all members of the alliance may read.
PUBLISHED = frozenset({State.ACCEPTED, State.COMPILED})
#: Who reviews a case in each state.
REVIEWED_BY: Mapping[State, Level] = {State.SUBMITTED: Level.COUNTY, State.FORWARDED: Level.CITY}
#: What the writers' side does.
OWN = frozenset({Action.WRITE, Action.SUBMIT, Action.TAKE_BACK})
_REVIEWS: Mapping[tuple[State, Action], tuple[Level, State]] = {
    (State.SUBMITTED, Action.FORWARD): (Level.COUNTY, State.FORWARDED),
    (State.SUBMITTED, Action.RETURN): (Level.COUNTY, State.RETURNED),
    (State.FORWARDED, Action.ACCEPT): (Level.CITY, State.ACCEPTED),
    (State.FORWARDED, Action.RETURN): (Level.CITY, State.RETURNED),
    # A fault found later: what was issued stays as it is, the case is revised.
    (State.ACCEPTED, Action.RETURN): (Level.CITY, State.RETURNED),
    (State.COMPILED, Action.RETURN): (Level.CITY, State.RETURNED),
    (State.ACCEPTED, Action.COMPILE): (Level.CITY, State.COMPILED),
    (State.COMPILED, Action.COMPILE): (Level.CITY, State.COMPILED),
}


def after_writing(state: State, action: Action, *, county_reviews: bool) -> State | None:
    """Where an act of the writers' side leads; None when it is not possible now.

    `county_reviews`: whether the alliance's county has somebody who may review it. Without, the city does at once.
    """
    if action == Action.WRITE and state in WRITABLE:
        return state
    if action == Action.SUBMIT and state in WRITABLE:
        return State.SUBMITTED if county_reviews else State.FORWARDED
    if action == Action.TAKE_BACK and state in REVIEWED_BY:
        return State.DRAFT
    return None


def after_review(state: State, action: Action, *, level: Level, is_writer: bool) -> State | None:
    """Where a reviewer's act leads; None when it is not his. Nobody reviews what he wrote or submitted himself; to
    compile is no review."""
    needed, leads_to = _REVIEWS.get((state, action), (None, None))
    if needed != level or (is_writer and action != Action.COMPILE):
        return None
    return leads_to


def approval(state: State) -> Action | None:
    """The act by which a reviewer agrees in this state."""
    return {State.SUBMITTED: Action.FORWARD, State.FORWARDED: Action.ACCEPT}.get(state)
