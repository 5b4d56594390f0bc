"""The administrator's pages about regions, units, dictionaries and the issuing body's name."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from .. import services
from ..forms import BodyNameForm, EntryForm, NameForm, RegionForm, UnitForm
from ..models import DictionaryEntry
from ..selectors import (
    body_name_list,
    entry_get,
    entry_list,
    region_get,
    region_tree,
    unit_get,
    unit_list,
)
from .base import ActPage, AdminPage, FormPage


class RegionListView(FormPage):
    """The tree, with a form for one more."""

    template_name = "tenants/region_list.html"
    title, submit = "区域", "添加区域"

    def make_form(self, data: Any = None) -> RegionForm:
        return RegionForm(data)

    def act(self, form: BaseForm) -> str:
        region = services.region_create(actor=self.request.actor, **form.cleaned_data)
        return f"已添加“{region.name}”。"

    def next_url(self) -> str:
        return reverse("tenants:region_list")

    def context(self) -> dict[str, Any]:
        return {"tree": region_tree(actor=self.request.actor), "cancel_url": ""}


class RegionRenameView(FormPage):
    title = "区域改名"

    def make_form(self, data: Any = None) -> NameForm:
        self.region = region_get(actor=self.request.actor, pk=self.kwargs["pk"])
        return NameForm(data, initial={"name": self.region.name})

    def act(self, form: BaseForm) -> str:
        services.region_rename(actor=self.request.actor, region=self.region, **form.cleaned_data)
        return "已改名。"

    def next_url(self) -> str:
        return reverse("tenants:region_list")

    def context(self) -> dict[str, Any]:
        return {"crumbs": [{"label": "区域", "url": self.next_url()}, {"label": self.title}]}


class UnitListView(AdminPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "tenants/unit_list.html", {"units": unit_list(actor=request.actor)})


class UnitCreateView(FormPage):
    title, submit = "添加单位", "添加"

    def make_form(self, data: Any = None) -> UnitForm:
        return UnitForm(data)

    def act(self, form: BaseForm) -> str:
        unit = services.unit_create(actor=self.request.actor, **form.cleaned_data)
        return f"已添加“{unit.name}”。"

    def next_url(self) -> str:
        return reverse("tenants:unit_list")

    def context(self) -> dict[str, Any]:
        return {"crumbs": [{"label": "单位", "url": self.next_url()}, {"label": self.title}]}


class UnitUpdateView(UnitCreateView):
    title, submit = "修改单位", "保存"

    def make_form(self, data: Any = None) -> UnitForm:
        self.unit = unit_get(actor=self.request.actor, pk=self.kwargs["pk"])
        initial = {name: getattr(self.unit, name) for name in ("name", "kind", "region", "is_active")}
        return UnitForm(data, initial=initial)

    def act(self, form: BaseForm) -> str:
        services.unit_update(actor=self.request.actor, unit=self.unit, **form.cleaned_data)
        return "已保存。"


class DictionaryView(FormPage):
    """One dictionary, with a form for one more value. The menu leads to the first."""

    template_name = "tenants/dictionary.html"
    submit = "添加"

    def make_form(self, data: Any = None) -> EntryForm:
        if self.kwargs["kind"] not in DictionaryEntry.Kind:
            raise Http404
        form = EntryForm(data, kind=self.kwargs["kind"])
        del form.fields["is_active"]
        return form

    def act(self, form: BaseForm) -> str:
        entry = services.entry_create(actor=self.request.actor, kind=self.kwargs["kind"], **form.cleaned_data)
        return f"已添加“{entry.label}”。"

    def next_url(self) -> str:
        return reverse("tenants:dictionary", args=[self.kwargs["kind"]])

    def context(self) -> dict[str, Any]:
        wanted = self.kwargs["kind"]
        tabs = [
            {"label": label, "url": reverse("tenants:dictionary", args=[kind]), "on": kind == wanted}
            for kind, label in DictionaryEntry.Kind.choices
        ]
        entries = entry_list(actor=self.request.actor, kind=wanted)
        grouped = wanted == DictionaryEntry.Kind.ACTIVITY_TYPE
        return {"tabs": tabs, "entries": entries, "grouped": grouped, "cancel_url": "", "title": "字典"}


class EntryUpdateView(FormPage):
    title = "修改字典"

    def make_form(self, data: Any = None) -> EntryForm:
        self.entry = entry_get(actor=self.request.actor, pk=self.kwargs["pk"])
        initial = {name: getattr(self.entry, name) for name in ("label", "group", "is_active")}
        return EntryForm(data, initial=initial, kind=self.entry.kind)

    def act(self, form: BaseForm) -> str:
        fields = {"group": ""} | form.cleaned_data
        services.entry_update(actor=self.request.actor, entry=self.entry, **fields)
        return "已保存。"

    def next_url(self) -> str:
        return reverse("tenants:dictionary", args=[self.entry.kind])

    def context(self) -> dict[str, Any]:
        home = {"label": self.entry.get_kind_display(), "url": self.next_url()}
        return {"crumbs": [home, {"label": self.entry.label}]}


class EntryMoveView(ActPage):
    def act(self) -> str:
        self.entry = entry_get(actor=self.request.actor, pk=self.kwargs["pk"])
        services.entry_move(actor=self.request.actor, entry=self.entry, up="up" in self.request.POST)
        return f"已移动“{self.entry.label}”。"

    def next_url(self) -> str:
        entry = entry_get(actor=self.request.actor, pk=self.kwargs["pk"])
        return reverse("tenants:dictionary", args=[entry.kind])


class BodyNameView(FormPage):
    """The names with their first days, and a form for the next one."""

    template_name = "tenants/body_names.html"
    title, submit = "发文机关名称", "登记"

    def make_form(self, data: Any = None) -> BodyNameForm:
        return BodyNameForm(data, initial={"valid_from": timezone.localdate()})

    def act(self, form: BaseForm) -> str:
        name = services.body_name_add(actor=self.request.actor, **form.cleaned_data)
        return f"已登记“{name.name}”。"

    def next_url(self) -> str:
        return reverse("tenants:body_names")

    def context(self) -> dict[str, Any]:
        return {"names": body_name_list(actor=self.request.actor), "cancel_url": ""}
