"""What is inside an .xlsx before anything parses it: bombs, macros, links, formulas (OWASP ASVS 5.2)."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO
from xml.etree import ElementTree

from ledgers.refusal import LedgerRefused

_MB = 1024 * 1024
DAMAGED = "文件不完整或已损坏（可能没有传完），请在电脑上打开确认、另存为 .xlsx 后重新上传"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a workbook is taken. Sizes in bytes; the defaults are ten times the largest ledger known."""

    file_bytes: int = 50 * _MB
    entries: int = 2_000
    expanded_bytes: int = 300 * _MB
    #: Uncompressed to compressed size, judged once more than ``ratio_from_bytes`` would come out.
    ratio: int = 150
    ratio_from_bytes: int = 16 * _MB
    #: Rows times columns up to the last filled cell: readers hold this many cells in memory.
    cells: int = 5_000_000


@dataclass(slots=True)
class Marks:
    """Cells (row, column; both from 0) whose content a reader of values cannot see."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    percents: set[tuple[int, int]] = field(default_factory=set)


_CHUNK = 256 * 1024
_OVERLAP = 1024
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ERROR = re.compile(rb"""\st=["']e["']""")
#: Any reference from column AA or row 10000 on: only then is the extent worth counting.
_FAR = re.compile(rb"""r\s*=\s*["'](?:[A-Za-z]{2}|[A-Za-z]?\d{5})""")
_FILLED = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Za-z]{1,9})(\d{1,9})["'](?:[^>]*[^/>])?>(?!</)""")
_ROW_OF_BARE_CELLS = re.compile(
    rb"""<(?:\w+:)?row\s(?:[^>]*?\s)?r\s*=\s*["'](\d{1,9})["'][^>]*>\s*<(?:\w+:)?c(?![^>]*\sr\s*=)[\s>]"""
)
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*)>(\s*<(?:\w+:)?f[\s/>])?")
_REFERENCE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_STYLE = re.compile(rb"""(?:^|\s)s=["'](\d+)["']""")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Archive:
    """An inspected .xlsx; the constructor raises ``LedgerRefused`` for everything that must not be parsed."""

    def __init__(self, file: IO[bytes], limits: Limits) -> None:
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(file)
            entries = self._zip.infolist()
            self._check_entries(entries)
            self._suspicious = self._scan(entries)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
            raise LedgerRefused("damaged", DAMAGED) from error

    def _check_entries(self, entries: list[zipfile.ZipInfo]) -> None:
        limits = self._limits
        names = [entry.filename.lower() for entry in entries]
        if len(names) > limits.entries or len(set(names)) != len(names):
            raise LedgerRefused("bomb", "文件内部结构异常（部件过多或重复），不能读取，请另存为新的 .xlsx 后重新上传")
        if any(entry.flag_bits & 1 for entry in entries):
            raise LedgerRefused("encrypted", "文件已加密，请取消密码后重新上传")
        if "xl/workbook.bin" in names:
            raise LedgerRefused("type", "这是 .xlsb 格式的工作簿，请另存为 .xlsx 后重新上传")
        if "xl/workbook.xml" not in names:
            raise LedgerRefused("type", "这不是 Excel 工作簿（可能是 Word、压缩包等），请上传 .xlsx、.xls 或 .csv 台账")
        if any("vbaproject" in name or name.startswith("xl/macrosheets/") for name in names):
            raise LedgerRefused("macro", "文件含有宏，不能导入，请另存为不含宏的 .xlsx 后重新上传")
        if any(name.startswith(("xl/externallinks/", "xl/connections", "xl/querytables/")) for name in names):
            raise LedgerRefused("external", "文件链接了其他工作簿或外部数据，请在“数据—编辑链接”中断开链接后重新上传")
        self._check_size(sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries))

    def _check_size(self, expanded: int, packed: int) -> None:
        limits = self._limits
        if expanded > limits.expanded_bytes or (
            expanded > limits.ratio_from_bytes and expanded > limits.ratio * max(packed, 1)
        ):
            raise LedgerRefused("bomb", "文件解压后过大，不能读取，请删除多余的空行空列后另存为 .xlsx 重新上传")

    def _scan(self, entries: list[zipfile.ZipInfo]) -> frozenset[str]:
        """Unpack every XML part once, counting what really comes out; returns the sheets with formulas or errors."""
        suspicious = set()
        expanded = 0
        packed = sum(entry.compress_size for entry in entries)
        for entry in entries:
            if not entry.filename.lower().endswith((".xml", ".rels")):
                continue
            is_sheet = entry.filename.lower().startswith("xl/worksheets/")
            far = False
            opening = b""
            for chunk, fresh in self._chunks(entry):
                expanded += fresh
                self._check_size(expanded, packed)
                # No office program writes a DTD or UTF-16 (hence NUL bytes): both only serve to slip past checks.
                if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk or b"\x00" in chunk:
                    raise LedgerRefused("bomb", "文件内部结构异常，不能读取，请另存为新的 .xlsx 后重新上传")
                if is_sheet:
                    far = far or _FAR.search(chunk) is not None
                    opening = opening or b"<f"
                    if b":worksheet" in chunk:
                        opening = b":f"  # written with a namespace prefix, as .NET programs do
                    if entry.filename not in suspicious and _has_formula_or_error(chunk, opening):
                        suspicious.add(entry.filename)
            if far:
                self._check_extent(entry)
        return frozenset(suspicious)

    def _chunks(self, entry: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
        with self._zip.open(entry) as part:
            tail = b""
            while chunk := part.read(_CHUNK):
                yield tail + chunk, len(chunk)
                tail = chunk[-_OVERLAP:]

    def _check_extent(self, entry: zipfile.ZipInfo) -> None:
        rows = columns = 1
        for chunk, _ in self._chunks(entry):
            for letters, digits in _FILLED.findall(chunk):
                columns = max(columns, column_number(letters.decode()) + 1)
                rows = max(rows, int(digits))
            rows = max([rows, *map(int, _ROW_OF_BARE_CELLS.findall(chunk))])
        if rows * columns > self._limits.cells:
            raise LedgerRefused(
                "too_large", f"工作表延伸到第{rows}行、第{columns}列，超出可读取的范围，请删除多余的行列后重新上传"
            )

    def marks(self, sheet_name: str) -> Marks:
        """Formulas, error values and percent-formatted cells of one sheet."""
        try:
            part = self._parts().get(sheet_name, "")
            percent_styles = self._percent_styles()
        except ElementTree.ParseError as error:
            raise LedgerRefused("damaged", DAMAGED) from error
        marks = Marks()
        if part not in self._suspicious and not percent_styles:
            return marks
        for attributes, formula in _CELL.findall(self._zip.read(part)):
            style = _STYLE.search(attributes)
            is_percent = style is not None and int(style[1]) in percent_styles
            is_error = _ERROR.search(attributes) is not None
            if not (formula or is_percent or is_error):
                continue
            reference = _REFERENCE.search(attributes)
            if reference is None:
                if is_percent and not formula and not is_error:
                    continue
                raise LedgerRefused("formula", "工作表里有公式，请全选后“选择性粘贴—数值”，保存后重新上传")
            cell = int(reference[2]) - 1, column_number(reference[1].decode())
            if formula:
                marks.formulas.add(cell)
            if is_error:
                marks.errors.add(cell)
            if is_percent:
                marks.percents.add(cell)
        return marks

    def _parts(self) -> dict[str, str]:
        """Sheet name → path of its part."""
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in ElementTree.fromstring(self._read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - no DTD passes
        }
        parts = {}
        for element in ElementTree.fromstring(self._read("xl/workbook.xml")).iter():  # noqa: S314 - as above
            if element.tag.endswith("}sheet"):
                relation_id = next((value for name, value in element.items() if name.endswith("}id")), None)
                target = targets.get(relation_id, "")
                path = PurePosixPath("xl", target) if not target.startswith("/") else PurePosixPath(target[1:])
                parts[element.get("name", "")] = str(path)
        return parts

    def _percent_styles(self) -> set[int]:
        """Indices of the cell formats that show a share as per cent, where 0.052 means 5.2 %."""
        styles = self._read("xl/styles.xml")
        if not styles:
            return set()
        percent_formats = {"9", "10"}
        found = set()
        for element in ElementTree.fromstring(styles):  # noqa: S314 - as above
            if element.tag.endswith("}numFmts"):
                percent_formats |= {each.get("numFmtId", "") for each in element if "%" in each.get("formatCode", "")}
            if element.tag.endswith("}cellXfs"):
                found = {index for index, each in enumerate(element) if each.get("numFmtId") in percent_formats}
        return found

    def _read(self, name: str) -> bytes:
        actual = next((entry for entry in self._zip.namelist() if entry.lower() == name), None)
        return self._zip.read(actual) if actual else b""


def _has_formula_or_error(chunk: bytes, opening: bytes) -> bool:
    # Plain searches first: the patterns alone would take as long as unpacking.
    return (opening in chunk and _FORMULA.search(chunk) is not None) or b't="e"' in chunk or b"t='e'" in chunk


def column_number(letters: str) -> int:
    """``"A"`` → 0, ``"AA"`` → 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """0 → ``"A"``, 26 → ``"AA"``."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
