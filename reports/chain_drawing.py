"""An alliance's chain on paper: the stages from upstream to downstream, its members below them, who delivers to whom.

Pure: the plain data of `alliances.chain_map` in, SVG text out. The same picture as on the page of the chain.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement, tostring

from alliances.chain_map import Layout, Spot, Stage, Supply, layout

from .drawing import FONT, INK

BRAND, AMBER, EDGE, FAINT = "#b3161b", "#8a5a00", "#8a919c", "#f4f5f7"
#: Millimetres: the head of a stage, a row of enterprises, the space around a box, the size of its text.
HEAD, ROW, GAP, TEXT = 9.0, 6.4, 0.8, 2.1
#: Lines of a name in its box.
LINES = 2


def svg(
    chain: Sequence[Stage],
    supplies: Sequence[Supply],
    members: Collection[int],
    *,
    marks: bool = True,
    width: float = 174,
) -> str:
    """The chain as an SVG image `width` mm wide. Gaps and single points are those of the whole chain; of its
    enterprises those among `members` are drawn. Without `marks`, for a reader who sees members only, no gap is named
    and only they are counted."""
    own = [replace(stage, firms=tuple(firm for firm in stage.firms if firm.pk in members)) for stage in chain]
    drawn = layout(own, [each for each in supplies if {each.supplier, each.customer} <= set(members)])
    height = HEAD + (drawn.rows - 1) * ROW + GAP
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": f"{width}mm",
            "height": f"{height:.1f}mm",
            "viewBox": f"0 0 {width} {height:.1f}",
            "font-family": FONT,
            "role": "img",
            "aria-label": "产业链图谱",
        },
    )
    column = width / max(drawn.columns, 1)
    for stage, spot in zip(chain if marks else own, drawn.stages, strict=True):
        _stage(root, stage, spot, column, marks)
    names = {firm.pk: firm for stage in own for firm in stage.firms}
    for pk, spot in drawn.firms.items():
        _firm(root, names[pk].name, names[pk].scale == "leader", spot, column)
    _supplies(root, drawn, column)
    return tostring(root, encoding="unicode")


def _stage(root: Element, stage: Stage, spot: Spot, column: float, marks: bool) -> None:
    mark, colour = ("断点", BRAND) if stage.is_gap else ("单点", AMBER) if stage.is_single else ("", INK)
    if not marks:
        mark, colour = "", INK
    middle = (spot.column + 0.5) * column
    _text(root, middle, 3.2, _cut(stage.name, column), TEXT + 0.5, colour, bold=True)
    count = f"{mark}　{len(stage.firms)} 家" if mark else f"{len(stage.firms)} 家"
    _text(root, middle, 6.4, count, TEXT, colour)
    line = {"stroke": colour, "stroke-width": ".4"}
    left = spot.column * column + GAP
    SubElement(
        root, "line", {"x1": f"{left:.2f}", "x2": f"{left + column - 2 * GAP:.2f}", "y1": "7.6", "y2": "7.6", **line}
    )


def _firm(root: Element, name: str, leads: bool, spot: Spot, column: float) -> None:
    left, top = spot.column * column + GAP, HEAD + (spot.row - 1) * ROW
    box = {"x": f"{left:.2f}", "y": f"{top:.2f}", "width": f"{column - 2 * GAP:.2f}", "height": f"{ROW - GAP:.2f}"}
    SubElement(
        root, "rect", {**box, "rx": ".8", "fill": FAINT, "stroke": BRAND if leads else EDGE, "stroke-width": ".2"}
    )
    room = max(int((column - 3 * GAP) / TEXT), 1)
    lines = [name[at : at + room] for at in range(0, len(name), room)]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], f"{lines[LINES - 1][:-1]}…"]
    first = top + (ROW - GAP) / 2 + TEXT * 0.36 - (len(lines) - 1) * TEXT * 0.58
    for number, line in enumerate(lines):
        _text(root, left + column / 2 - GAP, first + number * TEXT * 1.16, line, TEXT, INK)


def _supplies(root: Element, drawn: Layout, column: float) -> None:
    """Who delivers to whom, as thin lines from box to box."""
    for each in drawn.supplies:
        start, end = drawn.firms[each.supplier], drawn.firms[each.customer]
        forward = start.column <= end.column
        edge = column - GAP if forward else GAP
        points = {
            "x1": f"{start.column * column + edge:.2f}",
            "y1": f"{_middle(start):.2f}",
            "x2": f"{end.column * column + column - edge:.2f}",
            "y2": f"{_middle(end):.2f}",
        }
        SubElement(root, "line", {**points, "stroke": BRAND, "stroke-width": ".25"})


def _middle(spot: Spot) -> float:
    return HEAD + (spot.row - 1) * ROW + (ROW - GAP) / 2


def _cut(name: str, column: float) -> str:
    room = max(int((column - GAP) / (TEXT + 0.5)), 2)
    return name if len(name) <= room else f"{name[: room - 1]}…"


def _text(root: Element, x: float, y: float, words: str, size: float, colour: str, *, bold: bool = False) -> None:
    style = {"x": f"{x:.2f}", "y": f"{y:.2f}", "font-size": f"{size:.2f}", "fill": colour, "text-anchor": "middle"}
    if bold:
        style["font-weight"] = "700"
    SubElement(root, "text", style).text = words
