"""Heads, filters and pages of lists in templates: every state of a list is in its address."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, ModelChoiceField, ModelMultipleChoiceField
from django.http import QueryDict
from django.template.context import RequestContext
from django.utils.choices import flatten_choices
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .portal import RANGE_WORDS

register = template.Library()
PAGE_SIZES = (20, 50, 100)
#: Parameters that say where in the list one stands; any change of filter or order starts again from the first page.
POSITION = ("page", "after", "before")
SORT = "sort"


def _address(params: QueryDict) -> str:
    query = params.urlencode()
    return f"?{query}" if query else "?"


def _without_position(params: QueryDict) -> QueryDict:
    changed = params.copy()
    for name in POSITION:
        changed.pop(name, None)
    return changed


@register.simple_tag(takes_context=True)
def sort_th(context: RequestContext, label: str, key: str, css: str = "", unit: str = "") -> SafeString:
    """A column head that sorts: first click ascending, second descending; the filters stay, the page starts again."""
    params = _without_position(context["request"].GET)
    current = params.get(SORT, "")
    params[SORT] = f"-{key}" if current == key else key
    order = {key: "ascending", f"-{key}": "descending"}.get(current)
    return format_html(
        '<th scope="col" class="sortable {}"{}><a href="{}" hx-boost="true">{}{}</a></th>',
        css,
        format_html(' aria-sort="{}"', order) if order else "",
        _address(params),
        label,
        format_html('<span class="unit">（{}）</span>', unit) if unit else "",
    )


def _choice_names(field: BoundField) -> dict[str, str]:
    """What the clerk reads for each raw value of a field of choices.

    A model choice is named from the objects that validation has already fetched: its list of choices is a query, made
    once by the control itself.
    """
    source = field.field
    if isinstance(source, ModelChoiceField):
        chosen = getattr(field.form, "cleaned_data", {}).get(field.name)
        objects = chosen if isinstance(source, ModelMultipleChoiceField) else [chosen]
        return {str(source.prepare_value(item)): source.label_from_instance(item) for item in objects or () if item}
    return {str(value): str(name) for value, name in flatten_choices(getattr(source, "choices", ()))}


@register.simple_tag(takes_context=True)
def applied_filters(context: RequestContext, form: BaseForm) -> list[dict[str, str]]:
    """The filters in force as chips: `label`, `value`, `remove_url` (the address without this one)."""
    params = _without_position(context["request"].GET)
    chips = []
    for field in form:
        for suffix, word in RANGE_WORDS.items():
            name = f"{field.html_name}{suffix}"
            values = [value for value in params.getlist(name) if value]
            if not values or (suffix and name in form.fields):
                continue
            names = _choice_names(field)
            for value in values:
                rest = params.copy()
                rest.setlist(name, [other for other in values if other != value])
                # A hidden filter comes with a link from elsewhere and holds an id, which tells a clerk nothing.
                text = "已指定" if field.is_hidden and value not in names else f"{word}{names.get(value, value)}"
                chips.append({"label": str(field.label), "value": text, "remove_url": _address(rest)})
    return chips


@register.simple_tag(takes_context=True)
def page_sizes(context: RequestContext, current: int) -> list[dict[str, Any]]:
    """The sizes a list offers: `size`, `url`, `on`."""
    params = _without_position(context["request"].GET)
    sizes = []
    for size in PAGE_SIZES:
        params["size"] = str(size)
        sizes.append({"size": size, "url": _address(params), "on": size == current})
    return sizes


@register.simple_tag(takes_context=True)
def page_links(context: RequestContext, page: Page) -> dict[str, Any]:
    """Where a pager leads: `previous`, `next` (None at the ends) and `numbers`, with an ellipsis where it skips.

    A number has `text`, and `url` unless it is an ellipsis.
    """
    params = context["request"].GET.copy()

    def address(number: int) -> str:
        params["page"] = str(number)
        return _address(params)

    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "previous": address(page.number - 1) if page.has_previous() else None,
        "next": address(page.number + 1) if page.has_next() else None,
        "numbers": [{"text": each, "url": address(each) if isinstance(each, int) else None} for each in shown],
    }
