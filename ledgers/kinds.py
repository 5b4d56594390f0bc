"""The kinds of column a ledger may have: how a cell is read, how a value is written, how Excel shows it."""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar, Protocol, TypeAlias

from ledgers import cleaning
from ledgers.cleaning import NOTHING, Cell, CellFault, clean_name, split_names

Reader: TypeAlias = Callable[[Cell], Any]
#: Options as plain labels, or as Django's ``choices``: pairs of stored code and label.
Options: TypeAlias = Sequence[str] | Sequence[tuple[Any, str]]


class Resolver(Protocol):
    """The caller's knowledge of what exists; the engine itself knows no database."""

    def resolve(self, register: str, names: Collection[str]) -> Mapping[str, Any]:
        """What each name stands for in ``register`` (``"enterprise"``, ``"region"``…); unknown names are left out.

        A name that cannot be taken for another reason stands for the ``CellFault`` that says so. Called once per
        column with all its distinct cleaned names, so one query is enough.
        """
        ...

    def dictionary(self, name: str) -> Options:
        """The current options of the tenant's dictionary ``name``."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What reading one column may depend on besides the cell."""

    header: str
    resolver: Resolver
    #: Every raw cell of the column, so that a lookup can ask for all names at once.
    cells: Sequence[Cell] = ()
    #: 填报日期 of the sheet, if it has one.
    reported_on: datetime.date | None = None
    #: Money unit found in the user's own header, when it differs from the declared one.
    unit: str = ""


class Kind(ABC):
    """One kind of column."""

    #: Excel's number format of the column; ``"@"`` is text.
    number_format: ClassVar[str] = "@"
    #: The value of a cell in which nothing is written.
    blank: ClassVar[Any] = None

    @abstractmethod
    def reader(self, context: Context) -> Reader:
        """A function from a non-empty raw cell to its value; ``None`` if nothing was meant, ``CellFault`` if wrong."""

    def write(self, value: Any) -> Cell:
        """The cell that reads back as ``value``; called for values that are not blank."""
        return str(value)

    def options(self, dictionaries: Mapping[str, Options]) -> list[str]:
        """The labels a drop-down offers; empty where anything may be written."""
        return []

    def instruction(self, dictionaries: Mapping[str, Options]) -> str:
        """How to fill in such a cell, one Chinese phrase for the template."""
        options = self.options(dictionaries)
        return "只能填：" + "、".join(options) if options else ""


def labels(options: Options) -> list[str]:
    """The labels of ``options``, in order."""
    return [option if isinstance(option, str) else str(option[1]) for option in options]


@dataclass(frozen=True)
class Text(Kind):
    """Prose, kept as written but for outer blanks."""

    max_length: int = 2000

    def reader(self, context: Context) -> Reader:
        return partial(_limited, cleaning.clean_text, self.max_length)

    def instruction(self, dictionaries: Mapping[str, Options]) -> str:
        return f"文字，不超过 {self.max_length} 字"


@dataclass(frozen=True)
class Name(Kind):
    """A name: of a person, an organisation, a place, a document number. See ``cleaning.clean_name``."""

    max_length: int = 200

    def reader(self, context: Context) -> Reader:
        return partial(_limited, clean_name, self.max_length)

    def instruction(self, dictionaries: Mapping[str, Options]) -> str:
        return f"文字，不超过 {self.max_length} 字"


def _limited(clean: Callable[[Cell], str | None], max_length: int, raw: Cell) -> str | None:
    text = clean(raw)
    if text is not None and len(text) > max_length:
        raise CellFault("length", f"文字超过{max_length}字", f"请精简到 {max_length} 字以内")
    return text


@dataclass(frozen=True)
class Integer(Kind):
    """A whole number within bounds (both included)."""

    minimum: int | None = 0
    maximum: int | None = 2_000_000_000
    number_format: ClassVar[str] = "0"

    def reader(self, context: Context) -> Reader:
        return partial(_bounded, cleaning.clean_integer, self.minimum, self.maximum)

    def write(self, value: Any) -> Cell:
        return int(value)

    def instruction(self, dictionaries: Mapping[str, Options]) -> str:
        return "整数" + _bounds(self.minimum, self.maximum)


@dataclass(frozen=True)
class Amount(Kind):
    """A decimal number in ``unit`` (``"万元"``, ``"%"``, ``"亩"``) within bounds, with at most ``places`` decimals."""

    unit: str = "万元"
    places: int = 2
    minimum: Decimal | int | None = 0
    maximum: Decimal | int | None = 10**12

    @property
    def number_format(self) -> str:
        """Excel shows as many decimals as there are, up to ``places``."""
        return "General"

    def reader(self, context: Context) -> Reader:
        clean = partial(cleaning.clean_amount, unit=self.unit, places=self.places, written_unit=context.unit)
        return partial(_bounded, clean, self.minimum, self.maximum)

    def write(self, value: Any) -> Cell:
        # Excel keeps 15 digits: a longer number travels as text so that no digit is lost.
        return float(value) if abs(value) < 10 ** (15 - self.places) else f"{value:f}"

    def instruction(self, dictionaries: Mapping[str, Options]) -> str:
        return f"数字，单位{self.unit}" + _bounds(self.minimum, self.maximum)


def _bounded(clean: Callable[[Cell], Any], minimum: Any, maximum: Any, raw: Cell) -> Any:
    value = clean(raw)
    if value is not None and ((minimum is not None and value < minimum) or (maximum is not None and value > maximum)):
        raise CellFault("range", "数值超出范围", "请核对数值" + _bounds(minimum, maximum))
    return value


def _bounds(minimum: Any, maximum: Any) -> str:
    low = "" if minimum is None else f"，不小于 {minimum}"
    return low if maximum is None else f"{low}，不大于 {maximum}"


@dataclass(frozen=True)
class Date(Kind):
    """A calendar day; with ``reported`` it may not lie after the sheet's 填报日期."""

    reported: bool = False
    number_format: ClassVar[str] = "yyyy-mm-dd"

    def reader(self, context: Context) -> Reader:
        return partial(_reported, context.reported_on if self.reported else None)

    def write(self, value: Any) -> Cell:
        return value

    def instruction(self, dictionaries: Mapping[str, Options]) -> str:
        return "写明年、月、日，例如 2026-03-05" + ("；不晚于填报日期" if self.reported else "")


def _reported(reported_on: datetime.date | None, raw: Cell) -> datetime.date | None:
    value = cleaning.clean_date(raw)
    if value is not None and reported_on is not None and value > reported_on:
        raise CellFault("late", "日期晚于填报日期", f"填报日期是 {reported_on}，请核对这个日期")
    return value


@dataclass(frozen=True)
class Bool(Kind):
    """Yes or no, written with the sheet's own two words."""

    yes: str = "是"
    no: str = "否"

    def reader(self, context: Context) -> Reader:
        return partial(cleaning.clean_bool, yes=self.yes, no=self.no)

    def write(self, value: Any) -> Cell:
        return self.yes if value else self.no

    def options(self, dictionaries: Mapping[str, Options]) -> list[str]:
        return [self.yes, self.no]


@dataclass(frozen=True)
class Choice(Kind):
    """One of a fixed list (``choices``) or of a tenant's dictionary (``dictionary``); the value is the stored code.

    ``synonyms`` maps what clerks also write to the label meant. ``missing`` is the reason given for anything else.
    """

    choices: Options = ()
    dictionary: str = ""
    synonyms: Mapping[str, str] = field(default_factory=dict, hash=False)
    missing: str = ""

    def reader(self, context: Context) -> Reader:
        options = context.resolver.dictionary(self.dictionary) if self.dictionary else self.choices
        codes = {clean_name(label): code for code, label in map(_pair, options)}
        codes |= {clean_name(written): codes[clean_name(label)] for written, label in self.synonyms.items()}
        reason = self.missing or f"{context.header}不在字典"
        advice = "只能填：" + "、".join(labels(options))

        def read(raw: Cell) -> str | None:
            name = clean_name(raw)
            if name is None:
                return None
            try:
                return codes[name]
            except KeyError:
                raise CellFault("choice", reason, advice) from None

        return read

    def write(self, value: Any) -> Cell:
        return next((label for code, label in map(_pair, self.choices) if code == value), str(value))

    def options(self, dictionaries: Mapping[str, Options]) -> list[str]:
        return labels(dictionaries.get(self.dictionary, ()) if self.dictionary else self.choices)


def _pair(option: str | tuple[str, str]) -> tuple[str, str]:
    return (option, option) if isinstance(option, str) else (option[0], str(option[1]))


@dataclass(frozen=True)
class MultiText(Kind):
    """Several names in one cell, separated by 、，,;； or a line break; the value is a tuple."""

    blank: ClassVar[Any] = ()

    def reader(self, context: Context) -> Reader:
        return split_names

    def write(self, value: Any) -> Cell:
        return "、".join(value)

    def instruction(self, dictionaries: Mapping[str, Options]) -> str:
        return "可填多个，用顿号（、）分开"


@dataclass(frozen=True)
class CreditCode(Kind):
    """统一社会信用代码 (GB 32100-2015)."""

    def reader(self, context: Context) -> Reader:
        return cleaning.clean_credit_code

    def instruction(self, dictionaries: Mapping[str, Options]) -> str:
        return "18 位统一社会信用代码，以营业执照为准"


@dataclass(frozen=True)
class Phone(Kind):
    """A telephone number."""

    def reader(self, context: Context) -> Reader:
        return cleaning.clean_phone

    def instruction(self, dictionaries: Mapping[str, Options]) -> str:
        return "11 位手机号，或带区号的座机号"


@dataclass(frozen=True)
class Lookup(Kind):
    """A name that must stand in a register; the value is whatever the resolver says it stands for.

    ``missing`` is the reason for a name the register does not have (``"企业不在名册"``).
    """

    registry: str
    missing: str

    def reader(self, context: Context) -> Reader:
        names = {name for name in map(clean_name, _texts(context.cells)) if name}
        found = context.resolver.resolve(self.registry, names)

        def read(raw: Cell) -> Any:
            name = clean_name(raw)
            if name is None or name in NOTHING:
                return None
            return _known(found, name, self)

        return read

    def instruction(self, dictionaries: Mapping[str, Options]) -> str:
        return "填写已登记的名称，写法须一致"


@dataclass(frozen=True)
class MultiLookup(Kind):
    """Several names that must all stand in a register; the value is a tuple of what they stand for."""

    registry: str
    missing: str
    blank: ClassVar[Any] = ()

    def reader(self, context: Context) -> Reader:
        names = {name for raw in _texts(context.cells) for name in split_names(raw)}
        found = context.resolver.resolve(self.registry, names)

        def read(raw: Cell) -> tuple[Any, ...]:
            written = split_names(raw)
            unknown = [name for name in written if name not in found]
            if unknown:
                raise CellFault("lookup", self.missing, _advice("、".join(unknown)))
            return tuple(_known(found, name, self) for name in written)

        return read

    def write(self, value: Any) -> Cell:
        return "、".join(map(str, value))

    def instruction(self, dictionaries: Mapping[str, Options]) -> str:
        return "填写已登记的名称，可填多个，用顿号（、）分开"


def _texts(cells: Sequence[Cell]) -> set[str]:
    return {cell if isinstance(cell, str) else cleaning.plain(cell) for cell in set(cells)}


def _known(found: Mapping[str, Any], name: str, kind: Lookup | MultiLookup) -> Any:
    if name not in found:
        raise CellFault("lookup", kind.missing, _advice(name))
    if isinstance(found[name], CellFault):
        raise found[name]
    return found[name]


def _advice(name: str) -> str:
    return f"没有找到“{name}”，请核对名称，或先把它登记进来"
