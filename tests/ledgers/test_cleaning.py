"""What clerks write becomes one value, or a fault with its reason."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from ledgers.cleaning import (
    CellFault,
    clean_amount,
    clean_bool,
    clean_credit_code,
    clean_date,
    clean_integer,
    clean_name,
    clean_phone,
    clean_text,
    neutralise,
    split_names,
    unquote,
)

DAY = datetime.date(2026, 3, 5)
#: Text as forms and workbooks can hold it: no surrogates, no control characters but tab and line feed.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n"))
DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31))


def reason_of(clean, *arguments):
    with pytest.raises(CellFault) as caught:
        clean(*arguments)
    return caught.value.kind, caught.value.reason


@pytest.mark.parametrize(
    "written",
    [
        "2026.3.5",
        "2026年3月5日",
        "20260305",
        "2026/3/5",
        "2026-03-05",
        " 2026.03.05 ",
        "２０２６年３月５日",
        "2026．3．5",
        "2026年 3月 5日",
        "2026-03-05 00:00:00",
        "2026年3月5号",
        20260305.0,
        46086.0,
        46086,
        "46086",
        datetime.datetime(2026, 3, 5, 9, 30),  # noqa: DTZ001 - Excel knows no time zones
        DAY,
    ],
)
def test_dates_in_every_office_style(written) -> None:
    assert clean_date(written) == DAY


@pytest.mark.parametrize(
    "written",
    [
        "3月5日",
        "去年底",
        "2026",
        2026.0,
        "2026.3",
        2026.03,
        3.5,
        "26.3.5",
        "2026-02-30",
        "2026年",
        "约2026年3月5日",
        True,
        "02026-3-5",
        0.0,
        -1.0,
        datetime.time(3, 5),
        datetime.date(1, 3, 5),
        "99999",
        20261305.0,
        "二〇二六年三月五日",
    ],
)
def test_a_date_must_be_complete(written) -> None:
    assert reason_of(clean_date, written) == ("date", "日期无法识别")


@given(DAYS)
def test_every_day_reads_back_from_every_style(day: datetime.date) -> None:
    serial = (day - datetime.date(1899, 12, 30)).days
    styles = [f"{day:%Y%m%d}", f"{day.year}.{day.month}.{day.day}", f"{day.year}年{day.month}月{day.day}日", str(day)]
    assert [clean_date(style) for style in styles] == [day] * 4
    if day.year in range(1928, 2119):
        assert clean_date(float(serial)) == day


@pytest.mark.parametrize(
    ("written", "unit", "value"),
    [
        ("1,200", "万元", 1200),
        ("１，２００", "万元", 1200),
        ("0.32亿元", "万元", 3200),
        ("0.32 亿", "万元", 3200),
        ("300万元", "万元", 300),
        ("5000元", "万元", "0.5"),
        ("300万", "元", 3_000_000),
        ("¥1,200.50", "元", "1200.5"),
        ("14.2005亿元", "万元", 142005),
        ("5.2%", "%", "5.2"),
        ("５．２％", "%", "5.2"),
        (5.2, "%", "5.2"),
        (0.1 + 0.2, "%", "0.3"),
        (202177.0, "万元", 202177),
        ("12亩", "亩", 12),
        ("-3", "万元", -3),
        (".5", "万元", "0.5"),
        ("2.345", "万元", "2.35"),
        ("'-123456789012345678", "万元", "-123456789012345678"),
    ],
)
def test_amounts_with_their_units(written, unit: str, value) -> None:
    assert clean_amount(written, unit, 2) == Decimal(value)


@pytest.mark.parametrize(
    "written", ["约三千多", "若干", "1,20", "3-5", "1200万吨", "12%", "1 2.3.4", "9" * 30, True, DAY]
)
def test_amounts_in_words_are_faults(written) -> None:
    assert reason_of(clean_amount, written, "万元", 2) == ("amount", "金额无法识别")


def test_a_unit_in_the_header_counts_unless_the_cell_has_its_own() -> None:
    assert clean_amount(1.5, "万元", 2, "亿元") == 15000
    assert clean_amount(2.0, "万元", 2, "亿元") == 20000
    assert clean_amount("1.5万元", "万元", 2, "亿元") == Decimal("1.5")


@given(st.decimals(-(10**12), 10**12, places=2))
def test_amounts_never_lose_a_cent(amount: Decimal) -> None:
    assert clean_amount(str(amount), "万元", 2) == amount
    assert clean_amount(f"{amount:,}", "万元", 2) == amount
    assert clean_amount(float(amount), "万元", 2) == amount
    assert isinstance(clean_amount(float(amount), "万元", 2), Decimal)


@pytest.mark.parametrize(
    ("written", "value"),
    [("723人", 723), ("1,446", 1446), ("１２", 12), (1446.0, 1446), (12, 12), ("3.0", 3), ("-12", -12), ("无", None)],
)
def test_whole_numbers(written, value) -> None:
    assert clean_integer(written) == value


@pytest.mark.parametrize("written", ["12.5", 12.5, "十二", "12-15", "9" * 5000, True, DAY])
def test_fractions_and_words_are_no_head_counts(written) -> None:
    assert reason_of(clean_integer, written) == ("number", "数值无法识别")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("  鱼台嘉通燃料化工有限公司 ", "鱼台嘉通燃料化工有限公司"),
        ("鱼台 盛源燃料化工有限公司", "鱼台盛源燃料化工有限公司"),
        ("王　伟", "王伟"),
        ("曲阜(东方)有限公司", "曲阜（东方）有限公司"),
        ("ＡＢＣ１２３电子", "ABC123电子"),
        ("ABC  Chemical 有限公司", "ABC Chemical有限公司"),
        ("鲁两新发〔2025〕1号", "鲁两新发〔2025〕1号"),
        ("企业\u200b名\n称", "企业名称"),
        (2026.0, "2026"),
        ("/", None),
        ("——", None),
        (" \u3000", None),
    ],
)
def test_names_are_made_uniform(written, name) -> None:
    assert clean_name(written) == name


@given(TEXTS)
def test_cleaning_a_clean_name_changes_nothing(text: str) -> None:
    once = clean_name(text)
    if once is not None and not once.startswith("'"):
        assert clean_name(once) in (once, None)


@given(TEXTS)
def test_neutralised_text_is_no_formula_and_reads_back(text: str) -> None:
    safe = neutralise(text)
    assert not safe.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert unquote(safe) == text


@given(TEXTS)
def test_exported_prose_and_names_read_back(text: str) -> None:
    for clean in (clean_text, clean_name):
        value = clean(text)
        if value is not None:
            assert clean(neutralise(value)) == value or value == "-"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("是", True),
        ("否", False),
        ("√", True),
        ("有", True),
        ("无", False),
        ("Y", True),
        (True, True),
        (0.0, False),
        ("/", None),
    ],
)
def test_yes_and_no(written, value) -> None:
    assert clean_bool(written) is value


def test_yes_and_no_in_the_words_of_the_sheet() -> None:
    assert clean_bool("未持证", "持证", "未持证") is False
    assert reason_of(clean_bool, "也许", "持证", "未持证") == ("choice", "只能填“持证”或“未持证”")


CODE = "91370827MAYFG6PG5F"


@pytest.mark.parametrize(
    "written", [CODE, CODE.lower(), "913708 27MAYFG6PG5F", f" {CODE}\n", "９１３７０８２７ＭＡＹＦＧ６ＰＧ５Ｆ"]
)
def test_credit_codes_are_made_uniform(written: str) -> None:
    assert clean_credit_code(written) == CODE


@pytest.mark.parametrize(
    "written", ["91370811MAW7JPPBH0", "9137082", CODE + "0", "91370827MAYFG6PGIF", "一" * 18, 9.137e17]
)
def test_credit_codes_with_a_wrong_check_digit_are_faults(written) -> None:
    assert reason_of(clean_credit_code, written) == ("credit_code", "统一社会信用代码校验不通过")


@given(st.from_regex(r"[0-9]{8}[0-9A-Z]{9}", fullmatch=True), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXYIOZSV"))
def test_credit_codes_agree_with_stdnum(stem: str, digit: str) -> None:
    for code in {stem + digit, *([stem + uscc.calc_check_digit(stem)] if not set(stem) & set("IOZSV") else [])}:
        if uscc.is_valid(code):
            assert clean_credit_code(code) == code
        else:
            assert reason_of(clean_credit_code, code)[0] == "credit_code"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13080652758", "13080652758"),
        ("150-2797-6675", "15027976675"),
        (13080652758.0, "13080652758"),
        ("+86 130 8065 2758", "13080652758"),
        ("（0537）2345678", "0537-2345678"),
        ("05372345678", "0537-2345678"),
        ("0537-2345678-801", "0537-2345678-801"),
        ("400-800-1234", "400-800-1234"),
        ("2345678", "2345678"),
        ("无", None),
    ],
)
def test_telephone_numbers(written, number) -> None:
    assert clean_phone(written) == number


def test_something_else_is_no_telephone_number() -> None:
    assert reason_of(clean_phone, "问办公室") == ("phone", "联系电话无法识别")


@pytest.mark.parametrize("separator", ["、", "，", ",", ";", "；", "\n", " 、\n"])
def test_several_names_in_one_cell(separator: str) -> None:
    assert split_names(f"甲 公司{separator}乙公司{separator}甲公司{separator}") == ("甲公司", "乙公司")
