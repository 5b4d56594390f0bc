"""Finding a ledger's header among title rows, whatever order, brackets or line breaks the clerk used."""

import datetime
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledgers.archive import column_letters
from ledgers.cleaning import MONEY_UNITS, Cell, CellFault, clean_date, plain
from ledgers.opening import Merge, RawSheet
from ledgers.refusal import LedgerRefused
from ledgers.sheet import Column, Sheet

#: Columns every ledger may have and no app declares: numbering, and the reasons our own error workbook adds.
SERIAL = "序号"
REASONS = "错误原因"
_IGNORED = frozenset({SERIAL, "编号", "序", "no", REASONS})

_SEARCHED_ROWS = 30
_DECORATION = re.compile(r"[\s*_\-—–/:：.。|\\\u200b-\u200f\ufeff]+")
_UNIT = re.compile(r"\((?:单位)?(元|万元|亿元|%|人|亩|家|个|名|次)\)$")
_REPORTED = re.compile(r"(?:填报|填表|报送|上报|制表|统计)(?:日期|时间)|截至(?:日期|时间)?|截止(?:日期|时间)?")


@dataclass(frozen=True, slots=True)
class UnknownColumn:
    """A column of the file that the ledger does not have; ``header`` is ``""`` where data stands under no label."""

    letter: str
    header: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a declared column stands: its index, its label as the clerk wrote it, and a money unit that differs."""

    index: int
    header: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The header found in one worksheet."""

    first_row: int
    #: Index of the first row below the header.
    data_row: int
    places: dict[str, Place]
    unknown: tuple[UnknownColumn, ...]
    #: Index of the 序号 column and of other ignored ones.
    ignored: tuple[int, ...]
    twice: tuple[str, ...]


def normalise(label: Cell) -> str:
    """A header label without what does not distinguish it: width, blanks, line breaks, stars, dashes, case."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", plain(label))).lower()


class _Labels:
    """All spellings under which the columns of one sheet are recognised."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._exact: dict[str, list[Column]] = {}
        self._without_unit: dict[str, list[tuple[Column, str]]] = {}
        for column in columns:
            for label in {column.header, *column.aliases}:
                names = {normalise(label)} | ({normalise(column.group + label)} if column.group else set())
                for name in names:
                    self._exact.setdefault(name, []).append(column)
                    unit = _UNIT.search(name)
                    bare = _UNIT.sub("", name)
                    self._without_unit.setdefault(bare, []).append((column, unit[1] if unit else ""))

    def find(self, name: str) -> tuple[Column, str] | None:
        """The column meant by a normalised label, with the money unit written there if it is another one."""
        exact = self._exact.get(name, [])
        if len(exact) == 1:
            return exact[0], ""
        unit = _UNIT.search(name)
        written = unit[1] if unit else ""
        candidates = [] if exact else self._without_unit.get(_UNIT.sub("", name), [])
        if len({column.key for column, _ in candidates}) != 1:
            return None
        column, declared = candidates[0]
        if written in ("", declared):
            return column, ""
        return (column, written) if written in MONEY_UNITS and declared in MONEY_UNITS else None


def find_header(raw: RawSheet, sheet: Sheet) -> Header | None:
    """The one- or two-row header that names the most declared columns, or ``None`` if no row looks like one."""
    labels = _Labels(sheet.columns)
    enough = max(2, sum(column.required for column in sheet.columns) // 2)
    best: Header | None = None
    for index in range(min(_SEARCHED_ROWS, len(raw.rows))):
        if best is not None and len(best.places) >= enough and index > best.first_row + 2:
            break
        if sum(1 for cell in raw.rows[index] if isinstance(cell, str) and cell.strip()) < 2:
            continue
        for height in (1, 2):
            if index + height > len(raw.rows):
                continue
            header = _read_header(raw, index, height, labels)
            # On a tie the lower header wins: a title row above a one-row header is no upper header.
            if best is None or (len(header.places), -height) > (len(best.places), best.first_row - best.data_row):
                best = header
    return best if best is not None and len(best.places) >= enough else None


def _read_header(raw: RawSheet, index: int, height: int, labels: _Labels) -> Header:
    below = raw.rows[index + 1] if height == 2 else [""] * len(raw.rows[index])
    above = _filled_rightwards(raw.rows[index], below, raw.merges, index) if height == 2 else raw.rows[index]
    places: dict[str, Place] = {}
    unknown, ignored, twice = [], [], []
    for column_index, (upper, lower) in enumerate(zip(above, below, strict=True)):
        upper_text, lower_text = plain(upper).strip(), plain(lower).strip()
        header = lower_text or upper_text
        name = normalise(header)
        found = (lower_text and upper_text and labels.find(normalise(upper_text + lower_text))) or labels.find(name)
        if found:
            column, unit = found
            if column.key in places:
                twice.append(column.header)
            places.setdefault(column.key, Place(column_index, header, unit))
        elif name in _IGNORED:
            ignored.append(column_index)
        else:
            unknown.append(UnknownColumn(column_letters(column_index), " ".join(header.split())))
    return Header(index, index + height, places, tuple(unknown), tuple(ignored), tuple(twice))


def _filled_rightwards(cells: Sequence[Cell], below: Sequence[Cell], merges: Iterable[Merge], row: int) -> list[Cell]:
    """The upper header row with each group's label over all its columns, merged or merely left blank."""
    filled = list(cells)
    merged: set[int] = set()
    for (top, left), (bottom, right) in merges:
        if top == bottom == row:
            filled[left : right + 1] = [cells[left]] * (right + 1 - left)
            merged.update(range(left, right + 1))
    for index in range(1, len(filled)):
        is_free = index not in merged and (index - 1) not in merged
        is_grouped = plain(below[index]).strip() and plain(below[index - 1]).strip()
        if is_free and is_grouped and not plain(filled[index]).strip():
            filled[index] = filled[index - 1]
    return filled


def choose_sheet(sheets: Sequence[RawSheet], sheet: Sheet) -> tuple[RawSheet, Header, list[str]]:
    """The worksheet that fits ``sheet`` best, its header, and the names of others that would fit too.

    Raises ``LedgerRefused`` when none fits, when a required column is missing or a column stands there twice.
    """
    fits = [(raw, header) for raw in sheets if (header := find_header(raw, sheet)) is not None]
    if not fits:
        looked_at = "、".join(f"“{raw.name}”" for raw in sheets) or "（没有工作表）"
        raise LedgerRefused(
            "no_header",
            f"在工作表{looked_at}中没有找到《{sheet.title}》的表头，请对照模板检查表头，并确认没有选错文件",
        )
    raw, header = max(fits, key=lambda fit: (len(fit[1].places), not fit[0].hidden))
    missing = [column.header for column in sheet.columns if column.required and column.key not in header.places]
    if missing:
        raise LedgerRefused(
            "missing_columns", f"《{sheet.title}》缺少必填列：{'、'.join(missing)}，请对照模板补上这些列后重新上传"
        )
    if header.twice:
        raise LedgerRefused("repeated_columns", f"表头“{'、'.join(header.twice)}”出现了两次，请只保留一列后重新上传")
    rival = [other.name for other, its in fits if other is not raw and len(its.places) == len(header.places)]
    return raw, header, rival


def find_reported_on(rows: Iterable[Sequence[Cell]]) -> datetime.date | None:
    """填报日期 from the rows around the table: beside its label, in the cell after it, or alone in a cell."""
    for cells in rows:
        written = [cell for cell in cells if cell != ""]
        for position, cell in enumerate(written):
            label = _REPORTED.search(cell) if isinstance(cell, str) else None
            if label and isinstance(cell, str):
                text = cell[label.end() :].strip(" \t\n　:：")
                day = _DAY_IN_TEXT.match(text)
                following = written[position + 1] if position + 1 < len(written) and not text else ""
                found = _day(day[0]) if day else _day(following)
            else:
                found = _day(cell)
            if found is not None:
                return found
    return None


_DAY_IN_TEXT = re.compile(r"\d{4}\s*[-.．/年－]\s*\d{1,2}\s*[-.．/月－]\s*\d{1,2}\s*日?|\d{8}")


def _day(cell: Cell) -> datetime.date | None:
    if isinstance(cell, str) and not _DAY_IN_TEXT.fullmatch(cell.strip()):
        return None
    if not isinstance(cell, (str, datetime.date)):
        return None
    try:
        return clean_date(cell)
    except CellFault:
        return None
