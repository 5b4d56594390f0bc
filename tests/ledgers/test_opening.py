"""Files that must not be parsed are refused with a sentence, before anything parses them."""

import contextlib
import io
import random
import zipfile
from pathlib import Path

import msoffcrypto
import pytest
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

from ledgers.archive import Limits, column_letters, column_number
from ledgers.opening import open_ledger
from ledgers.refusal import LedgerRefused
from tests.ledgers.books import SAMPLE, csv_text, table, with_parts, xls, xlsx

ROSTER = SAMPLE / "联盟名册.xlsx"


def refusal(source: bytes | Path, limits: Limits | None = None) -> str:
    with pytest.raises(LedgerRefused) as caught:
        open_ledger(source, limits)
    sentence = str(caught.value)
    assert "请" in sentence, "a refusal says what to do"
    return caught.value.code


def test_format_is_judged_by_content() -> None:
    rows = table("联盟名册.xlsx")
    assert open_ledger(ROSTER).format == "xlsx"
    assert open_ledger(xls("联盟名册", rows)).format == "xls"
    assert open_ledger(csv_text(rows, "gbk")).format == "csv"


def test_a_file_of_200_mb_is_refused_unread(tmp_path: Path) -> None:
    large = tmp_path / "企业名册.xlsx"
    with large.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    assert refusal(large) == "too_large"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
        b"<html><body><table><tr><td>1</td></tr></table></body></html>",
        b"\xef\xbb\xbf<!DOCTYPE html><table></table>",
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\xff\xd8\xff\xe0\x00",
        b"Rar!\x1a\x07\x00",
        bytes(range(256)) * 4,
        b"\x80\xff\xfe" * 50,
    ],
)
def test_other_types_are_refused_whatever_their_name(content: bytes) -> None:
    assert refusal(content) == "type"


def test_other_archives_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(buffer.getvalue()) == "type"
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.bin", b"1")
    assert refusal(buffer.getvalue()) == "type"


def same(name: str, content: bytes) -> bytes:
    return content


def test_macros_are_refused() -> None:
    assert refusal(with_parts(ROSTER.read_bytes(), same, {"xl/vbaProject.bin": b"\xd0\xcf"})) == "macro"
    assert refusal(with_parts(ROSTER.read_bytes(), same, {"xl/macrosheets/sheet1.xml": b"<x/>"})) == "macro"


def test_links_to_other_workbooks_are_refused() -> None:
    links = {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    assert refusal(with_parts(ROSTER.read_bytes(), same, links)) == "external"
    workbook = xlwt.Workbook()
    workbook.add_sheet("1").write(0, 0, xlwt.Formula("SUM(B1:B2)"))
    buffer = io.BytesIO()
    workbook.save(buffer)
    assert open_ledger(buffer.getvalue()).sheets[0].marks.formulas == {(0, 0)}


def test_encrypted_workbooks_are_refused() -> None:
    buffer = io.BytesIO()
    with ROSTER.open("rb") as plain:
        OOXMLFile(plain).encrypt("secret", buffer)
    assert msoffcrypto.OfficeFile(io.BytesIO(buffer.getvalue())).is_encrypted()
    assert refusal(buffer.getvalue()) == "encrypted"


@pytest.mark.parametrize("megabytes", [40, 400])
def test_bombs_are_refused_before_they_are_unpacked(megabytes: int) -> None:
    bomb = b"<row>" + b" " * (megabytes * 1024 * 1024)
    packed = with_parts(ROSTER.read_bytes(), lambda name, part: bomb if name.endswith("sheet1.xml") else part)
    assert len(packed) < 1024 * 1024
    assert refusal(packed) == "bomb"


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = b" " * (40 * 1024 * 1024)
    packed = bytearray(
        with_parts(ROSTER.read_bytes(), lambda name, part: bomb if name.endswith("sheet1.xml") else part)
    )
    true_size, small_size = len(bomb).to_bytes(4, "little"), (5000).to_bytes(4, "little")
    assert packed.count(true_size) >= 2
    assert refusal(bytes(packed.replace(true_size, small_size))) in {"bomb", "damaged"}


def test_too_many_parts_are_refused() -> None:
    parts = {f"xl/media/{number}.xml": b"<x/>" for number in range(2001)}
    assert refusal(with_parts(ROSTER.read_bytes(), same, parts)) == "bomb"


@pytest.mark.parametrize("declaration", [b'<!DOCTYPE x [<!ENTITY a "aa">]>', "\ufeff".encode("utf-16-le") + b"\x00"])
def test_document_types_and_other_encodings_inside_are_refused(declaration: bytes) -> None:
    packed = with_parts(
        ROSTER.read_bytes(), lambda name, part: declaration + part if name.endswith("sheet1.xml") else part
    )
    assert refusal(packed) == "bomb"


@pytest.mark.parametrize(
    "cell",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='1048576'><c s='1' r = 'XFD1048576'><v>1</v></c></row>",
        b'<row r="2"><c r="ZZ200000" t="inlineStr"><is><t></t></is></c></row>',
    ],
)
def test_one_cell_far_away_is_refused(cell: bytes) -> None:
    def add(name: str, part: bytes) -> bytes:
        return part.replace(b"</sheetData>", cell + b"</sheetData>")

    assert refusal(with_parts(ROSTER.read_bytes(), add)) == "too_large"


def test_formats_without_content_far_away_do_no_harm() -> None:
    def add(name: str, part: bytes) -> bytes:
        far = b'<row r="1048576"><c r="XFD1048576" s="1"/><c r="XFC1048576" s="1"></c></row>'
        return part.replace(b"</sheetData>", far + b"</sheetData>")

    assert len(open_ledger(with_parts(ROSTER.read_bytes(), add)).sheets[0].rows) == len(table("联盟名册.xlsx"))


@pytest.mark.parametrize("form", ["xlsx", "xls"])
def test_truncated_files_are_refused(form: str) -> None:
    whole = ROSTER.read_bytes() if form == "xlsx" else xls("联盟名册", table("联盟名册.xlsx"))
    for share in (0.02, 0.3, 0.6, 0.9, 0.99):
        assert refusal(whole[: int(len(whole) * share)]) == "damaged"


def test_damaged_files_are_read_or_refused_but_never_break_the_program() -> None:
    luck = random.Random(20260930)
    for whole in (ROSTER.read_bytes(), xls("联盟名册", table("联盟名册.xlsx"))):
        for _ in range(150):
            damaged = bytearray(whole)
            for _ in range(luck.randint(1, 6)):
                damaged[luck.randrange(len(damaged))] = luck.choice([0, 255, luck.randrange(256)])
            with contextlib.suppress(LedgerRefused):
                open_ledger(bytes(damaged))


def test_an_empty_file_has_no_rows() -> None:
    assert open_ledger(b"").sheets[0].rows == []


def test_hidden_sheets_come_last() -> None:
    def hide(name: str, part: bytes) -> bytes:
        return part.replace(b'name="a"', b'name="a" state="hidden"') if name == "xl/workbook.xml" else part

    opened = open_ledger(with_parts(xlsx(("a", [[1]]), ("b", [[2]])), hide))
    assert [(sheet.name, sheet.hidden) for sheet in opened.sheets] == [("b", False), ("a", True)]


def test_column_letters() -> None:
    assert [column_letters(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert all(column_number(column_letters(number)) == number for number in range(2000))
