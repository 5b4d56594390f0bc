"""The chain map: chains, one chain as a picture and as a table, its segments and deliveries."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from enterprises.models import Scale, Stream
from tenants.models import DictionaryEntry
from tenants.pages import TenantPage
from tenants.permissions import STAFF, WHOLE_TENANT
from tenants.views.base import ActPage, FormPage

from ..chain_map import Layout, Stage, layout
from ..forms.chains import SegmentForm, SupplyForm
from ..models import SupplyLink
from ..selectors import chains as selectors
from ..services import chains as services

#: A segment's mark in the map and in the table.
GAP, SINGLE = "断点", "单点"


class ChainListView(TenantPage):
    """All chains, with what is missing in each."""

    roles = STAFF

    def get(self, request: HttpRequest) -> HttpResponse:
        chains = selectors.chain_list(actor=request.actor)
        return render(request, "alliances/chain_list.html", {"chains": chains})


class ChainDetailView(TenantPage):
    """One chain, drawn from upstream to downstream; below it the same as a table."""

    roles = STAFF

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        chain = selectors.chain_get(pk=pk)
        found = selectors.chain_stages(actor=request.actor, chain=chain)
        supplies = selectors.chain_supplies(chain=chain, among=found)
        everyone = request.GET.get("all") == "1"
        drawn = layout(found, supplies, everyone=everyone)
        firms = {firm.pk: firm for stage in found for firm in stage.firms}
        context = {
            "chain": chain,
            "stages": found,
            "gaps": [stage for stage in found if stage.is_gap],
            "singles": [stage for stage in found if stage.is_single],
            "firms": len(firms),
            "members": sum(len(stage.members) for stage in found),
            "everyone": everyone,
            "supplies": [(each, firms[each.supplier], firms[each.customer]) for each in supplies],
            "drawing": {"close": everyone, **_drawing(found, drawn)},
            "may_edit": bool(request.actor.roles & WHOLE_TENANT),
            "crumbs": [{"label": "产业链图谱", "url": reverse("alliances:chain_list")}, {"label": chain.label}],
        }
        return render(request, "alliances/chain_detail.html", context)


def _drawing(chain: list[Stage], drawn: Layout) -> dict[str, Any]:
    """What the browser draws: nodes with their places, and the deliveries between them."""
    streams, scales = dict(Stream.choices), dict(Scale.choices)
    return {
        "columns": drawn.columns,
        "rows": drawn.rows,
        "stages": [
            {
                "name": stage.name,
                "stream": streams.get(stage.stream, ""),
                "count": len(stage.firms),
                "mark": GAP if stage.is_gap else SINGLE if stage.is_single else "",
                "at": [spot.column, spot.row],
            }
            for stage, spot in zip(chain, drawn.stages, strict=True)
        ],
        "firms": [
            {
                "id": firm.pk,
                "name": firm.name,
                "stage": stage.name,
                "scale": firm.scale,
                "kind": scales[firm.scale],
                "alliances": firm.alliances,
                "url": reverse("enterprises:detail", args=[firm.pk]),
                "at": [drawn.firms[firm.pk].column, drawn.firms[firm.pk].row],
            }
            for stage in chain
            for firm in stage.firms
            if firm.pk in drawn.firms
        ],
        "supplies": [[each.supplier, each.customer, each.goods] for each in drawn.supplies],
    }


class ChainFormPage(FormPage):
    """A form about one chain, which `make_form` finds."""

    chain: DictionaryEntry

    def next_url(self) -> str:
        return _address(self.chain)

    def context(self) -> dict[str, Any]:
        chains = {"label": "产业链图谱", "url": reverse("alliances:chain_list")}
        return {"crumbs": [chains, {"label": self.chain.label, "url": self.next_url()}, {"label": self.title}]}


class SegmentCreateView(ChainFormPage):
    roles = WHOLE_TENANT
    title, submit = "添加环节", "添加"

    def make_form(self, data: Any = None) -> SegmentForm:
        self.chain = selectors.chain_get(pk=self.kwargs["pk"])
        return SegmentForm(data)

    def act(self, form: BaseForm) -> str:
        segment = services.segment_create(actor=self.request.actor, chain=self.chain, **form.cleaned_data)
        return f"已添加环节“{segment.name}”。"


class SegmentUpdateView(ChainFormPage):
    roles = WHOLE_TENANT
    template_name = "alliances/segment_form.html"
    title = "修改环节"

    def make_form(self, data: Any = None) -> SegmentForm:
        self.segment = selectors.segment_get(pk=self.kwargs["pk"])
        self.chain = self.segment.cluster
        return SegmentForm(data, initial={name: getattr(self.segment, name) for name in ("name", "stream", "position")})

    def act(self, form: BaseForm) -> str:
        services.segment_update(actor=self.request.actor, segment=self.segment, **form.cleaned_data)
        return "已保存。"

    def context(self) -> dict[str, Any]:
        return super().context() | {"segment": self.segment}


class SegmentDeleteView(ActPage):
    roles = WHOLE_TENANT

    def act(self) -> str:
        self.segment = selectors.segment_get(pk=self.kwargs["pk"])
        services.segment_delete(actor=self.request.actor, segment=self.segment)
        return f"已删除环节“{self.segment.name}”。"

    def next_url(self) -> str:
        return _address(selectors.segment_get(pk=self.kwargs["pk"]).cluster)


class SupplyCreateView(ChainFormPage):
    roles = STAFF
    template_name = "alliances/supply_form.html"
    title, submit = "登记供应关系", "登记"

    def make_form(self, data: Any = None) -> SupplyForm:
        self.chain = selectors.chain_get(pk=self.kwargs["pk"])
        return SupplyForm(data, actor=self.request.actor)

    def act(self, form: BaseForm) -> str:
        link = services.supply_add(actor=self.request.actor, chain=self.chain, **form.cleaned_data)
        return f"已登记：{link.supplier.name}向{link.customer.name}供应{link.goods}。"

    def context(self) -> dict[str, Any]:
        found = selectors.chain_stages(actor=self.request.actor, chain=self.chain)
        return super().context() | {"firms": [firm for stage in found for firm in stage.firms]}


class SupplyDeleteView(ActPage):
    roles = STAFF

    def act(self) -> str:
        services.supply_remove(actor=self.request.actor, link=self._link())
        return "已删除这条供应关系。"

    def next_url(self) -> str:
        return _address(self._link().chain)

    def _link(self) -> SupplyLink:
        return selectors.supply_get(actor=self.request.actor, pk=self.kwargs["pk"])


def _address(chain: DictionaryEntry) -> str:
    return reverse("alliances:chain_detail", args=[chain.pk])
