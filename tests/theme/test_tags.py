"""The template tags: how numbers, dates, lights, heads and filters are written."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from tenants.templatetags import lists, portal

from .preview.forms import DemandForm


def render(source: str, address: str = "/", **context: Any) -> str:
    context["request"] = RequestFactory().get(address)
    return Template("{% load lists portal %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "text"), [(1162, "1,162"), (Decimal("3276.50"), "3,276.5"), (0, "0"), (100, "100"), (None, "—")]
)
def test_number_has_separators_and_no_idle_zeros(value: Any, text: str) -> None:
    assert portal.number(value) == text


def test_amounts_keep_their_unit() -> None:
    assert portal.wan(Decimal("8214.00")) == "8,214"
    assert portal.wan(Decimal("0.125")) == "0.13"
    assert portal.yi(Decimal(513_700)) == "51.37"
    assert portal.wan(None) == portal.yi(None) == "—"


def test_rate_shows_what_it_is_made_of() -> None:
    assert portal.percent(963, 1162) == "82.87"
    assert portal.percent(1, 8, places=0) == "13"
    text = portal.rate(963, 1162)
    assert "82.87%" in text
    assert "963 / 1,162" in text


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 0), (None, 5), (3, None)])
def test_rate_of_nothing_is_a_dash(numerator: Any, denominator: Any) -> None:
    assert portal.rate(numerator, denominator) == "—"


def test_dates_are_chinese_and_local() -> None:
    late = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)  # already the 22nd in Asia/Shanghai
    assert portal.cn_day(late) == "2026年11月22日 周日"
    assert portal.cn_time(late) == "2026年11月22日 01:30"
    assert portal.cn_month_day(date(2026, 3, 5)) == "3月5日"
    assert portal.cn_month(date(2026, 3, 5)) == "2026年3月"
    assert portal.quarter(date(2026, 10, 1)) == "2026年第四季度"
    assert portal.cn_date(None) == portal.quarter(None) == "—"


def test_log_time_names_the_year_only_when_it_is_another() -> None:
    now = datetime.now(UTC)
    assert "年" not in portal.cn_log_time(now)
    assert portal.cn_log_time(now.replace(year=now.year - 2, day=1)).startswith(f"{now.year - 2}年")


@pytest.mark.parametrize(
    ("number", "text"),
    [("13912341234", "139****1234"), ("+86 13912341234", "+86 139****1234"), ("0537-2345678", "****678"), ("", "—")],
)
def test_phone_numbers_are_masked(number: str, text: str) -> None:
    assert portal.masked_phone(number) == text


def test_a_light_is_a_word_and_is_escaped() -> None:
    assert portal.light("red", "超期 1 天") == '<span class="light red">超期 1 天</span>'
    assert portal.light("grey") == '<span class="light grey">暂停</span>'
    assert "<b>" not in portal.light("red", "<b>")


def test_sorting_keeps_filters_and_leaves_the_page() -> None:
    html = render('{% sort_th "到期" "due" %}', "/?light=red&page=7&sort=name")
    assert 'href="?light=red&amp;sort=due"' in html
    assert "aria-sort" not in html


def test_sorting_again_turns_the_order() -> None:
    html = render('{% sort_th "到期" "due" "r" "天" %}', "/?sort=due")
    assert 'aria-sort="ascending"' in html
    assert "sort=-due" in html
    assert "（天）" in html
    assert 'aria-sort="descending"' in render('{% sort_th "到期" "due" %}', "/?sort=-due")


class Filter(forms.Form):
    q = forms.CharField(label="搜索", required=False)
    light = forms.MultipleChoiceField(label="灯色", choices=[("red", "红灯"), ("amber", "黄灯")], required=False)
    founded = forms.DateField(label="成立", required=False)
    alliance = forms.IntegerField(label="联盟", required=False, widget=forms.HiddenInput)


def chips(address: str) -> list[dict[str, str]]:
    request = RequestFactory().get(address)
    return lists.applied_filters(Context({"request": request}), Filter(request.GET))


def test_each_applied_filter_is_a_chip_that_removes_itself_only() -> None:
    red, amber = chips("/?light=red&light=amber&sort=due&page=3")
    assert (red["label"], red["value"]) == ("灯色", "红灯")
    assert parse_qs(red["remove_url"][1:]) == {"light": ["amber"], "sort": ["due"]}
    assert parse_qs(amber["remove_url"][1:]) == {"light": ["red"], "sort": ["due"]}


def test_the_ends_of_a_range_are_chips_of_their_own() -> None:
    start, end = chips("/?founded_after=2025-10-01&founded_before=2026-09-30")
    assert start["value"] == "从 2025-10-01"
    assert end["value"] == "至 2026-09-30"
    assert parse_qs(end["remove_url"][1:]) == {"founded_after": ["2025-10-01"]}


def test_a_hidden_filter_does_not_show_its_id() -> None:
    (chip,) = chips("/?alliance=41&q=&unknown=1")
    assert (chip["label"], chip["value"]) == ("联盟", "已指定")


def test_page_numbers_leave_gaps() -> None:
    page = Paginator(range(1000), 50).page(10)
    links = lists.page_links(Context({"request": RequestFactory().get("/?q=机械&page=10")}), page)
    assert [each["text"] for each in links["numbers"]] == [1, "…", 9, 10, 11, "…", 20]
    assert [each["url"] is None for each in links["numbers"]] == [False, True, False, False, False, True, False]
    assert parse_qs(links["previous"][1:]) == {"q": ["机械"], "page": ["9"]}
    assert parse_qs(links["next"][1:]) == {"q": ["机械"], "page": ["11"]}
    assert lists.page_links(Context({"request": RequestFactory().get("/")}), page.paginator.page(20))["next"] is None


def test_page_sizes_mark_the_current_one() -> None:
    html = render("{% page_sizes 50 as sizes %}{% for s in sizes %}{{ s.url }} {{ s.on }};{% endfor %}", "/?page=3")
    assert html == "?size=20 False;?size=50 True;?size=100 False;"


def test_a_control_gets_the_class_of_its_kind() -> None:
    form = DemandForm()
    assert 'class="form-control"' in portal.control(form["title"])
    assert 'class="form-select"' in portal.control(form["region"])
    assert 'class="form-check-input"' in portal.control(form["honest"])
    assert [portal.kind(form[name]) for name in ("title", "honest", "element")] == ["line", "check", "choices"]


def test_an_error_stands_beside_its_field_and_is_named_by_the_control() -> None:
    form = DemandForm({})
    html = render('{% include "components/field.html" with field=form.title %}', form=form)
    assert 'id="id_title_error"' in html
    assert 'aria-describedby="id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_chart_is_also_a_table() -> None:
    chart = {"categories": ["金融"], "series": [{"data": [3], "urls": ["/x/"]}, {"data": [4]}]}
    (row,) = portal.chart_rows(chart)
    assert row["name"] == "金融"
    assert row["cells"] == [{"value": 3, "url": "/x/"}, {"value": 4, "url": None}]
