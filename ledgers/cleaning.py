"""What clerks write, made uniform: pure functions from one cell's text to one value.

Every function either returns the value, returns ``None`` for "nothing was written", or raises ``CellFault`` with
the reason in the clerk's words. Money and shares are ``Decimal``, never ``float``.
"""

import datetime
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite
from operator import mul
from typing import NoReturn, TypeAlias

Cell: TypeAlias = str | float | int | bool | datetime.date | datetime.time | datetime.timedelta | None


class CellFault(ValueError):  # noqa: N818 - a finding about a cell, reported in a list
    """One cell that cannot be accepted.

    ``kind`` is a stable word (``"date"``, ``"amount"``, ``"lookup"``, …), ``reason`` the short Chinese reason as the
    rejected-rows list gives it, ``advice`` what to write instead.
    """

    def __init__(self, kind: str, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.advice = advice


_CONTROLS = [code for code in [*range(0x20), 0x7F] if chr(code) not in "\t\n\r"]
#: Control characters, soft hyphen, zero-width and direction marks, byte-order marks: never seen, never meant.
_INVISIBLE = dict.fromkeys([*_CONTROLS, 0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF, 0xFFFE, 0xFFFF])
_SPACES = {0xA0: " ", 0x3000: " "}
_WIDE_ALPHANUMERIC = {
    wide: chr(wide - 0xFEE0)
    for start, end in (("０", "９"), ("Ａ", "Ｚ"), ("ａ", "ｚ"))
    for wide in range(ord(start), ord(end) + 1)
}
_TEXT = _INVISIBLE | _SPACES
_NAME = _TEXT | _WIDE_ALPHANUMERIC | str.maketrans("()", "（）")
#: For numbers, dates and codes: every full-width form becomes its ASCII twin.
_ASCII = _TEXT | {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)} | str.maketrans("。—–−、￥", ".---,¥")

#: Nearly every name consists of Chinese characters only and needs nothing done.
_IS_CLEAN_NAME = re.compile("[一-鿿（）]+").fullmatch
_SPACE_BESIDE_CHINESE = re.compile(r"\s+(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])\s+")
_FORMULA_START = "=+-@\t\r\n＝＋－＠"
_RISKY = frozenset("'" + _FORMULA_START)
_QUOTED = re.compile(rf"'+[{re.escape(_FORMULA_START)}]")
_TO_QUOTE = re.compile(rf"'*[{re.escape(_FORMULA_START)}]")

#: What clerks put into a cell to say "nothing": understood where a number, date or name of a register is expected.
_DASHES = frozenset({"/", "-", "--", "---", "——", "—", "／", "－", "\\"})
NOTHING = _DASHES | {"无", "暂无", "没有"}


def neutralise(text: str) -> str:
    """Text that no spreadsheet program takes for a formula (OWASP ASVS 1.2.10); undone by ``unquote``."""
    return "'" + text if text[:1] in _RISKY and _TO_QUOTE.match(text) else text


def unquote(text: str) -> str:
    """The text that ``neutralise`` was given."""
    return text[1:] if text.startswith("'") and _QUOTED.match(text) else text


def clean_text(raw: Cell) -> str | None:
    """Prose: outer blanks and invisible characters removed, line ends made ``\\n``; the wording stays as written."""
    text = raw if isinstance(raw, str) else plain(raw)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unquote(text.translate(_TEXT).strip()) or None


def clean_name(raw: Cell) -> str | None:
    """A name: half-width letters and digits, full-width brackets, no blanks beside Chinese characters.

    ``"鱼台 嘉通(东方)有限公司 "`` → ``"鱼台嘉通（东方）有限公司"``; a lone dash or slash means nothing was written.
    """
    text = raw if isinstance(raw, str) else plain(raw)
    if _IS_CLEAN_NAME(text):
        return text
    text = text.translate(_NAME)
    words = text.split()
    if len(words) > 1:
        text = " ".join(_SPACE_BESIDE_CHINESE.sub("", text.strip()).split())
    elif words:
        text = words[0]
    else:
        return None
    return None if text in _DASHES else unquote(text)


def plain(raw: Cell) -> str:
    """A cell that is not text, as Excel shows it: ``2026.0`` → ``"2026"``, a date → ``"2026-03-05"``."""
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, datetime.datetime):
        return str(raw.date()) if raw.time() == datetime.time() else f"{raw:%Y-%m-%d %H:%M}"
    return "" if raw is None else str(raw)


def _compact(raw: Cell) -> str:
    """Half-width text without any blanks: for numbers and codes."""
    text = raw if isinstance(raw, str) else plain(raw)
    if text.isascii():
        return text if text.isalnum() else "".join(text.translate(_INVISIBLE).split())
    return "".join(text.translate(_ASCII).split())


_DATE = re.compile(
    r"(\d{4})\s*[-./年,]\s*(\d{1,2})\s*[-./月,]\s*(\d{1,2})\s*[日号]?\.?(?:[\sT]+\d{1,2}:\d{2}(?::\d{2}(?:\.0+)?)?)?",
    re.ASCII,
)
_EPOCH = datetime.date(1899, 12, 30)
#: Excel serials of 1927 to 2119. Lower numbers are rather a year ("2026") or a month and day ("3.5") than a date.
_SERIALS = range(10_000, 80_000)
_YEARS = range(1900, 2101)


def clean_date(raw: Cell) -> datetime.date | None:
    """A calendar day from a date cell, an Excel serial (1900 system) or text with year, month and day.

    A date without its year, a day that does not exist and a year outside 1900–2100 are faults.
    """
    if isinstance(raw, datetime.datetime):
        raw = raw.date()
    if isinstance(raw, datetime.date):
        if raw.year in _YEARS:
            return raw
    elif isinstance(raw, (int, float)) and not isinstance(raw, bool):
        if int(raw) in _SERIALS:
            return _EPOCH + datetime.timedelta(days=int(raw))
        if raw == int(raw) and len(str(int(raw))) == 8:
            return _date_from_digits(str(int(raw)))
    elif isinstance(raw, str):
        text = (raw if raw.isascii() else raw.translate(_ASCII)).strip()
        if not text or raw.strip() in NOTHING:
            return None
        found = _DATE.fullmatch(text)
        if found:
            return _date(*found.groups())
        if text.isdecimal() and len(text) == 8:
            return _date_from_digits(text)
        if text.isdecimal() and len(text) == 5:
            return _EPOCH + datetime.timedelta(days=int(text)) if int(text) in _SERIALS else _no_date()
    return _no_date()


def _date_from_digits(digits: str) -> datetime.date:
    return _date(digits[:4], digits[4:6], digits[6:])


def _date(year: str, month: str, day: str) -> datetime.date:
    if int(year) not in _YEARS:
        _no_date()
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return _no_date()


def _no_date() -> NoReturn:
    raise CellFault("date", "日期无法识别", "请写明年、月、日，例如 2026-03-05")


_NUMBER = re.compile(r"¥?([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[-+]?\.\d+)([^\d.,+\-]*)", re.ASCII)
_MONEY_UNITS = {"元": Decimal(1), "万元": Decimal(10**4), "亿元": Decimal(10**8)}
_MONEY_UNITS |= {"万": _MONEY_UNITS["万元"], "亿": _MONEY_UNITS["亿元"], "元人民币": Decimal(1)}
MONEY_UNITS = ("元", "万元", "亿元")
_QUANTA = [Decimal(1).scaleb(-places) for places in range(9)]
#: Digits of the longest number taken; with every unit and place it still fits into ``_PRECISE``.
_LONGEST_NUMBER = 18
_PRECISE = Context(prec=60)


def clean_amount(raw: Cell, unit: str, places: int, written_unit: str = "") -> Decimal | None:
    """A decimal number in ``unit`` (``"万元"``, ``"%"``, ``"亩"``…), rounded half up to ``places``.

    A unit written beside the number counts (``"0.32亿元"`` is 3200 万元); otherwise ``written_unit``, the unit found in
    the header, or else ``unit`` itself is meant. Words, ranges and "about" are faults.
    """
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        if raw % 1 == 0:
            number = Decimal(int(raw))
            if not written_unit or written_unit == unit:
                return number  # the usual case
        elif isfinite(raw):
            number = Decimal(repr(raw))
        else:
            return _no_amount(unit)
    elif isinstance(raw, str):
        text = _compact(raw).lstrip("'")
        if not text or raw.strip() in NOTHING:
            return None
        found = _NUMBER.fullmatch(text)
        digits = found[1].replace(",", "") if found else ""
        if found is None or len(digits.strip("+-")) > _LONGEST_NUMBER:
            return _no_amount(unit)
        number = Decimal(digits)
        if found[2]:
            written_unit = found[2]
    else:
        return _no_amount(unit)
    if written_unit and written_unit != unit:
        if unit not in _MONEY_UNITS or written_unit not in _MONEY_UNITS:
            return _no_amount(unit)
        number = number * _MONEY_UNITS[written_unit] / _MONEY_UNITS[unit]
    return number.quantize(_QUANTA[places], ROUND_HALF_UP, _PRECISE)


def _no_amount(unit: str) -> NoReturn:
    if unit in _MONEY_UNITS:
        raise CellFault("amount", "金额无法识别", "请写数字，例如 1200 或 0.32亿元，不要写“若干”“约”")
    raise CellFault("number", "数值无法识别", "请只写数字，例如 5.2")


_COUNT = re.compile(r"([-+]?(?:\d{1,3}(?:,\d{3})+|\d+))(?:\.0*)?(?:人|名|个|家|次|户|条|项|台|套|人次)?", re.ASCII)


def clean_integer(raw: Cell) -> int | None:
    """A whole number: ``1446.0``, ``"1,446"``, ``"723人"``; fractions and words are faults."""
    if isinstance(raw, str):
        text = _compact(raw)
        if not text or raw.strip() in NOTHING:
            return None
        found = _COUNT.fullmatch(text)
        if found and len(found[1]) <= _LONGEST_NUMBER:
            return int(found[1].replace(",", ""))
    elif isinstance(raw, (int, float)) and not isinstance(raw, bool) and raw % 1 == 0:
        return int(raw)
    raise CellFault("number", "数值无法识别", "请写整数，例如 723")


_YES = frozenset({"是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "对"})
_NO = frozenset({"否", "无", "×", "✗", "✘", "x", "n", "no", "false", "0", "不是", "没有"})


def clean_bool(raw: Cell, yes: str = "是", no: str = "否") -> bool | None:
    """Yes or no, in the sheet's own two words or the usual signs (√ ×, 有 无, Y N)."""
    text = _compact(raw).lower()
    if not text or text in _DASHES:
        return None
    if text == yes or text in _YES:
        return True
    if text == no or text in _NO:
        return False
    raise CellFault("choice", f"只能填“{yes}”或“{no}”", f"请填“{yes}”或“{no}”")


_CODE_LETTERS = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
_NO_LETTER = 255
_CODE_VALUES = bytes(_CODE_LETTERS.index(letter) if letter in _CODE_LETTERS else _NO_LETTER for letter in range(256))
_CODE_WEIGHTS = (*(3**place % 31 for place in range(17)), 1)


def clean_credit_code(raw: Cell) -> str | None:
    """A 统一社会信用代码 of 18 characters whose check digit holds (GB 32100-2015), upper case without blanks.

    The tests hold this to python-stdnum, which takes ten times as long.
    """
    text = _compact(raw).replace("-", "").upper()
    if not text:
        return None
    if len(text) == 18 and text.isascii() and text[2:8].isdecimal():
        values = text.encode("ascii").translate(_CODE_VALUES)
        if _NO_LETTER not in values and sum(map(mul, values, _CODE_WEIGHTS)) % 31 == 0:
            return text
    raise CellFault(
        "credit_code", "统一社会信用代码校验不通过", "请对照营业执照核对 18 位代码（其中没有字母 I、O、S、V、Z）"
    )


_MOBILE = re.compile(r"(?:\+?86)?(1\d{10})")
_LANDLINE = re.compile(r"(0\d{2,3})-?(\d{7,8})(?:-(\d{1,6}))?|([2-8]\d{6,7})|([48]00)-?(\d{3})-?(\d{4})")


_MASKED = re.compile(r"[+\d-]*\*{4}\d{1,4}", re.ASCII)


def is_masked(text: str | None) -> bool:
    """Whether this is what an export shows instead of a telephone number: ``139****1234``."""
    return text is not None and "*" in text and _MASKED.fullmatch(text) is not None


def clean_phone(raw: Cell) -> str | None:
    """A telephone number: a mobile as 11 digits, a landline as ``0537-2345678``. A masked number stays as it is."""
    if raw.__class__ is str and len(raw) == 11 and raw.isdecimal() and raw.startswith("1"):
        return raw  # the usual case, worth a short cut: every row has one and no two are alike
    text = _compact(raw).strip("'")
    if not text or text in _DASHES or text in NOTHING:
        return None
    if is_masked(text):
        return text
    text = text.replace("(", "").replace(")", "-").strip("-")
    if found := _MOBILE.fullmatch(text.replace("-", "")):
        return found[1]
    if found := _LANDLINE.fullmatch(text):
        return "-".join(filter(None, found.groups()))
    raise CellFault("phone", "联系电话无法识别", "请填 11 位手机号，或带区号的座机号，例如 0537-2345678")


_SEPARATORS = re.compile(r"[、，,;；\n\r]+")


def split_names(raw: Cell) -> tuple[str, ...]:
    """The names in a cell that lists several, each cleaned, in order, each once."""
    text = raw if isinstance(raw, str) else plain(raw)
    names = map(clean_name, _SEPARATORS.split(unquote(text.strip(" "))))
    return tuple(dict.fromkeys(name for name in names if name and name not in NOTHING))
