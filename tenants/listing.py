"""List pages: filters in the URL, search, sorting, pages, export of exactly what is filtered.

A list page declares a `ListFilter` (also used by the API) and a `ListView`; everything else is here. One request costs
one query for the count, one for the rows and one for the choices of all its filters together.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import F, OrderBy, PositiveSmallIntegerField, QuerySet, Value
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema_field

from .models import DictionaryEntry, Region, Unit
from .pages import TenantPage
from .permissions import Actor
from .plain_forms import PlainForm
from .search import full_pinyin, matching

SIZES = (20, 50, 100)


class ReferenceFilter(django_filters.ChoiceFilter):
    """A choice among rows of a small table, by id. The rows of all such filters come from one query.

    `source(actor)` gives a queryset; its `label` column is shown, in its own order.
    """

    def __init__(self, *args: Any, source: Callable[[Actor], QuerySet], text: str = "name", **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", "全部")
        super().__init__(*args, **kwargs)
        self.source, self.text = source, text
        extend_schema_field({"type": "integer", "description": kwargs.get("label", "")})(self)


class RegionFilter(ReferenceFilter):
    """A region and everything below it; `path_of` leads from the row to the region."""

    def __init__(self, *args: Any, path_of: str = "region", **kwargs: Any) -> None:
        super().__init__(*args, source=counties, **kwargs)
        self.path_of = path_of

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        if not value:
            return qs
        region = Region.objects.filter(pk=value).values("path")[:1]
        return qs.filter(**{f"{self.path_of}__path__startswith": region})


class DayFilter(django_filters.DateFilter):
    """A day, picked with the browser's own calendar."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


def counties(actor: Actor) -> QuerySet[Region]:
    """The counties that an actor may choose from."""
    regions = Region.objects.filter(level=Region.Level.COUNTY)
    return regions.filter(pk__in=actor.region_ids) if actor.region_ids and not actor.sees_whole_tenant else regions


def entries(kind: DictionaryEntry.Kind) -> Callable[[Actor], QuerySet[DictionaryEntry]]:
    """The active entries of one dictionary."""
    return lambda actor: DictionaryEntry.objects.filter(kind=kind, is_active=True)


def units(actor: Actor) -> QuerySet[Unit]:
    """All active units."""
    return Unit.objects.filter(is_active=True)


@dataclass(frozen=True)
class Sort:
    """One order of a list: its name for the reader, and its columns; an `OrderBy` says where missing values stand."""

    label: str
    columns: tuple[str | OrderBy, ...]

    def keys(self, *, descending: bool) -> list[OrderBy]:
        """The columns in this direction, missing values last, always with the id as the last key."""
        keys = [column.copy() if isinstance(column, OrderBy) else F(column).asc() for column in self.columns]
        for key, column in zip(keys, self.columns, strict=True):
            if descending:
                key.reverse_ordering()
            if not isinstance(column, OrderBy):
                key.nulls_last = True
        return [*keys, F("pk").desc() if descending else F("pk").asc()]


class _Filters(dict[str, django_filters.Filter]):
    """The filters of a class. Each request takes copies of them, but not of the choices that they share: copying those
    as deep as django-filter does took a tenth of a list page."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, django_filters.Filter]:
        copies = {name: copy(each) for name, each in self.items()}
        for each in copies.values():
            each.extra = dict(each.extra)
            each.method = each.method  # binds it to the copy
        return copies


class _Fields(dict[str, forms.Field]):
    """The fields of a form whose class was made for one request: its own already, so not copied once more."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)


class ListFilter(django_filters.FilterSet):
    """Base of all filters: the search box `q`, the order `sort`, and choices fetched together.

    `sorts` maps the `sort` parameter to orders ("-" in front: descending). `searched_through` names references whose
    searchable text counts as well: a demand is found by its enterprise's name.
    """

    sorts: ClassVar[dict[str, Sort]] = {}
    default_sort: ClassVar[str] = ""
    searched_through: ClassVar[tuple[str, ...]] = ()

    q = django_filters.CharFilter(method="search", label="搜索", help_text="名称、编号或拼音首字母")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor: Actor = self.request.actor
        self._fill_choices()

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        filters = super().get_filters()
        if cls.sorts:
            orders = [
                (f"{sign}{key}", f"{sort.label}（{word}）")
                for key, sort in cls.sorts.items()
                for sign, word in (("", "升序"), ("-", "降序"))
            ]
            filters["sort"] = django_filters.ChoiceFilter(label="排序", choices=orders)
        return _Filters(filters)

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return self.found(queryset, value)

    @classmethod
    def found(cls, queryset: QuerySet, text: str) -> QuerySet:
        """The rows whose searchable text, or that of a reference in `searched_through`, contains `text`."""
        return matching(queryset, text, through=cls.searched_through)

    def get_form_class(self) -> type[forms.Form]:
        self._meta.form = PlainForm
        # The order is no field of the form: the heads of the table choose it (`sort_th`).
        form = super().get_form_class()
        form.base_fields.pop("sort", None)
        form.base_fields = _Fields(form.base_fields)
        return form

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        wanted = self.data.get("sort", "")
        if wanted.removeprefix("-") not in self.sorts:
            wanted = self.default_sort
        if not wanted:
            return rows
        keys = self.sorts[wanted.removeprefix("-")].keys(descending=wanted.startswith("-"))
        if self.searched_through and self.form.cleaned_data.get("q"):
            # How many rows such a search finds is unknown to the planner: walking an index in order until enough are
            # found may read all of it, so no index may offer this order.
            column = keys[0].expression
            keys[0].set_source_expressions([Greatest(column, column)])
        return rows.order_by(*keys)

    def _fill_choices(self) -> None:
        references = {name: f for name, f in self.filters.items() if isinstance(f, ReferenceFilter)}
        if not references:
            return
        parts = [_labelled(name, f.source(self.actor), f.text) for name, f in references.items()]
        choices: dict[str, list[tuple[int, str, str, str]]] = {name: [] for name in references}
        for name, pk, text, position in parts[0].union(*parts[1:], all=True):
            choices[name].append((position, full_pinyin(text), str(pk), text))
        for name, reference in references.items():
            reference.extra["choices"] = [(pk, text) for *_, pk, text in sorted(choices[name])]


def _labelled(name: str, rows: QuerySet, text: str) -> QuerySet:
    """(filter, id, text, position) of a reference's rows, the same columns for every table."""
    has_position = any(field.name == "position" for field in rows.model._meta.local_fields)
    position = "position" if has_position else Value(0, output_field=PositiveSmallIntegerField())
    return rows.order_by().values_list(Value(name), "pk", text, position)


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class ListView(TenantPage):
    """One list page. Subclasses say what is listed and by which filters.

    `selector(actor=…)` narrows to what the actor may see, `related` is joined for the rows of one page only. Lists
    only read, so they do without the savepoint that `ATOMIC_REQUESTS` would set inside the tenant's transaction.
    """

    selector: ClassVar[Callable[..., QuerySet]]
    filterset_class: ClassVar[type[ListFilter]]
    template_name: ClassVar[str]
    title: ClassVar[str]
    related: ClassVar[tuple[str, ...]] = ()
    #: Whether the table stays so small that its rows are joined at once, which saves a query.
    is_small: ClassVar[bool] = False
    empty: ClassVar[dict[str, str]] = {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = self.filtered(request)
        if request.GET.get("format"):
            return self.export(request, self.prepare(rows.qs))
        size = int(request.GET["size"]) if request.GET.get("size", "") in map(str, SIZES) else SIZES[1]
        paginator = Paginator(rows.qs, size)
        page = self.fill(paginator.get_page(request.GET.get("page")))
        context = {"filter": rows, "page": page, "size": size, "title": self.title, **self.empty}
        return render(request, self.template_name, context | self.extra_context(request))

    def filtered(self, request: HttpRequest) -> ListFilter:
        """The filter bound to the address, over what the actor may see."""
        rows = type(self).selector(actor=request.actor)
        return self.filterset_class(request.GET, queryset=rows, request=request)

    def fill(self, page: Page) -> Page:
        """Fetch the rows of one page: ids in order first, so that joins are paid for these rows only."""
        if self.is_small:
            page.object_list = list(self.prepare(cast(QuerySet, page.object_list)))
            return page
        ids = list(page.object_list.values_list("pk", flat=True))
        found = {row.pk: row for row in self.prepare(page.object_list.model.objects.filter(pk__in=ids))}
        page.object_list = [found[pk] for pk in ids]
        return page

    def prepare(self, rows: QuerySet) -> QuerySet:
        """Add what the row template shows; subclasses add annotations and prefetches."""
        return rows.select_related(*self.related) if self.related else rows

    def export(self, request: HttpRequest, rows: QuerySet) -> HttpResponse:
        """The file of exactly what is filtered; `ledgers.lists.LedgerListView` writes it as a ledger."""
        raise PermissionDenied("这个列表不能导出。")

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        """More for the template of one list."""
        return {}
