"""Everything that a period's dashboard and briefing show, as one value that can be frozen into a snapshot and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .charts import Chart, PlaceFigures, Series
from .figures import BY_KEY, Figure, Figures, Link, Number, Place
from .periods import Period

#: Raised when the layout of frozen figures changes; older snapshots say which they follow.
LAYOUT = 1


@dataclass(frozen=True)
class TypicalCase:
    """A case for the briefing, written from the facts of one demand or activity and nothing else."""

    title: str
    text: str


@dataclass(frozen=True)
class Overview:
    """Figures, table by county, charts and cases of one period and region, as known on `as_of`."""

    period: Period
    place: Place
    as_of: date
    figures: Figures
    parts: tuple[PlaceFigures, ...]
    charts: tuple[Chart, ...]
    cases: tuple[TypicalCase, ...] = ()

    def chart(self, chart_id: str) -> Chart:
        return next(chart for chart in self.charts if chart.id == chart_id)


def to_json(overview: Overview) -> dict[str, Any]:
    """The overview as JSON values; exact decimals become text."""
    return {
        "layout": LAYOUT,
        "period": [overview.period.start.isoformat(), overview.period.end.isoformat()],
        "region": [overview.place.id, overview.place.name],
        "as_of": overview.as_of.isoformat(),
        "figures": _figures_out(overview.figures),
        "parts": [[part.place.id, part.place.name, _figures_out(part.figures)] for part in overview.parts],
        "charts": [
            {
                "id": chart.id,
                "kind": chart.kind,
                "title": chart.title,
                "unit": chart.unit,
                "category_label": chart.category_label,
                "categories": list(chart.categories),
                "series": [
                    {
                        "name": series.name,
                        "tone": series.tone,
                        "data": [_out(value) for value in series.data],
                        "links": [_link_out(link) for link in series.links],
                    }
                    for series in chart.series
                ],
            }
            for chart in overview.charts
        ],
        "cases": [vars(case) for case in overview.cases],
    }


def from_json(data: dict[str, Any]) -> Overview:
    """What `to_json` wrote. Raises `ValueError` for a layout of another version."""
    if data.get("layout") != LAYOUT:
        raise ValueError("这份快照的格式与当前版本不一致，无法打开。请联系管理员。")
    return Overview(
        period=Period(*(date.fromisoformat(day) for day in data["period"])),
        place=Place(*data["region"]),
        as_of=date.fromisoformat(data["as_of"]),
        figures=_figures_in(data["figures"]),
        parts=tuple(PlaceFigures(Place(pk, name), _figures_in(lines)) for pk, name, lines in data["parts"]),
        charts=tuple(
            Chart(
                **{name: chart[name] for name in ("id", "kind", "title", "unit", "category_label")},
                categories=tuple(chart["categories"]),
                series=tuple(
                    Series(
                        series["name"],
                        tuple(_in(value) or 0 for value in series["data"]),
                        tuple(_link_in(link) for link in series["links"]),
                        series["tone"],
                    )
                    for series in chart["series"]
                ),
            )
            for chart in data["charts"]
        ),
        cases=tuple(TypicalCase(**case) for case in data["cases"]),
    )


def canonical(data: dict[str, Any]) -> bytes:
    """The one spelling of frozen figures whose digest is kept: sorted keys, no spaces, UTF-8."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(data: dict[str, Any]) -> str:
    """SHA-256 of the canonical spelling, in hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()


def _figures_out(figures: Figures) -> list[dict[str, Any]]:
    return [
        {
            "key": figure.key,
            "label": figure.label,
            "unit": figure.unit,
            "value": _out(figure.value),
            "numerator": _out(figure.numerator),
            "denominator": _out(figure.denominator),
            "previous": _out(figure.previous),
            "link": _link_out(figure.link),
        }
        for figure in figures.items
    ]


def _figures_in(lines: Sequence[dict[str, Any]]) -> Figures:
    numbers = ("value", "numerator", "denominator", "previous")
    return Figures(
        tuple(
            Figure(line["key"], **{name: _in(line[name]) for name in numbers}, link=_link_in(line["link"]))
            for line in lines
            if line["key"] in BY_KEY
        )
    )


def _link_out(link: Link | None) -> list[Any] | None:
    return [link.route, dict(link.params)] if link else None


def _link_in(data: list[Any] | None) -> Link | None:
    return Link(data[0], tuple(data[1].items())) if data else None


def _out(value: Number | None) -> int | str | None:
    return str(value) if isinstance(value, Decimal) else value


def _in(value: int | str | None) -> Number | None:
    return Decimal(value) if isinstance(value, str) else value
