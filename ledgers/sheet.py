"""How an app declares a ledger. Template, import, error list and export all follow from one ``Sheet``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ledgers.cleaning import CellFault
from ledgers.kinds import Kind

Values: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column. ``header`` is the label as offices print it, with its unit in brackets if it has one."""

    key: str
    header: str
    kind: Kind
    required: bool = False
    #: Upper label of a two-row header, e.g. ``"解决成效"`` over ``"发放贷款（万元）"``.
    group: str = ""
    #: Other labels under which offices keep the same column.
    aliases: tuple[str, ...] = ()
    #: Personal data: masked in previews and logs by whoever shows them.
    personal: bool = False
    help: str = ""
    example: str = ""


@dataclass(frozen=True)
class Check:
    """A rule over several columns of one row, tried only when all its columns could be read.

    ``check`` returns ``None`` if the row is in order, else the fault, which is reported in ``columns[0]``.
    """

    columns: tuple[str, ...]
    check: Callable[[Values], CellFault | None]


@dataclass(frozen=True)
class Sheet:
    """One ledger: its columns in the order of the blank form, which is also the order in which rules are tried.

    ``natural_key`` names the columns by which a row is found again when the same file comes a second time. Two rows of
    one file with the same key are a fault of the second, unless ``repeats_allowed``.
    """

    key: str
    title: str
    filename: str
    columns: tuple[Column, ...]
    natural_key: tuple[str, ...]
    repeats_allowed: bool = False
    checks: tuple[Check, ...] = ()
    #: What the clerk should know before filling it in; stands on the template's 填写说明.
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        named = {*self.natural_key, *(key for check in self.checks for key in check.columns)}
        if len(set(keys)) != len(keys):
            raise ValueError(f"{self.key}: a column key is declared twice")
        if not named <= set(keys):
            raise ValueError(f"{self.key}: unknown columns {sorted(named - set(keys))}")

    @property
    def key_headers(self) -> tuple[str, ...]:
        """The headers of the columns by which a row is found again."""
        return tuple(self.column(key).header for key in self.natural_key)

    def column(self, key: str) -> Column:
        """The declared column ``key``; ``KeyError`` if there is none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)


def not_before(later: str, earlier: str, reason: str) -> Check:
    """The date ``later`` may not lie before the date ``earlier``; either may be blank."""

    def check(values: Values) -> CellFault | None:
        first, last = values[earlier], values[later]
        if first is not None and last is not None and last < first:
            return CellFault("order", reason, f"{last} 早于 {first}，请核对两个日期")
        return None

    return Check((later, earlier), check)


def needed_when(needed: str, when: str, equals: Any, reason: str) -> Check:
    """``needed`` may not be blank in a row whose ``when`` has the value ``equals``."""

    def check(values: Values) -> CellFault | None:
        if values[when] == equals and values[needed] is None:
            return CellFault("required", reason, "请补填")
        return None

    return Check((needed, when), check)
