"""Headers as clerks write them, and 填报日期 beside them."""

import datetime

import pytest

from ledgers.headers import find_reported_on
from ledgers.kinds import Amount, Integer, Name
from ledgers.refusal import LedgerRefused
from ledgers.sheet import Column, Sheet
from tests.ledgers.books import csv_text, read_bytes, values, xlsx

SHEET = Sheet(
    key="parks",
    title="园区台账",
    filename="园区台账.xlsx",
    natural_key=("name",),
    columns=(
        Column("name", "园区名称", Name(), required=True, aliases=("园区",)),
        Column("revenue", "年营业收入（万元）", Amount("万元")),
        Column("secretary", "姓名", Name(), group="书记"),
        Column("secretary_age", "年龄", Integer(), group="书记"),
        Column("deputy", "姓名", Name(), group="副书记"),
        Column("deputy_age", "年龄", Integer(), group="副书记"),
    ),
)


def refusal(rows: list[list[object]]) -> LedgerRefused:
    with pytest.raises(LedgerRefused) as caught:
        read_bytes(xlsx(("1", rows)), SHEET)
    return caught.value


GROUPED = [
    ["园区名称", "书记", "", "副书记", "", "年营业收入（万元）"],
    ["", "姓名", "年龄", "姓名", "年龄", ""],
    ["甲园", "王伟", 40, "李明", 35, 12],
]
PERSONS = {"secretary": "王伟", "secretary_age": 40, "deputy": "李明", "deputy_age": 35}


@pytest.mark.parametrize("merges", [[(0, 1, 0, 2), (0, 3, 0, 4), (0, 0, 1, 0)], []], ids=["merged", "left blank"])
def test_equal_labels_under_different_groups_are_told_apart(merges: list[tuple[int, int, int, int]]) -> None:
    reading = read_bytes(xlsx(("1", GROUPED), merges=merges), SHEET)
    assert values(reading) == [{"name": "甲园", "revenue": 12, **PERSONS}]
    assert values(read_bytes(csv_text(GROUPED, "gbk"), SHEET)) == values(reading)


def test_groups_may_be_written_into_one_row() -> None:
    rows = [["园区名称*", "书记-姓名", "书记\n年龄", "副书记：姓名", "副书记年龄"], ["甲园", "王伟", 40, "李明", 35]]
    assert values(read_bytes(xlsx(("1", rows)), SHEET)) == [{"name": "甲园", "revenue": None, **PERSONS}]


def test_an_ambiguous_label_is_reported_not_guessed() -> None:
    reading = read_bytes(xlsx(("1", [["园区", "姓名", "年营业收入"], ["甲园", "王伟", 12]])), SHEET)
    assert [(column.letter, column.header) for column in reading.unknown_columns] == [("B", "姓名")]
    assert reading.absent_columns == ("secretary", "secretary_age", "deputy", "deputy_age")


@pytest.mark.parametrize(
    ("header", "revenue"),
    [("年营业收入", 12), ("年营业收入(万元)", 12), ("年营业收入 (亿元）", 120_000), ("年营业收入（单位：万元）", 12)],
)
def test_the_unit_of_the_header_counts(header: str, revenue: int) -> None:
    assert values(read_bytes(xlsx(("1", [["园区名称", header], ["甲园", 12]])), SHEET))[0]["revenue"] == revenue


def test_another_unit_makes_another_column() -> None:
    reading = read_bytes(xlsx(("1", [["园区名称", "年营业收入（%）", "书记年龄"], ["甲园", 12, 40]])), SHEET)
    assert [column.header for column in reading.unknown_columns] == ["年营业收入（%）"]


def test_data_under_no_label_is_reported() -> None:
    reading = read_bytes(xlsx(("1", [["园区名称", "书记年龄", "", ""], ["甲园", 40, "", "见附件"]])), SHEET)
    assert [(column.letter, column.header) for column in reading.unknown_columns] == [("D", "")]


def test_missing_and_repeated_columns_are_named() -> None:
    missing = refusal([["书记年龄", "副书记年龄", "年营业收入"], [1, 2, 3]])
    assert missing.code == "missing_columns"
    assert "园区名称" in str(missing)
    repeated = refusal([["园区名称", "园区", "年营业收入"], ["甲", "乙", 3]])
    assert repeated.code == "repeated_columns"
    assert "园区名称" in str(repeated)


@pytest.mark.parametrize("rows", [[], [[""]], [["一", "二"], ["三", "四"]], [["园区名称"], ["甲园"]]])
def test_a_file_without_the_header_is_refused_by_name(rows: list[list[object]]) -> None:
    refused = refusal(rows)
    assert refused.code == "no_header"
    assert "《园区台账》" in str(refused)


DAY = datetime.date(2026, 9, 30)


@pytest.mark.parametrize(
    "row",
    [
        ["填报单位：市委两新工委", "", "填报日期：2026年9月30日"],
        ["填报日期:2026.9.30  填表人：王伟"],
        ["填报时间", "2026-09-30"],
        ["填报日期：", "", DAY],
        ["（截至2026年9月30日）"],
        ["", DAY],
        ["20260930"],
    ],
)
def test_the_reporting_date_is_found(row: list[object]) -> None:
    assert find_reported_on([["园区台账"], row]) == DAY


@pytest.mark.parametrize(
    "row", [["填报日期：九月底"], ["2025年10月1日—2026年9月30日"], ["填报日期：", "王伟"], [46295]]
)
def test_something_else_is_no_reporting_date(row: list[object]) -> None:
    assert find_reported_on([row]) is None
