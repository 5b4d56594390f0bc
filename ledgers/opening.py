"""Safe opening of what a clerk uploads: judged by content, never by file name, and inspected before it is parsed.

Formulas are refused in the cells a ledger reads (``reading.read``), with or without a cached value: a cached value may
be stale or missing and nobody would see it. In totals, serial numbers and unknown columns they do no harm.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ledgers.archive import DAMAGED, Archive, Limits, Marks
from ledgers.biff import inspect_compound
from ledgers.cleaning import Cell
from ledgers.refusal import LedgerRefused

Merge = tuple[tuple[int, int], tuple[int, int]]

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = (b"PK\x05\x06", b"PK\x07\x08")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ASK = "请上传 .xlsx、.xls 或 .csv 台账"
_OTHER_TYPES = (
    (b"%PDF", f"这是 PDF 文件，不能导入，{_ASK}"),
    (b"\x89PNG", f"这是图片，不能导入，{_ASK}"),
    (b"\xff\xd8\xff", f"这是图片，不能导入，{_ASK}"),
    (b"GIF8", f"这是图片，不能导入，{_ASK}"),
    (b"Rar!", f"这是压缩包，请解压后{_ASK[1:]}"),
    (b"7z\xbc\xaf", f"这是压缩包，请解压后{_ASK[1:]}"),
    (b"\x1f\x8b", f"这是压缩包，请解压后{_ASK[1:]}"),
    (b"{\\rtf", f"这是文字文档，不能导入，{_ASK}"),
)


@dataclass(slots=True)
class RawSheet:
    """One worksheet as it stands: ``rows[0][0]`` is A1; an empty cell is ``""``; ``merges`` are inclusive ranges."""

    name: str
    rows: list[list[Cell]]
    merges: list[Merge] = field(default_factory=list)
    hidden: bool = False
    marks: Marks = field(default_factory=Marks)


@dataclass(slots=True)
class Opened:
    """An accepted file. ``format`` is ``"xlsx"``, ``"xls"`` or ``"csv"`` by content; visible sheets come first."""

    format: str
    sheets: list[RawSheet]


def open_ledger(source: Path | bytes, limits: Limits | None = None) -> Opened:
    """Read every worksheet of an uploaded file into memory.

    Raises ``LedgerRefused`` for files that are too large, of another type, encrypted, damaged, zip bombs, or that hold
    macros or links to other files.
    """
    limits = limits or Limits()
    size = source.stat().st_size if isinstance(source, Path) else len(source)
    if size > limits.file_bytes:
        raise LedgerRefused(
            "too_large",
            f"文件有 {size / 1024 / 1024:.0f} MB，超过 {limits.file_bytes / 1024 / 1024:g} MB 的上限，"
            "请删除图片和多余的行列，或拆成几个文件后上传",
        )
    data = source.read_bytes() if isinstance(source, Path) else source
    if data.startswith(_ZIP) or data.startswith(_EMPTY_ZIP):
        return Opened("xlsx", _xlsx(io.BytesIO(data), limits))
    if data.startswith(_COMPOUND):
        return Opened("xls", _xls(io.BytesIO(data), limits))
    return Opened("csv", [_csv(data, limits)])


def _xlsx(file: IO[bytes], limits: Limits) -> list[RawSheet]:
    archive = Archive(file, limits)
    file.seek(0)
    return [RawSheet(name, rows, merges, hidden, archive.marks(name)) for name, rows, merges, hidden in _parse(file)]


def _xls(file: IO[bytes], limits: Limits) -> list[RawSheet]:
    marks = inspect_compound(file, limits)
    file.seek(0)
    return [
        RawSheet(name, rows, merges, hidden, marks.get(name, Marks())) for name, rows, merges, hidden in _parse(file)
    ]


def _parse(file: IO[bytes]) -> Iterator[tuple[str, list[list[Cell]], list[Merge], bool]]:
    try:
        with CalamineWorkbook.from_filelike(file) as workbook:
            sheets = [each for each in workbook.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
            for each in sorted(sheets, key=lambda each: each.visible != SheetVisibleEnum.Visible):
                sheet: CalamineSheet = workbook.get_sheet_by_name(each.name)
                rows = cast(list[list[Cell]], sheet.to_python(skip_empty_area=False))
                yield each.name, rows, sheet.merged_cell_ranges or [], each.visible != SheetVisibleEnum.Visible
    except PasswordError as error:
        raise LedgerRefused("encrypted", "文件已加密，请取消密码后重新上传") from error
    except (CalamineError, OSError, ValueError) as error:
        raise LedgerRefused("damaged", DAMAGED) from error
    except BaseException as error:
        # The reader panics on some damaged .xls files, and the class of a Rust panic cannot be imported.
        if type(error).__name__ == "PanicException":
            raise LedgerRefused("damaged", DAMAGED) from error
        raise


def _csv(data: bytes, limits: Limits) -> RawSheet:
    for signature, sentence in _OTHER_TYPES:
        if data.startswith(signature):
            raise LedgerRefused("type", sentence)
    text = _decode(data)
    start = text.lstrip()[:200].lower()
    if start.startswith("<"):
        what = "网页" if "<html" in start or "<!doctype" in start or "<table" in start else "XML 文件"
        raise LedgerRefused("type", f"这是{what}，只是换了文件名，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传")
    first_line = text.split("\n", 1)[0]
    delimiter = "\t" if first_line.count("\t") > first_line.count(",") else ","
    try:
        rows: list[list[Cell]] = [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise LedgerRefused("damaged", "CSV 文件格式有误，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传") from error
    width = max(map(len, rows), default=0)
    if width * len(rows) > limits.cells:
        raise LedgerRefused("too_large", f"表格有{len(rows)}行、{width}列，超出可读取的范围，请拆成几个文件后上传")
    for row in rows:
        row.extend([""] * (width - len(row)))
    return RawSheet("CSV", rows)


def _decode(data: bytes) -> str:
    """Text in the encodings office programs write; anything with binary content is refused."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in data:
        encodings = []
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise LedgerRefused("type", f"这不是 Excel 或 CSV 文件，不能导入，{_ASK}")
