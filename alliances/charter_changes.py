"""What a new version of a charter changes, paragraph by paragraph. Plain functions over texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

#: Comparing takes time with the square of this.
PARAGRAPHS_MOST = 1000
#: Unchanged paragraphs shown before and after a change.
AROUND = 1


class Kind(StrEnum):
    """What became of a paragraph."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the comparison."""

    kind: Kind
    text: str


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text; blank lines and the blanks around a paragraph mean nothing."""
    return [line for each in text.splitlines() if (line := each.strip(" \t　"))]


def changes(before: str, after: str) -> list[list[Paragraph]]:
    """The places where two versions differ, in the order of the text: what went, then what came, with the paragraphs
    around. Empty where they say the same."""
    old, new = paragraphs(before), paragraphs(after)
    groups = SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND)
    return [list(_place(group, old, new)) for group in groups]


def _place(group: list[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> Iterator[Paragraph]:
    for operation, from_old, to_old, from_new, to_new in group:
        if operation == "equal":
            yield from (Paragraph(Kind.KEPT, text) for text in new[from_new:to_new])
        else:
            yield from (Paragraph(Kind.REMOVED, text) for text in old[from_old:to_old])
            yield from (Paragraph(Kind.ADDED, text) for text in new[from_new:to_new])
