"""The briefing as HTML: an overview's figures in its layout (domain.md §8 简报)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import inf
from typing import Any, cast

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from alliances.models import Handover, HandoverSignature
from demands.clocks import in_words
from demands.models import DemandEvent
from demands.telling import PAPERS
from demands.workflow import Action
from tenants.masking import masked_phone

from . import chain_drawing
from .booklet import Booklet, in_chinese
from .drawing import svg
from .figures import BY_COUNTY, BY_KEY
from .imprint import Imprint
from .overview import Overview
from .printing import fonts
from .profile import Profile
from .sentences import editors_note, sections, title

#: How a light is printed in black: shape and word, as on the screen.
SHAPES = {"green": "●", "amber": "▲", "red": "■", "grey": "‖", "done": "✓"}
#: A line of a handover pack's tables, the longest cell that keeps its width, and a cell's padding, in characters.
LINE, SHORT, PADDING = 47, 10, 1
#: What the mark of a light takes besides.
MARK = 2
#: The last character that is narrow.
LATIN = 0x2E7F
NUMERALS = "一二三四五六七八九十"


def briefing_html(
    overview: Overview,
    imprint: Imprint,
    *,
    year: int,
    issue: int,
    serial: int,
    body_name: str,
    issued_on: date,
    snapshot_number: str,
    snapshot_sha256: str,
) -> str:
    """The complete document, ready for `printing.print_pdf`."""
    drawn = _drawn(overview)
    numbered = [
        {
            "numeral": NUMERALS[number],
            "section": section,
            "blocks": [(block, drawn.get(block.chart)) for block in section.blocks],
        }
        for number, section in enumerate(sections(overview))
    ]
    return render_to_string(
        "reports/briefing_paper.html",
        {
            "title": title(overview),
            "overview": overview,
            "note": imprint.editor_note or editors_note(overview),
            "imprint": imprint,
            "sections": numbered,
            "columns": [BY_KEY[key] for key in BY_COUNTY],
            "total": overview.figures.of(*BY_COUNTY),
            "year": year,
            "issue": issue,
            "serial": serial,
            "body_name": body_name,
            "issued_on": issued_on,
            "snapshot_number": snapshot_number,
            "snapshot_sha256": snapshot_sha256,
            "fonts": fonts(),
        },
    )


def _drawn(overview: Overview) -> dict[str, dict[str, Any]]:
    """The charts that have something to show, with their numbers in the paper."""
    shown = [chart for chart in overview.charts if not chart.is_empty]
    return {
        chart.id: {"chart": chart, "number": number, "svg": mark_safe(svg(chart, height=50))}  # noqa: S308 (built as XML)
        for number, chart in enumerate(shown, 1)
    }


def handover_html(handover: Handover, signatures: Sequence[HandoverSignature]) -> str:
    """A finished handover pack as a document, from its frozen content alone."""
    # Never empty from the first signature on; the database holds that.
    content = cast(dict[str, Any], handover.content)
    parts = [
        part
        | {
            "widths": _widths_of(part),
            "rows": [row | {"light": SHAPES.get(row["colour"], "")} for row in part["rows"]],
        }
        for part in content["parts"]
    ]
    return render_to_string(
        "reports/handover_paper.html",
        {"handover": handover, "parts": parts, "signatures": signatures, "fonts": fonts()},
    )


def demand_html(event: DemandEvent, facts: dict[str, str], issuer: str) -> str:
    """A 任务书 or 催办单 as a document: the demand as it stood with that act."""
    demand, action = event.demand, Action(event.action)
    unit = demand.unit.name if demand.unit else ""
    pairs = [
        ("编号", demand.number),
        ("企业", demand.enterprise.name),
        ("所在区域", demand.enterprise.region.name),
        ("联盟", demand.alliance.name if demand.alliance else "未加入联盟"),
        ("诉求类别", facts.get("诉求类别") or demand.element.label),
        ("难易程度", facts.get("难易程度", "")),
        ("主办单位", facts.get("主办单位") or unit),
        ("分办、协办", facts.get("分办、协办单位", "")),
        ("企业联系人", demand.enterprise.contact_name),
        ("联系电话", masked_phone(demand.enterprise.contact_phone)),
        ("办理时限", facts.get("办理时限") or (in_words(demand.due_on) if demand.due_on else "")),
        ("办理人", event.who),
    ]
    context = {
        "event": event,
        "title": f"诉求{PAPERS[action]}",
        "is_urging": action is Action.URGE,
        "addressee": facts.get("主办单位") or unit,
        "facts": list(zip(pairs[::2], pairs[1::2], strict=True)),
        "content": facts.get("诉求内容") or demand.content,
        "issuer": issuer,
        "fonts": fonts(),
    }
    return render_to_string("reports/demand_paper.html", context)


def profile_html(profile: Profile, today: date) -> str:
    """The one-page profile of an alliance as a document."""
    drawing = chain_drawing.svg(profile.chain, profile.supplies, profile.members, marks=profile.sees_chain)
    facts = profile.facts if len(profile.facts) % 2 == 0 else [*profile.facts, ("", "")]
    context = {
        "profile": profile,
        "facts": list(zip(facts[::2], facts[1::2], strict=True)),
        "drawing": mark_safe(drawing),  # noqa: S308 (built as XML)
        "today": today,
        "fonts": fonts(),
    }
    return render_to_string("reports/profile_paper.html", context)


def booklet_html(booklet: Booklet, *, number: str, sha256: str, issued_on: date) -> str:
    """A booklet of typical cases as a document; its photos are `photo:` addresses (`printing.print_pdf`)."""
    chapters = [{"numeral": in_chinese(at), "chapter": chapter} for at, chapter in enumerate(booklet.chapters, start=1)]
    return render_to_string(
        "reports/booklet_paper.html",
        {
            "booklet": booklet,
            "chapters": chapters,
            "number": number,
            "sha256": sha256,
            "issued_on": issued_on,
            "fonts": fonts(),
        },
    )


def _widths_of(part: dict[str, Any]) -> list[int]:
    mark = MARK if any(row["colour"] for row in part["rows"]) else 0
    return column_widths([part["columns"], *(row["cells"] for row in part["rows"])], line=LINE, mark=mark)


def column_widths(
    rows: Iterable[Sequence[str]], *, line: int, mark: int = 0, short: float = SHORT, most: float = inf
) -> list[int]:
    """The shares of a table's columns in the page's width, in percent, for a line of so many characters: those of up to
    `short` keep theirs, the others share the rest; none counts as longer than `most`. `mark` is what the last one
    takes more.
    """
    natural = [min(max(map(_length, cells)) + PADDING, most) for cells in zip(*rows, strict=True)]
    natural[-1] += mark
    long = [width for width in natural if width > short]
    left = line - sum(natural) + sum(long)
    fitted = [width * left / sum(long) if width > short else width for width in natural]
    return [int(100 * width / sum(fitted)) for width in fitted]


def _length(text: str) -> float:
    """The width of a line in Chinese characters; digits and letters are little more than half as wide."""
    return sum(1 if ord(character) > LATIN else 0.6 for character in text)
