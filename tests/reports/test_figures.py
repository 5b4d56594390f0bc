"""The definitions of figures over given rows: no database."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from reports.charts import by_place, charts
from reports.exports import overview_workbook
from reports.figures import BY_KEY, DEFINITIONS, TOTALS, Figure, Place, Rows, figures
from reports.overview import Overview, TypicalCase, canonical, digest, from_json, to_json
from reports.periods import quarter_period

QUARTER = quarter_period(2026, 3)
CITY = Place(None, "示例市")
HERE, THERE = Place(4, "任城区", frozenset({4}), True), Place(5, "鱼台县", frozenset({5}), True)
DEMAND = {
    "region": 4, "element": 1, "element_label": "人才", "element_position": 0, "light": "done", "n": 3, "accepted": 3,
    "solved": 2, "settled": Decimal("2.5"), "closed": 3, "days": 31, "rated": 2, "satisfied": 1,
    "loans": Decimal("939.5"), "talents": 20, "lands": Decimal(0),
}  # fmt: skip


def rows(**sources: list[dict[str, Any]]) -> Rows:
    enterprise = {"region": 4, "n": 10, "operating": 8, "covered": 2, "members": 3, "climbing": 4, "served": 3}
    empty: dict[str, list[dict[str, Any]]] = {definition.of.source: [] for definition in DEFINITIONS}
    return empty | {"due": [], "enterprises": [enterprise], "demands": [DEMAND]} | sources


def overview() -> Overview:
    found = rows(activities=[{"region": 5, "kind": "party", "five_joint": "brand", "month": "2026-08-01", "n": 7}])
    parts = by_place(found, [HERE, THERE], QUARTER)
    return Overview(
        QUARTER,
        CITY,
        date(2026, 11, 22),
        figures(found, rows(demands=[replace_row(n=2)]), QUARTER, CITY),
        parts,
        charts(found, parts, QUARTER, CITY),
        (TypicalCase("为甲企业解决用地98亩", "8月10日提出。"),),
    )


def replace_row(**values: Any) -> dict[str, Any]:
    return DEMAND | values


def test_rates_show_what_they_are_made_of():
    found = figures(rows(), None, QUARTER, CITY)
    assert (found["resolution_rate"].value, found["resolution_rate"].numerator) == (Decimal("66.67"), 2)
    assert found["resolution_rate"].denominator == 3
    assert found["settled_rate"].value == Decimal("83.33")
    assert found["satisfaction_rate"].value == Decimal("50.00")
    assert found["rating_rate"].value == Decimal("66.67")
    assert found["average_days"].value == Decimal("10.3")
    assert found["coverage_rate"].value == Decimal("25.00")
    assert found["served_rate"].value == Decimal("75.00")


def test_a_rate_of_nothing_is_not_zero():
    found = figures(rows(demands=[]), None, QUARTER, CITY)
    assert (found["resolution_rate"].value, found["resolution_rate"].shown) == (None, "—")
    assert found["demands"].value == 0


def test_loans_are_exact_in_both_units():
    found = figures(rows(demands=[replace_row(loans=Decimal("513700"))]), None, QUARTER, CITY)
    assert (found["loans_wan_yuan"].value, found["loans_yi_yuan"].value) == (Decimal(513700), Decimal("51.37"))
    assert found.totals()["loans_wan_yuan"] == 513700
    assert found.totals()["loans_yi_yuan"] == 51.37


def test_totals_have_the_keys_of_the_report_and_no_others():
    assert tuple(figures(rows(), None, QUARTER, CITY).totals()) == TOTALS


@pytest.mark.parametrize(
    ("key", "value", "previous", "words"),
    [
        ("demands", 12, 10, "比上期增加 2（+20.0%）"),
        ("demands", 8, 10, "比上期减少 2（−20.0%）"),
        ("demands", 8, 8, "与上期持平"),
        ("demands", 8, None, "上期无数据"),
        ("demands", 8, 0, "比上期增加 8（+）"),
        ("resolution_rate", Decimal("82.87"), Decimal("80.00"), "比上期提高 2.87 个百分点（+）"),
        ("resolution_rate", Decimal("80.00"), Decimal("82.87"), "比上期降低 2.87 个百分点（−）"),
        ("resolution_rate", None, Decimal("82.87"), "上期无数据"),
    ],
)
def test_change_in_words_and_with_its_sign(key: str, value: Any, previous: Any, words: str):
    assert Figure(key, value, previous=previous).change == words


def test_a_source_without_rows_before_has_no_comparison_but_a_zero_beside_rows_has():
    before = rows(demands=[replace_row(solved=0)], enterprises=[])
    found = figures(rows(), before, QUARTER, CITY)
    assert found["demands_solved"].previous == 0
    assert found["enterprises"].previous is None
    # Only the present state of the roster is known, whatever rows there are.
    assert figures(rows(), rows(), QUARTER, CITY)["climbing_enterprises"].previous is None


def test_links_carry_period_and_county():
    definition = BY_KEY["demands_solved"]
    link = definition.link(QUARTER, HERE)
    assert link is not None
    assert (link.route, dict(link.params)) == (
        "demands:list",
        {"result": "solved", "raised_from": "2026-07-01", "raised_to": "2026-09-30", "region": "4"},
    )
    assert "region" not in dict(definition.link(QUARTER, CITY).params)
    assert definition.link(QUARTER, replace(HERE, is_county=False)) is None


def test_table_by_region_adds_up_to_the_whole():
    there = replace_row(region=5, n=4, solved=1)
    found = rows(demands=[DEMAND, there])
    parts = by_place(found, [HERE, THERE], QUARTER)
    assert [part.figures["demands"].value for part in parts] == [3, 4]
    assert sum(part.figures["demands"].value for part in parts) == figures(found, None, QUARTER, CITY)["demands"].value


def test_what_belongs_to_no_county_appears_only_when_there_is_any():
    own = Place(1, "示例市本级", frozenset({1}), is_optional=True)
    assert len(by_place(rows(), [HERE, THERE, own], QUARTER)) == 2
    parts = by_place(rows(alliances=[{"region": 1, "n": 1}]), [HERE, THERE, own], QUARTER)
    assert parts[-1].figures["alliances"].value == 1


def test_charts_show_the_rows_by_light_and_month():
    found = overview()
    lights = {series.name: series.data for series in found.chart("demand-lights").series}
    assert lights == {"已办结": (3,), "在办": (0,), "临近时限": (0,), "超期": (0,)}
    months = found.chart("activities-by-month")
    assert months.categories == ("2026年7月", "2026年8月", "2026年9月")
    assert months.series[-1].data == (0, 7, 0)
    link = months.series[-1].links[1]
    assert dict(link.params)["held_to"] == "2026-08-31"


def test_one_region_has_nothing_to_compare():
    parts = by_place(rows(), [HERE], QUARTER)
    assert [chart.id for chart in charts(rows(), parts, QUARTER, HERE)] == ["demand-lights", "activities-by-month"]


def test_frozen_overview_comes_back_the_same():
    found = overview()
    again = from_json(to_json(found))
    assert again == found
    assert again.figures["resolution_rate"].link == found.figures["resolution_rate"].link
    assert digest(to_json(again)) == digest(to_json(found))


def test_the_digest_does_not_depend_on_the_order_of_keys():
    data = to_json(overview())
    assert digest(dict(reversed(data.items()))) == digest(data)
    assert "示例市".encode() in canonical(data)


def test_frozen_figures_of_another_layout_are_refused_in_words():
    with pytest.raises(ValueError, match="格式"):
        from_json({"layout": 99})


def test_a_region_named_like_a_formula_is_text_in_the_workbook():
    found = overview()
    trap = replace(found.place, name="=HYPERLINK(1)")
    parts = [replace(part, place=trap) for part in found.parts]
    book = load_workbook(BytesIO(overview_workbook(replace(found, place=trap, parts=parts))))
    cells = [cell for sheet in book for row in sheet for cell in row if "HYPERLINK" in str(cell.value)]
    assert len(cells) == 1 + len(parts)
    for cell in cells:
        assert (cell.data_type, cell.value[0]) == ("s", "'")
