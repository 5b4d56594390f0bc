"""Charts as small vector drawings for paper: the same numbers as on the dashboard. Pure: data in, SVG text out."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from .charts import Chart, Series
from .figures import Number, shown

#: Colours by meaning, dark enough to tell apart in grey-scale print; series without a meaning take the next of ORDER.
TONES = {
    "brand": "#b3161b",
    "red": "#b3161b",
    "green": "#4f9d69",
    "amber": "#e0a93b",
    "blue": "#34628f",
    "grey": "#8a9099",
}
ORDER = ("#34628f", "#b3161b", "#7fa8cf", "#e0a93b", "#8a8f98")
FONT = "Portal Sans"
INK, FAINT = "#222222", "#d9d9d9"
#: Millimetres. Text is as wide as it is high, as Chinese is.
TEXT, SMALL, LINE = 2.9, 2.5, 3.6
LEFT, RIGHT, TOP, BOTTOM = 10.0, 2.0, 9.0, 5.0
STEPS = (1, 2, 2.5, 5, 10)


def svg(chart: Chart, *, width: float = 156, height: float = 58) -> str:
    """The chart as an SVG image of `width` × `height` mm: legend, grid, bars (stacked or side by side), values.

    `line` charts are drawn as bars as well; paper shows few points.
    """
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": f"{width}mm",
            "height": f"{height}mm",
            "viewBox": f"0 0 {width} {height}",
            "font-family": FONT,
            "role": "img",
            "aria-label": f"{chart.title}（{chart.unit}）",
        },
    )
    labels = [list(_wrapped(name)) for name in chart.categories]
    floor = height - BOTTOM - LINE * (max((len(lines) for lines in labels), default=1) - 1)
    _legend(root, chart)
    top = _grid(root, chart, width, floor)
    scale = (floor - TOP) / top
    slot = (width - LEFT - RIGHT) / max(len(chart.categories), 1)
    for index, lines in enumerate(labels):
        middle = LEFT + slot * (index + 0.5)
        for number, line in enumerate(lines):
            _text(root, middle, floor + LINE * (number + 1), line, anchor="middle")
        draw = _stack if chart.kind == "stacked" else _group
        draw(root, chart, index, middle, min(slot * 0.7, 24), floor, scale)
    return tostring(root, encoding="unicode")


def _wrapped(name: str) -> Iterator[str]:
    """Lines of at most four characters; a year stands on its own."""
    head, year, rest = name.partition("年")
    if year and head.isdigit() and rest:
        yield from (head + year, rest)
        return
    size = 4 if len(name) <= 4 else (len(name) + 1) // 2
    yield from (name[start : start + size] for start in range(0, len(name), size))


def _legend(root: Element, chart: Chart) -> None:
    x = LEFT
    for index, series in enumerate(chart.series):
        _rect(root, x, 1.2, TEXT, TEXT, _colour(series, index))
        _text(root, x + TEXT + 1, 1.2 + TEXT * 0.9, series.name)
        x += TEXT * (len(series.name) + 1) + 5


def _grid(root: Element, chart: Chart, width: float, floor: float) -> float:
    """Draw the value axis; returns the value at its top."""
    if chart.kind == "stacked":
        peaks = [sum(series.data[index] for series in chart.series) for index in range(len(chart.categories))]
    else:
        peaks = [value for series in chart.series for value in series.data]
    step = _step(max(peaks, default=0))
    lines = int(-(-float(max(peaks, default=0)) // step)) or 1
    for number in range(lines + 1):
        y = floor - (floor - TOP) * number / lines
        colour = INK if number == 0 else FAINT
        _draw(root, "line", x1=LEFT, y1=y, x2=width - RIGHT, y2=y, stroke=colour, stroke_width=0.2)
        label = number * step
        _text(root, LEFT - 1.2, y + SMALL * 0.35, f"{label:,.0f}", anchor="end", size=SMALL)
    return lines * step


def _step(peak: Number) -> float:
    """A round distance of grid lines: at most five of them below `peak`; never below one, as things are counted."""
    size = 1.0
    while True:
        for factor in STEPS:
            if peak <= 5 * size * factor and (size * factor).is_integer():
                return size * factor
        size *= 10


def _stack(root: Element, chart: Chart, index: int, middle: float, width: float, floor: float, scale: float) -> None:
    bar = min(width, 12)
    y: float = floor
    total: Number = 0
    for number, series in enumerate(chart.series):
        value = series.data[index]
        if value:
            y -= float(value) * scale
            _rect(root, middle - bar / 2, y, bar, float(value) * scale, _colour(series, number))
            total += value
    _text(root, middle, y - 0.8, shown(total, 0), anchor="middle", size=SMALL)


def _group(root: Element, chart: Chart, index: int, middle: float, width: float, floor: float, scale: float) -> None:
    bar = min(width / max(len(chart.series), 1), 7)
    x = middle - bar * len(chart.series) / 2
    for number, series in enumerate(chart.series):
        value = series.data[index]
        high = float(value) * scale
        _rect(root, x, floor - high, bar * 0.92, high, _colour(series, number))
        _text(root, x + bar * 0.46, floor - high - 0.8, shown(value, 0), anchor="middle", size=SMALL)
        x += bar


def _colour(series: Series, index: int) -> str:
    return TONES.get(series.tone, ORDER[index % len(ORDER)])


def _rect(root: Element, x: float, y: float, width: float, height: float, fill: str) -> None:
    _draw(root, "rect", x=x, y=y, width=width, height=height, fill=fill)


def _text(root: Element, x: float, y: float, words: str, *, anchor: str = "start", size: float = TEXT) -> None:
    element = _draw(root, "text", x=x, y=y, fill=INK, font_size=size, text_anchor=anchor)
    element.text = words


def _draw(root: Element, name: str, **values: float | str) -> Element:
    written = {
        key.replace("_", "-"): f"{value:.2f}" if isinstance(value, float | int) else value
        for key, value in values.items()
    }
    return SubElement(root, name, written)
