"""How the portal writes numbers, dates, lights, table heads, fields and filters in its templates.

Filters and tags here run once per cell of a 50-row list, so they are plain string formatting: no template is rendered
and no query is made. A missing value is written as an em dash, because an empty cell reads as "forgotten".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.db.models import Model
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    MultiWidget,
    RadioSelect,
    Select,
    Widget,
)
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import is_aware, localtime
from django_filters.fields import DateRangeField

from tenants import masking

register = template.Library()

DASH = "—"
WEEKDAYS = "一二三四五六日"
QUARTERS = "一二三四"
LIGHTS = {"green": "绿灯", "amber": "黄灯", "red": "红灯", "grey": "暂停", "done": "已办结"}
#: Django's templates for an `<input>` that is one line of text.
SELECT = "django/forms/widgets/select.html"
LINE_INPUTS = frozenset(f"django/forms/widgets/{name}.html" for name in ("text", "number", "date", "email", "input"))
#: Suffixes that django-filter gives the two ends of a range, and how a chip words them.
RANGE_WORDS = {"": "", "_min": "不小于 ", "_max": "不大于 ", "_after": "从 ", "_before": "至 "}


# Numbers


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    # Digits need no escaping, and a list asks some hundred times.
    return mark_safe(text.rstrip("0").rstrip(".") if "." in text else text)  # noqa: S308


@register.filter
def number(value: float | Decimal | None) -> str:
    """`1162` → `1,162`; decimals keep only the digits that say something: `3276.50` → `3,276.5`."""
    # An empty text is what a template makes of a value below a missing one: `row.report.members`.
    return DASH if value is None or value == "" else _plain(Decimal(str(value)))


@register.filter
def wan(value: Decimal | int | None) -> str:
    """An amount in 万元, as stored: `8214.00` → `8,214`. The unit stands in the column's head."""
    return DASH if value is None else _plain(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP))


@register.filter
def yi(value: Decimal | int | None) -> str:
    """An amount stored in 万元, written in 亿元 with two decimals: `513700` → `51.37`."""
    return DASH if value is None else f"{(Decimal(value) / 10000).quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"


def percent(numerator: float | Decimal | None, denominator: float | Decimal | None, places: int = 2) -> str | None:
    """`percent(963, 1162)` → `82.87`; None where there is nothing to divide by."""
    if numerator is None or not denominator:
        return None
    ratio = Decimal(str(numerator)) * 100 / Decimal(str(denominator))
    return str(ratio.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


@register.simple_tag
def rate(numerator: float | Decimal | None, denominator: float | Decimal | None, places: int = 2) -> str:
    """A rate with what it is made of: `82.87%（963 / 1,162）`; a dash where the denominator is zero or missing."""
    share = percent(numerator, denominator, places)
    if share is None:
        return DASH
    parts = (share, number(numerator), number(denominator))
    return format_html('<span class="num">{}%</span><span class="num muted">（{} / {}）</span>', *parts)


# Dates: the day in Asia/Shanghai, whatever the stored instant's zone


def _local(value: date | datetime) -> date | datetime:
    return localtime(value) if isinstance(value, datetime) and is_aware(value) else value


@register.filter
def cn_date(value: date | None) -> str:
    """`2026年11月22日`."""
    if not value:
        return DASH
    day = _local(value)
    return mark_safe(f"{day.year}年{day.month}月{day.day}日")  # noqa: S308 - digits, as in `_plain`


@register.filter
def cn_day(value: date | None) -> str:
    """`2026年11月22日 周日`."""
    return f"{cn_date(value)} 周{WEEKDAYS[_local(value).weekday()]}" if value else DASH


@register.filter
def cn_month_day(value: date | None) -> str:
    """`11月22日`, where the year is plain from the page."""
    if not value:
        return DASH
    day = _local(value)
    return f"{day.month}月{day.day}日"


@register.filter
def cn_month(value: date | None) -> str:
    """`2026年11月`."""
    if not value:
        return DASH
    day = _local(value)
    return f"{day.year}年{day.month}月"


@register.filter
def cn_time(value: datetime | None) -> str:
    """`2026年11月22日 16:20`."""
    return f"{cn_date(value)} {_local(value):%H:%M}" if value else DASH


@register.filter
def quarter(value: date | None) -> str:
    """`2026年第四季度`, the natural quarter of the day."""
    if not value:
        return DASH
    day = _local(value)
    return f"{day.year}年第{QUARTERS[(day.month - 1) // 3]}季度"


@register.filter
def cn_log_time(value: datetime | None) -> str:
    """`11月17日 16:20`, with the year in front when it is not this one."""
    if value and _local(value).year == localtime().year:
        return f"{cn_month_day(value)} {_local(value):%H:%M}"
    return cn_time(value)


# Words


@register.filter
def dash(value: object) -> object:
    """The value, or a dash for what was not reported (None or empty text; a zero is a value)."""
    return DASH if value is None or value == "" else value


@lru_cache
def _labels(model: type[Model], name: str) -> dict[Any, str]:
    choices = model._meta.get_field(name).flatchoices
    return {value: mark_safe(escape(str(label))) for value, label in choices}  # noqa: S308 - escaped, once


@register.filter
def choice(record: Model, name: str) -> str:
    """What the value of a field of choices is called; empty without one.

    For lists: the model's own `get_…_display` goes through all choices anew for each row.
    """
    return _labels(type(record), name).get(getattr(record, name), "")


@register.filter
def short(value: str, length: int) -> str:
    """At most `length` characters, with an ellipsis where something was left out."""
    return value if len(value) <= length else f"{value[: length - 1].rstrip()}…"


@register.filter
def masked_phone(value: str | None) -> str:
    """`13912341234` → `139****1234` (tenants/masking.py); a dash where there is none."""
    return masking.masked_phone(value) or DASH


@register.simple_tag
def light(colour: str, text: str = "") -> SafeString:
    """A light as shape, word and colour. `colour` is green, amber, red, grey (paused) or done."""
    words = escape(text or LIGHTS[colour])
    return mark_safe(f'<span class="light {escape(colour)}">{words}</span>')  # noqa: S308 - both escaped


# Forms


def _control_class(widget: Widget) -> str:
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    if isinstance(widget, RadioSelect):
        return ""
    return "form-select" if isinstance(widget, Select) else "form-control"


def _name_ends(field: BoundField) -> None:
    """Give the two inputs of a range a name each: a screen reader hears more than "edit" twice."""
    # A form copies its fields, and a field its widget, so this touches nobody else's form.
    suffixes = getattr(field.field.widget, "suffixes", ())
    for widget, suffix in zip(field.field.widget.widgets, suffixes, strict=False):
        widget.attrs["aria-label"] = f"{field.label}（{RANGE_WORDS.get(f'_{suffix}', suffix).strip()}）"
        if isinstance(field.field, DateRangeField):
            widget.input_type = "date"


def _attributes(attrs: Mapping[str, Any]) -> str:
    """Like Django's `flatatt`, without its machinery for markup inside of values."""
    shown = ((name, value) for name, value in attrs.items() if value is not None and value is not False)
    return "".join(f" {name}" if value is True else f' {name}="{escape(str(value))}"' for name, value in shown)


def _options(choices: Iterable[tuple[Any, Any]], chosen: Collection[str]) -> str:
    parts = []
    for value, label in choices:
        if isinstance(label, list | tuple):
            parts.append(f'<optgroup label="{escape(str(value))}">{_options(label, chosen)}</optgroup>')
            continue
        text = "" if value is None else str(value)
        parts.append(
            f'<option value="{escape(text)}"{" selected" if text in chosen else ""}>{escape(str(label))}</option>'
        )
    return "".join(parts)


def _rendered(field: BoundField, attrs: dict[str, Any]) -> SafeString:
    """A select or a line input is written here, any other control by its widget.

    Django renders each control, and each option of a select, through several templates: with some hundred options in
    its filters a list page spent most of its time there.
    """
    widget = field.field.widget
    if field.auto_id and "id" not in widget.attrs:
        attrs["id"] = field.auto_id
    if widget.template_name == SELECT and not widget.allow_multiple_selected:
        attrs = widget.build_attrs(widget.attrs, {"name": field.html_name, **field.build_widget_attrs(attrs, widget)})
        chosen = widget.format_value(field.value())
        options = _options(widget.choices, [chosen] if isinstance(chosen, str) else chosen)
        return mark_safe(f"<select{_attributes(attrs)}>{options}</select>")  # noqa: S308 - both escape
    if widget.template_name in LINE_INPUTS:
        described = widget.get_context(field.html_name, field.value(), field.build_widget_attrs(attrs, widget))[
            "widget"
        ]
        value = {} if described["value"] is None else {"value": described["value"]}
        attrs = {"type": described["type"], "name": described["name"], **value, **described["attrs"]}
        return mark_safe(f"<input{_attributes(attrs)}>")  # noqa: S308 - escapes
    return field.as_widget(attrs=attrs)


@register.simple_tag
def control(field: BoundField, css: str = "", **attrs: Any) -> SafeString:
    """The field's control with the theme's classes; Django itself adds aria-invalid and aria-describedby."""
    widget = field.field.widget
    if isinstance(widget, MultiWidget):
        _name_ends(field)
    classes = " ".join(filter(None, (_control_class(widget), widget.attrs.get("class", ""), css)))
    named = {name.replace("_", "-"): value for name, value in attrs.items()}
    return _rendered(field, {"class": classes, **named} if classes else named)


@register.filter
def kind(field: BoundField) -> str:
    """How a field is laid out: check (one box), choices (radios or boxes), group (several inputs) or line."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, RadioSelect):
        return "choices"
    return "group" if isinstance(widget, MultiWidget) else "line"


@register.filter
def many(field: BoundField) -> bool:
    """Whether a field of choices takes several."""
    return isinstance(field.field.widget, CheckboxSelectMultiple)


# Charts


@register.simple_tag
def chart_rows(chart: dict[str, Any]) -> list[dict[str, Any]]:
    """A chart's numbers by row for its table: `name`, `cells` of (value, url or None)."""
    rows = []
    for index, name in enumerate(chart["categories"]):
        cells = [
            {"value": series["data"][index], "url": series["urls"][index] if series.get("urls") else None}
            for series in chart["series"]
        ]
        rows.append({"name": name, "cells": cells})
    return rows
