"""The charts of dashboard and briefing as plain data: both draw exactly the same numbers. No database, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .figures import ACTIVITIES, BY_COUNTY, DEMANDS, Figure, Figures, Link, Number, Place, Row, Rows, figures
from .periods import Period, last_day

#: 五共, in the order of the source report; values of `alliances.Activity.FiveJoint`.
FIVE_JOINT = (
    ("organisation", "组织共建"),
    ("affairs", "事务共商"),
    ("resources", "资源共享"),
    ("development", "发展共促"),
    ("brand", "品牌共创"),
)
#: What the chart of coverage needs of each place, besides the columns of the table.
COVERAGE = ("climbing_enterprises", "served_rate")
#: Lights with the colour that charts give them; the words carry the meaning.
LIGHTS = (
    ("done", "已办结", "blue"),
    ("green", "在办", "green"),
    ("amber", "临近时限", "amber"),
    ("red", "超期", "red"),
    ("grey", "停表", "grey"),
)


@dataclass(frozen=True)
class Series:
    """One row of bars; `tone` is a colour's meaning, `links` the lists behind its values."""

    name: str
    data: tuple[Number, ...]
    links: tuple[Link | None, ...] = field(default=(), compare=False)
    tone: str = ""


@dataclass(frozen=True)
class Chart:
    """`kind`: stacked, bars (side by side), line or hbars, as `static/js/charts.js` and `drawing.py` know them."""

    id: str
    kind: str
    title: str
    unit: str
    category_label: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def is_empty(self) -> bool:
        return not any(any(series.data) for series in self.series)


@dataclass(frozen=True)
class PlaceFigures:
    """One line of the table by county."""

    place: Place
    figures: Figures

    @property
    def columns(self) -> list[Figure]:
        return self.figures.of(*BY_COUNTY)


def by_place(rows: Rows, places: list[Place], period: Period) -> tuple[PlaceFigures, ...]:
    """The table by region: the same figures over each place's rows. A single place has all rows."""
    owner: dict[Any, int | None] = {region: place.id for place in places for region in place.region_ids or ()}
    parts: dict[int | None, dict[str, list[Row]]] = {place.id: defaultdict(list) for place in places}
    for source, source_rows in rows.items():
        for row in source_rows:
            place_id = places[0].id if len(places) == 1 else owner.get(row.get("region"))
            if place_id is not None:
                parts[place_id][source].append(row)
    return tuple(
        PlaceFigures(place, figures(parts[place.id], None, period, place, (*BY_COUNTY, *COVERAGE)))
        for place in places
        if parts[place.id] or not place.is_optional
    )


def charts(rows: Rows, parts: tuple[PlaceFigures, ...], period: Period, place: Place) -> tuple[Chart, ...]:
    """The charts, in the order in which they are shown; those by region only where there is something to compare."""
    demands = _demand_lights(rows, period, place)
    activities = _activities_by_month(rows, period, place)
    if len(parts) < 2:
        return demands, activities
    return demands, _demands_by_place(parts), activities, _coverage(parts)


def _demand_lights(rows: Rows, period: Period, place: Place) -> Chart:
    elements = sorted({(row["element_position"], row["element"], row["element_label"]) for row in rows["demands"]})
    counts = _counted(rows["demands"], lambda row: (row["element"], row["light"]))
    series = tuple(
        Series(
            words,
            tuple(counts[element, light] for _, element, _ in elements),
            tuple(
                _link(DEMANDS, "raised", period, place, element=str(element), light=light) for _, element, _ in elements
            ),
            tone,
        )
        for light, words, tone in LIGHTS
    )
    # Clocks stand still seldom: where none does, the chart need not say so.
    series = tuple(each for each in series if each.tone != "grey" or any(each.data))
    names = tuple(label for _, _, label in elements)
    return Chart("demand-lights", "stacked", "诉求办理情况（按要素类别）", "件", "类别", names, series)


def _demands_by_place(parts: tuple[PlaceFigures, ...]) -> Chart:
    collected = [part.figures["demands"] for part in parts]
    solved = [part.figures["demands_solved"] for part in parts]
    both = (
        Series("收集", tuple(each.value or 0 for each in collected), tuple(each.link for each in collected), "blue"),
        Series("已解决", tuple(each.value or 0 for each in solved), tuple(each.link for each in solved), "green"),
    )
    return Chart("demands-by-place", "bars", "诉求收集与解决（按区域）", "件", "区域", _names(parts), both)


def _activities_by_month(rows: Rows, period: Period, place: Place) -> Chart:
    counts = _counted(rows["activities"], lambda row: (row["five_joint"], str(row["month"])[:7]))
    months = period.months
    spans = [Period(max(first, period.start), min(last_day(first), period.end)) for first in months]
    series = tuple(
        Series(
            words,
            tuple(counts[value, f"{month:%Y-%m}"] for month in months),
            tuple(_link(ACTIVITIES, "held", span, place, five_joint=value, state="held") for span in spans),
        )
        for value, words in FIVE_JOINT
    )
    names = tuple(f"{month.year}年{month.month}月" for month in months)
    return Chart("activities-by-month", "stacked", "活动开展情况（按五共与月份）", "场", "月份", names, series)


def _coverage(parts: tuple[PlaceFigures, ...]) -> Chart:
    climbing = [part.figures["climbing_enterprises"] for part in parts]
    served = [part.figures["served_rate"].numerator or 0 for part in parts]
    links = tuple(each.link for each in climbing)
    both = (
        Series("攀登企业", tuple(each.value or 0 for each in climbing), links, "blue"),
        Series("有小组服务", tuple(served), links, "green"),
    )
    return Chart("coverage", "bars", "助企攀登企业服务覆盖（按区域）", "家", "区域", _names(parts), both)


def _names(parts: tuple[PlaceFigures, ...]) -> tuple[str, ...]:
    return tuple(part.place.name for part in parts)


def _counted(rows: list[Row], key: Callable[[Row], Any], measure: str = "n") -> dict[Any, Number]:
    counts: dict[Any, Number] = defaultdict(int)
    for row in rows:
        counts[key(row)] += row[measure]
    return counts


def _link(route: str, dated: str, period: Period, place: Place, **params: str) -> Link | None:
    if not place.has_lists:
        return None
    params |= {f"{dated}_from": period.start.isoformat(), f"{dated}_to": period.end.isoformat()}
    if place.id is not None:
        params["region"] = str(place.id)
    return Link(route, tuple(params.items()))
