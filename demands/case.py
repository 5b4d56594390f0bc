"""A demand as its course sees it (`demands.course`), and what somebody says with an act. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from .clocks import Complexity, Deadline, Step
from .workflow import Extension, Need, State

#: Results that a unit may answer with. 列入计划 is said by shelving with its date, 企业撤回 by the enterprise.
ANSWERS: Final = ("solved", "partly", "explained", "referred")
#: With these the clock of 办结 runs on: what is solved in part is still to be solved.
RUNS_ON: Final = frozenset({"partly"})
PLANNED, WITHDRAWN = "planned", "withdrawn"
#: 非常满意, 满意, 基本满意: at least this; below it somebody calls back.
CONTENT_FROM = 3
#: Belongs to one unit: another unit's act does not end it.
OF_A_UNIT = frozenset({Step.SIGN, Step.ASSIST})


@dataclass(frozen=True)
class Case:
    """A demand as its course sees it. Units are ids."""

    state: State = State.DRAFT
    result: str = ""
    complexity: Complexity | None = None
    lead: int | None = None
    sharing: frozenset[int] = frozenset()
    assisting: frozenset[int] = frozenset()
    deadlines: tuple[Deadline, ...] = ()
    extension: Extension = Extension.NONE
    #: The day asked for.
    extension_to: date | None = None
    #: The unit in charge has objected to this assignment already.
    has_objected: bool = False
    is_second: bool = False
    is_supervised: bool = False

    @property
    def units(self) -> frozenset[int]:
        """All units it was handed to."""
        return self.sharing | self.assisting | ({self.lead} if self.lead is not None else set())

    def open(self, step: Step) -> Deadline | None:
        """The open deadline of a step, running or standing still."""
        return next((each for each in self.deadlines if each.step is step and each.is_open), None)

    @property
    def resolve(self) -> Deadline | None:
        """The deadline of 办结, open or ended; None before 受理."""
        return next((each for each in self.deadlines if each.step is Step.RESOLVE), None)


@dataclass(frozen=True)
class Given:
    """What somebody said with an action, as far as it decides the course."""

    #: The unit for which he acts.
    unit: int | None = None
    lead: int | None = None
    sharing: frozenset[int] = field(default_factory=frozenset)
    assisting: frozenset[int] = field(default_factory=frozenset)
    complexity: Complexity | None = None
    new_due_on: date | None = None
    promised_on: date | None = None
    result: str = ""
    rating: int | None = None
    again: bool = False
    into: Case | None = None


class RefusedError(Exception):
    """An action that the course does not allow now. `words` tell why and what to do; `need` names the input."""

    def __init__(self, words: str, need: Need | None = None) -> None:
        super().__init__(words)
        self.words, self.need = words, need
