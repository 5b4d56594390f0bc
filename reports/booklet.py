"""The booklet of typical cases 产业链党建 N 计: what it quotes, as values that nothing changes (docs/adr/0054)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

#: More cases than this are two booklets; more photo than this is no file to send around. Bytes, as printed.
CASES_MOST = 60
PHOTO_BYTES_MOST = 40_000_000
DIGITS = "零一二三四五六七八九"


class BookletRefusedError(ValueError):
    """The booklet cannot be made as it was asked for; `sentence` is for the user."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Photo:
    """A photo by the digest of its file."""

    sha256: str
    caption: str


@dataclass(frozen=True)
class Chapter:
    """One case as the booklet quotes it. `parts` are heading and text; paragraphs are lines."""

    title: str
    alliance: str
    region: str
    enterprises: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    photos: tuple[Photo, ...]


@dataclass(frozen=True)
class Booklet:
    """A whole booklet."""

    title: str
    body_name: str
    preface: str
    chapters: tuple[Chapter, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values; `from_json` reads them."""
        values: dict[str, Any] = json.loads(json.dumps(asdict(self), ensure_ascii=False))
        return values


def from_json(values: dict[str, Any]) -> Booklet:
    """The booklet that `Booklet.to_json` wrote."""
    chapters = tuple(
        Chapter(
            title=each["title"],
            alliance=each["alliance"],
            region=each["region"],
            enterprises=tuple(each["enterprises"]),
            parts=tuple((heading, text) for heading, text in each["parts"]),
            photos=tuple(Photo(**photo) for photo in each["photos"]),
        )
        for each in values["chapters"]
    )
    return Booklet(values["title"], values["body_name"], values["preface"], chapters)


def digest(values: dict[str, Any]) -> str:
    """SHA-256 of a booklet's content in its canonical spelling."""
    written = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()


def in_chinese(number: int) -> str:
    """`12` → `十二`, for 1 to 99."""
    if not 1 <= number <= 99:
        raise ValueError(number)
    tens, ones = divmod(number, 10)
    return f"{DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{DIGITS[ones] if ones else ''}"


def title_for(cases: int) -> str:
    """产业链党建十二计: the number counts the cases."""
    return f"产业链党建{in_chinese(cases)}计"


def in_order(numbers: Iterable[tuple[int, int]]) -> list[int]:
    """The ids of some (id, place) by their places; gaps close up."""
    return [pk for pk, _ in sorted(numbers, key=lambda pair: (pair[1], pair[0]))]


def size_refusal(cases: int) -> str:
    """Why so many cases are no booklet; empty when they are one."""
    if not cases:
        return "还没有选案例。请在要收入的案例后面填顺序号：1 是第一计，2 是第二计。"
    if cases > CASES_MOST:
        return f"一本汇编最多收 {CASES_MOST} 个案例，现在选了 {cases} 个。请分成两本。"
    return ""


def photo_refusal(sizes: Sequence[int]) -> str:
    """Why so much photo does not fit one file; empty when it does."""
    total = sum(sizes)
    if total <= PHOTO_BYTES_MOST:
        return ""
    shown, most = total / 1_000_000, PHOTO_BYTES_MOST // 1_000_000
    return f"照片太多：{len(sizes)} 张共 {shown:.0f} MB，一本汇编最多 {most} MB。请少收几个案例，或请联盟减少照片。"
