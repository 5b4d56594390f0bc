"""Entering a demand on one page: the enterprise itself, whoever assists it, the office for a caller."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from enterprises.permissions import ASSIST, OPERATE, granted_to
from enterprises.selectors import enterprise_get, enterprise_list
from tenants.listing import entries
from tenants.models import Role
from tenants.pages import TenantPage
from tenants.permissions import STAFF
from tenants.search import matching
from tenants.views.base import ActPage, FormPage

from .. import selectors
from ..forms import DemandForm
from ..models import Demand
from ..permissions import may_ask
from ..services import DemandEntry, demand_enter, draft_discard, draft_update
from .handling import ELEMENT

ENTERERS = STAFF | {Role.ENTERPRISE, Role.INSTRUCTOR}
ENTERPRISES_SHOWN = 50
DENIED = "诉求由企业自己、派驻它的指导员和两新工委填报。如工作需要，请联系本单位的系统管理员。"


class DemandStartView(TenantPage):
    """Which enterprise asks; whoever speaks for one only goes on at once."""

    roles = ENTERERS

    def get(self, request: HttpRequest) -> HttpResponse:
        actor, q = request.actor, request.GET.get("q", "").strip()
        own = enterprise_list(actor=actor)
        if not actor.is_staff:
            own = own.filter(pk__in=granted_to(actor, OPERATE, ASSIST))
        found = list(matching(own, q).select_related("region").order_by("pinyin", "pk")[:ENTERPRISES_SHOWN])
        if len(found) == 1 and not q:
            return redirect("demands:enter", found[0].pk)
        crumbs = [{"label": "诉求", "url": reverse("demands:list")}, {"label": "提交诉求"}]
        context = {"enterprises": found, "q": q, "full": len(found) == ENTERPRISES_SHOWN, "crumbs": crumbs}
        return render(request, "demands/demand_start.html", context)


class DemandEnterView(FormPage):
    """A new demand of one enterprise: kept as a draft, or submitted."""

    roles = ENTERERS
    template_name = "demands/demand_form.html"
    title, submit = "提交诉求", "提交"
    enterprise: Enterprise
    demand: Demand | None = None

    def make_form(self, data: Any = None) -> DemandForm:
        self.enterprise = enterprise_get(actor=self.request.actor, pk=self.kwargs["pk"])
        if not may_ask(self.request.actor, self.enterprise):
            raise PermissionDenied(DENIED)
        return DemandForm(data, elements=entries(ELEMENT)(self.request.actor), initial={"token": uuid4()})

    def act(self, form: BaseForm) -> str:
        values = form.cleaned_data
        submit = "draft" not in self.request.POST
        self.demand, made = demand_enter(
            actor=self.request.actor,
            enterprise=self.enterprise,
            entry=DemandEntry(values["element"], values["content"]),
            submit=submit,
            token=values["token"],
            now=timezone.now(),
        )
        if not made:
            return f"这张表单已经提交过，没有重复登记，编号是 {self.demand.number}。"
        return (
            f"已提交，编号是 {self.demand.number}，1 个工作日内受理。" if submit else "已存为草稿，提交以后才会受理。"
        )

    def next_url(self) -> str:
        if self.demand:
            return reverse("demands:detail", args=[self.demand.number])
        return reverse("demands:of_enterprise", args=[self.enterprise.pk])

    def context(self) -> dict[str, Any]:
        crumbs = [
            {"label": "诉求", "url": reverse("demands:list")},
            {"label": self.enterprise.name, "url": reverse("demands:of_enterprise", args=[self.enterprise.pk])},
            {"label": self.title},
        ]
        return {"crumbs": crumbs, "facts": [("企业", self.enterprise.name)], "offers_draft": True}


class DraftUpdateView(FormPage):
    """Change a draft."""

    roles = ENTERERS
    title, submit = "修改草稿", "保存草稿"
    demand: Demand

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.make_form()
        if self.demand.state != Demand.State.DRAFT:
            messages.error(request, "这件诉求已经提交，不再是草稿。")
            return redirect(self.next_url())
        return self.show(form)

    def make_form(self, data: Any = None) -> DemandForm:
        self.demand = selectors.demand_get(actor=self.request.actor, number=self.kwargs["number"])
        if not may_ask(self.request.actor, self.demand.enterprise):
            raise PermissionDenied(DENIED)
        initial = {"element": self.demand.element_id, "content": self.demand.content, "token": uuid4()}
        return DemandForm(data, elements=entries(ELEMENT)(self.request.actor), initial=initial)

    def act(self, form: BaseForm) -> str:
        values = form.cleaned_data
        entry = DemandEntry(values["element"], values["content"])
        draft_update(actor=self.request.actor, demand=self.demand, entry=entry)
        return "草稿已保存，提交以后才会受理。"

    def next_url(self) -> str:
        return reverse("demands:detail", args=[self.demand.number])

    def context(self) -> dict[str, Any]:
        home = {"label": "诉求", "url": reverse("demands:list")}
        crumbs = [home, {"label": self.demand.number, "url": self.next_url()}, {"label": self.title}]
        return {"crumbs": crumbs, "facts": [("企业", self.demand.enterprise.name)]}


class DraftDiscardView(ActPage):
    """Throw a draft away."""

    roles = ENTERERS

    def act(self) -> str:
        demand = selectors.demand_get(actor=self.request.actor, number=self.kwargs["number"])
        draft_discard(actor=self.request.actor, demand=demand)
        return f"已删除草稿 {demand.number}。"

    def next_url(self) -> str:
        return reverse("demands:list")
