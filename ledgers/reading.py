"""A ledger file in, rows and faults out: the one way every import, dry run and error list reads a file.

The work goes column by column: each distinct cell text is understood once, each register is asked once per column.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ledgers.archive import Limits, column_letters, column_number
from ledgers.cleaning import Cell, CellFault, plain
from ledgers.headers import Header, Place, UnknownColumn, choose_sheet, find_reported_on
from ledgers.kinds import Amount, Context, Date, Reader, Resolver
from ledgers.opening import RawSheet, open_ledger
from ledgers.refusal import LedgerRefused
from ledgers.sheet import Column, Sheet

#: How many accepted rows a reading shows as they stand in the file.
SAMPLE_ROWS = 10


@dataclass(slots=True)
class Row:
    """An accepted row. ``number`` is the row as Excel shows it; ``values`` has every declared key."""

    number: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CellError:
    """One fault: where (as Excel shows it), what kind, why, what was written, and what to write instead."""

    row: int
    column_header: str
    column_letter: str
    kind: str
    reason: str
    value: str
    advice: str = ""


@dataclass(slots=True)
class Reading:
    """All that was found in one file: ``rows`` have no fault, ``errors`` come in the order of rows, then of rules."""

    sheet_name: str
    rows: list[Row]
    errors: list[CellError]
    unknown_columns: tuple[UnknownColumn, ...]
    #: Declared columns the file does not have: their keys are ``None`` in every row and mean "not reported".
    absent_columns: tuple[str, ...]
    #: Numbers of rows that hold no data: totals, notes, repeated headers, blank rows.
    skipped_rows: list[int]
    reported_on: datetime.date | None
    #: Rows that hold data, accepted or not.
    total: int
    #: Sentences the clerk should read although nothing is wrong.
    notices: list[str] = field(default_factory=list)
    #: The first accepted rows as they stand in the file: number, then the text of each declared column.
    sample: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    #: The (lower) header row as Excel shows it.
    header_row: int = 0

    @property
    def rejected(self) -> list[tuple[int, str]]:
        """Each rejected row once, with its first fault in the order the sheet declares its rules."""
        first: dict[int, str] = {}
        for error in self.errors:
            first.setdefault(error.row, error.reason)
        return sorted(first.items())


Progress = Callable[[int, int], None]


def read(
    source: Path | bytes,
    sheet: Sheet,
    resolver: Resolver,
    *,
    reported_on: datetime.date | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read ``source`` as the ledger ``sheet``.

    ``reported_on`` is used when the file names no 填报日期. ``progress(done, of)`` is called after each column and may
    raise to cancel. Raises ``LedgerRefused`` if the file as a whole cannot be taken; faults of cells are in the result.
    """
    raw, header, rivals = choose_sheet(open_ledger(source, limits).sheets, sheet)
    numbers, skipped = _data_rows(raw, header, sheet)
    _refuse_unseen(raw, header, set(numbers))
    reported_on = (
        find_reported_on(raw.rows[: header.first_row])
        or find_reported_on(raw.rows[number] for number in skipped[-10:])
        or reported_on
    )
    _fill_merges(raw, header)
    cells = [raw.rows[number] for number in numbers]
    by_column = list(zip(*cells, strict=True))
    table = _Table(numbers)
    for done, column in enumerate(sheet.columns):
        place = header.places.get(column.key)
        if place is None:
            table.values[column.key] = [column.kind.blank] * len(cells)
        else:
            raws = _shown(by_column[place.index] if cells else (), raw, place, column, numbers)
            table.add(column, Context(column.header, resolver, raws, reported_on, place.unit))
        if progress is not None:
            progress(done + 1, len(sheet.columns))
    rows, errors = _assemble(table, sheet, header, cells)
    return Reading(
        sheet_name=raw.name,
        rows=rows,
        errors=errors,
        unknown_columns=_unknown_with_data(header, cells),
        absent_columns=tuple(column.key for column in sheet.columns if column.key not in header.places),
        skipped_rows=[number + 1 for number in skipped],
        reported_on=reported_on,
        total=len(numbers),
        notices=_notices(sheet, raw, rivals, reported_on),
        header_row=header.data_row,
        sample=_sample(raw, header, rows),
    )


def _sample(raw: RawSheet, header: Header, rows: Sequence[Row]) -> list[tuple[int, dict[str, str]]]:
    return [
        (row.number, {key: plain(raw.rows[row.number - 1][place.index]) for key, place in header.places.items()})
        for row in rows[:SAMPLE_ROWS]
    ]


_TOTALS = re.compile(r".{0,8}(?:合计|总计|小计|共计|累计)[:：]?")
_NOTES = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明|填表人|填报人|制表人|制表|经办人|审核人|负责人|单位负责人|填报单位|联系人|联系电话|填报日期|填表日期)"
    r"\s*[\d一二三四五]?\s*[:：.、]|[※*]?注[:：]?$"
)


def _data_rows(raw: RawSheet, header: Header, sheet: Sheet) -> tuple[list[int], list[int]]:
    """Indices of the rows with data, and of those without: blank or only numbered, totals, notes, repeated headers."""
    places = [header.places[column.key] for column in sheet.columns if column.key in header.places]
    required = {column.key for column in sheet.columns if column.required}
    # The columns that are most likely filled come first: the search for a written cell then ends at once.
    used = [place.index for key, place in header.places.items() if key in required]
    used += [place.index for place in places if place.index not in used]
    heads = sorted({0, *header.ignored})
    labels = raw.rows[header.first_row]
    data, skipped = [], []
    for number in range(header.data_row, len(raw.rows)):
        cells = raw.rows[number]
        for index in used:
            cell = cells[index]
            if cell != "" and (not isinstance(cell, str) or not cell.isspace()):
                break
        else:
            skipped.append(number)
            continue
        for index in heads:  # where only a number stands, there is no remark
            if cells[index].__class__ is str and (_is_remark(cells, header) or cells == labels):
                skipped.append(number)
                break
        else:
            data.append(number)
    return data, skipped


def _unknown_indices(header: Header) -> list[int]:
    return [column_number(column.letter) for column in header.unknown]


def _is_remark(cells: Sequence[Cell], header: Header) -> bool:
    """Whether the first thing written in a row, or what stands for its 序号, marks it as a total or a note."""
    first = next((cell for cell in cells if not isinstance(cell, str) or cell.strip()), "")
    texts = [
        "".join(cell.split()) for cell in (first, *(cells[index] for index in header.ignored)) if isinstance(cell, str)
    ]
    return any(_TOTALS.fullmatch(text) or _NOTES.match(text) for text in texts)


def _refuse_unseen(raw: RawSheet, header: Header, numbers: set[int]) -> None:
    """Refuse formulas and error values in cells that would be read: their values cannot be trusted or are not there."""
    used = {place.index for place in header.places.values()}
    for marked, code, what in (
        (raw.marks.formulas, "formula", "公式"),
        (raw.marks.errors, "error_value", "错误值（如 #N/A）"),
    ):
        cells = sorted((row, column) for row, column in marked if row in numbers and column in used)
        if cells:
            named = "、".join(f"{column_letters(column)}{row + 1}" for row, column in cells[:5])
            more = f"等 {len(cells)} 个单元格" if len(cells) > 5 else ""
            raise LedgerRefused(
                code, f"工作表“{raw.name}”的 {named} {more}是{what}，请选中整表复制、“选择性粘贴—数值”，核对后重新上传"
            )


def _fill_merges(raw: RawSheet, header: Header) -> None:
    """Give every row of a vertical merge the value written in its first row; nothing outside merges is filled."""
    filled_to: dict[int, int] = defaultdict(int)
    used = {place.index for place in header.places.values()}
    for (top, left), (bottom, _) in sorted(raw.merges):
        if left in used and top >= header.data_row and top < len(raw.rows):
            value = raw.rows[top][left]
            end = min(bottom + 1, len(raw.rows))
            for number in range(max(top + 1, filled_to[left]), end):
                raw.rows[number][left] = value
            filled_to[left] = max(filled_to[left], end)


def _shown(raws: Sequence[Cell], raw: RawSheet, place: Place, column: Column, numbers: Sequence[int]) -> Sequence[Cell]:
    """The cells of one column as the clerk sees them: TRUE as a word, 0.052 formatted as per cent as 5.2."""
    if bool in set(map(type, raws)):  # True equals 1 and would share its cached value
        raws = [plain(cell) if cell.__class__ is bool else cell for cell in raws]
    if raw.marks.percents and isinstance(column.kind, Amount) and column.kind.unit == "%":
        return [
            round(cell * 100, 10)
            if isinstance(cell, (int, float)) and (number, place.index) in raw.marks.percents
            else cell
            for cell, number in zip(raws, numbers, strict=True)
        ]
    return raws


class _Cache(dict[Cell, Any]):
    """Raw cell → value, or the ``CellFault`` it met; each distinct cell of a column is read once."""

    def __init__(self, parse: Reader, blank: Any) -> None:
        self._parse = parse
        self._blank = blank
        self.has_blank = self.has_fault = False

    def __missing__(self, raw: Cell) -> Any:
        value = None
        if raw is not None and raw != "":
            try:
                value = self._parse(raw)
            except CellFault as fault:
                self.has_fault = True
                value = fault
        if value is None or value == self._blank:
            self.has_blank = True
            value = self._blank
        self[raw] = value
        return value


@dataclass(slots=True)
class _Table:
    """The values read so far, column by column, and the faults met, by position of the row."""

    numbers: list[int]
    values: dict[str, list[Any]] = field(default_factory=dict)
    faults: dict[int, list[tuple[Column, CellFault]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, column: Column, context: Context) -> None:
        blank = column.kind.blank
        cache = _Cache(column.kind.reader(context), blank)
        values = list(map(cache.__getitem__, context.cells))
        if cache.has_fault:
            for position, value in enumerate(values):
                if value.__class__ is CellFault:
                    self.faults[position].append((column, value))
        if column.required and cache.has_blank:
            fault = CellFault("required", f"缺少必填项：{column.header}", "请补填")
            for position, value in enumerate(values):
                if value is blank:
                    self.faults[position].append((column, fault))
        self.values[column.key] = values


def _assemble(
    table: _Table, sheet: Sheet, header: Header, cells: Sequence[Sequence[Cell]]
) -> tuple[list[Row], list[CellError]]:
    """Apply the rules over several columns and rows, and part the rows into accepted and faulty ones."""
    if not sheet.repeats_allowed:
        _refuse_repeats(table, sheet)
    keys = tuple(table.values)
    rows = [
        Row(number + 1, dict(zip(keys, values, strict=True)))
        for number, values in zip(table.numbers, zip(*table.values.values(), strict=True), strict=True)
    ]
    for check in sheet.checks:
        for position, row in enumerate(rows):
            if position in table.faults and not _readable(row, check.columns):
                continue
            fault = check.check(row.values)
            if fault is not None:
                table.faults[position].append((sheet.column(check.columns[0]), fault))
    errors = [
        _error(rows[position].number, column, fault, header, cells[position])
        for position, faults in sorted(table.faults.items())
        for column, fault in faults
    ]
    accepted = [row for position, row in enumerate(rows) if position not in table.faults] if errors else rows
    return accepted, errors


def _readable(row: Row, keys: Sequence[str]) -> bool:
    return not any(isinstance(row.values[key], CellFault) for key in keys)


def _refuse_repeats(table: _Table, sheet: Sheet) -> None:
    """Note a fault of each row whose natural key came before."""
    first: dict[Any, int] = {}
    columns = [table.values[key] for key in sheet.natural_key]
    headers = "、".join(sheet.column(key).header for key in sheet.natural_key)
    for position, key in enumerate(zip(*columns, strict=True)):
        if first.setdefault(key, position) == position:
            continue
        if any(part is None or part.__class__ is CellFault for part in key):
            continue
        fault = CellFault(
            "repeated", f"重复：{headers}已出现", f"与第{table.numbers[first[key]] + 1}行重复，请删去一行或改正"
        )
        table.faults[position].append((sheet.column(sheet.natural_key[0]), fault))


def _error(number: int, column: Column, fault: CellFault, header: Header, cells: Sequence[Cell]) -> CellError:
    place = header.places.get(column.key)
    if place is None:
        return CellError(number, column.header, "", fault.kind, fault.reason, "", fault.advice)
    value = plain(cells[place.index])
    return CellError(
        number, place.header, column_letters(place.index), fault.kind, fault.reason, value[:200], fault.advice
    )


def _unknown_with_data(header: Header, cells: Sequence[Sequence[Cell]]) -> tuple[UnknownColumn, ...]:
    """Columns under an unknown label, and those without label in which something stands."""
    return tuple(
        column
        for index, column in zip(_unknown_indices(header), header.unknown, strict=True)
        if column.header or any(row[index] != "" for row in cells)
    )


def _notices(sheet: Sheet, raw: RawSheet, rivals: Sequence[str], reported_on: datetime.date | None) -> list[str]:
    notices = []
    if rivals:
        others = "、".join(f"“{name}”" for name in rivals)
        notices.append(f"只读取了工作表“{raw.name}”；工作表{others}也像《{sheet.title}》，需要时请另存后单独导入")
    dates = [column.header for column in sheet.columns if isinstance(column.kind, Date) and column.kind.reported]
    if reported_on is None and dates:
        notices.append(f"没有找到填报日期，未检查{'、'.join(dates)}是否晚于填报日期")
    return notices
