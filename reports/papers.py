"""The briefing as HTML: an overview's figures in its layout (domain.md §8 简报)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from .drawing import svg
from .figures import BY_COUNTY, BY_KEY
from .imprint import Imprint
from .overview import Overview
from .printing import fonts
from .sentences import editors_note, sections, title

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
