"""What is inside an .xls before anything parses it: macros, passwords, links, formulas ([MS-XLS] records)."""

import struct
from collections.abc import Iterator
from typing import IO

import olefile

from ledgers.archive import DAMAGED, Limits, Marks
from ledgers.refusal import LedgerRefused

_FORMULA, _BOOLERR, _BOUNDSHEET, _BOF, _EOF = 0x0006, 0x0205, 0x0085, 0x0809, 0x000A
_FILEPASS, _SUPBOOK, _FORMAT, _XF = 0x002F, 0x01AE, 0x041E, 0x00E0
_NUMBER, _RK, _MULRK = 0x0203, 0x027E, 0x00BD
_LABELSST, _LABEL, _RSTRING = 0x00FD, 0x0204, 0x00D6
_CELLS = frozenset({_FORMULA, _BOOLERR, _NUMBER, _RK, _MULRK, _LABELSST, _LABEL, _RSTRING})
_DIMENSIONS, _SST = 0x0200, 0x00FC
_MOST_ROWS, _MOST_COLUMNS = 65_536, 256
_OWN_SHEETS, _ADD_IN = b"\x01\x04", b"\x01\x3a"
_MACRO_SHEETS = {1, 6}  # Excel 4 macro sheet, VBA module
_PERCENT_FORMATS = {9, 10}


def inspect_compound(file: IO[bytes], limits: Limits) -> dict[str, Marks]:
    """The marks of each sheet of an .xls by sheet name; ``LedgerRefused`` for what must not be parsed."""
    try:
        with olefile.OleFileIO(file) as compound:
            if compound.exists("EncryptedPackage"):
                raise LedgerRefused("encrypted", "文件已加密，请取消密码后重新上传")
            if compound.exists("_VBA_PROJECT_CUR"):
                raise LedgerRefused("macro", "文件含有宏，不能导入，请另存为不含宏的 .xlsx 后重新上传")
            stream = next((name for name in ("Workbook", "Book") if compound.exists(name)), None)
            if stream is None:
                raise LedgerRefused("type", "这不是 Excel 工作簿（可能是 Word 等），请上传 .xlsx、.xls 或 .csv 台账")
            return _marks(compound.openstream(stream).read(), limits)
    except (OSError, struct.error, IndexError, ValueError) as error:
        raise LedgerRefused("damaged", DAMAGED) from error


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Position, type and content of each record; a record cut off at the end of the stream is ``struct.error``."""
    position = 0
    while position + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, position)
        if kind == length == 0:  # padding after the last record
            return
        content = data[position + 4 : position + 4 + length]
        if len(content) < length:
            raise struct.error("record cut off")
        yield position, kind, content
        position += 4 + length


def _marks(data: bytes, limits: Limits) -> dict[str, Marks]:
    names: dict[int, str] = {}
    percent_formats = set(_PERCENT_FORMATS)
    formats: list[int] = []
    sheets: dict[str, Marks] = {}
    marks = Marks()
    rows = columns = 1
    for position, kind, content in _records(data):
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", content)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if columns > _MOST_COLUMNS:
                raise struct.error("column beyond the last")
            if rows * columns > limits.cells:
                raise LedgerRefused(
                    "too_large", f"工作表延伸到第{rows}行、第{columns}列，超出可读取的范围，请删除多余的行列后重新上传"
                )
        if kind == _FILEPASS:
            raise LedgerRefused("encrypted", "文件已加密，请取消密码后重新上传")
        if kind == _SUPBOOK and content[2:4] not in (_OWN_SHEETS, _ADD_IN):
            raise LedgerRefused("external", "文件链接了其他工作簿或外部数据，请在“数据—编辑链接”中断开链接后重新上传")
        if kind == _BOUNDSHEET:
            start, _, sheet_type = struct.unpack_from("<IBB", content)
            if sheet_type in _MACRO_SHEETS:
                raise LedgerRefused("macro", "文件含有宏，不能导入，请另存为不含宏的 .xlsx 后重新上传")
            names[start] = _text(content[6:], wide_length=False)
        elif kind == _DIMENSIONS:
            top, bottom, left, right = struct.unpack_from("<IIHH" if len(content) >= 12 else "<HHHH", content)
            if not (top <= bottom <= _MOST_ROWS and left <= right <= _MOST_COLUMNS):
                raise struct.error("dimensions out of order")
        elif kind == _SST and struct.unpack_from("<I", content, 4)[0] > len(data):
            raise struct.error("more strings than bytes")
        elif kind == _BOF:
            marks = sheets.setdefault(names[position], Marks()) if position in names else Marks()
            rows = columns = 1
        elif kind == _FORMAT and "%" in _text(content[2:], wide_length=True):
            percent_formats.add(struct.unpack_from("<H", content)[0])
        elif kind == _XF:
            formats.append(struct.unpack_from("<H", content, 2)[0])
        elif kind in (_FORMULA, _BOOLERR, _NUMBER, _RK):
            row, column, style = struct.unpack_from("<HHH", content)
            if kind == _FORMULA:
                marks.formulas.add((row, column))
            elif kind == _BOOLERR:
                if content[7]:
                    marks.errors.add((row, column))
            elif formats[style] in percent_formats:
                marks.percents.add((row, column))
        elif kind == _MULRK:
            row, first = struct.unpack_from("<HH", content)
            for offset in range((len(content) - 6) // 6):
                if formats[struct.unpack_from("<H", content, 4 + offset * 6)[0]] in percent_formats:
                    marks.percents.add((row, first + offset))
    return sheets


def _text(content: bytes, *, wide_length: bool) -> str:
    """An XLUnicodeString: length (one or two bytes), a flag, then Latin-1 or UTF-16."""
    size = 2 if wide_length else 1
    length = int.from_bytes(content[:size], "little")
    if content[size] & 1:
        return content[size + 1 : size + 1 + length * 2].decode("utf-16-le")
    return content[size + 1 : size + 1 + length].decode("latin-1")
