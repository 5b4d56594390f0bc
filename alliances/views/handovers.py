"""Pages of the handover packs: the list, one pack, its supplement, signatures and return."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from tenants.listing import ListView
from tenants.pages import TenantPage
from tenants.trail import trail
from tenants.views.base import ActPage, FormPage

from .. import selectors, services
from ..filters import HandoverFilter
from ..forms.handovers import HandoverForm, ReturnForm
from ..handover import digest
from ..models import Handover, HandoverSignature
from ..permissions import SEES_DEMANDS
from ..selectors import handovers as packs
from ..tabs import handover_tabs

Party, State = HandoverSignature.Party, Handover.State


class HandoverListView(ListView):
    roles = SEES_DEMANDS
    selector = packs.handover_list
    filterset_class = HandoverFilter
    template_name = "alliances/handover_list.html"
    title = "交接清单"
    empty = {"empty_title": "还没有交接清单", "empty_text": "季度轮换当天，系统自动为每个换了轮值单位的联盟建立一份。"}

    def prepare(self, rows: QuerySet[Handover]) -> QuerySet[Handover]:
        return packs.with_units(rows)

    def fill(self, page: Page) -> Page:
        page = super().fill(page)
        packs.light_up(page.object_list, today=timezone.localdate())
        return page


class HandoverPage(TenantPage):
    """What all pages about one pack start with."""

    roles = SEES_DEMANDS

    def handover(self) -> Handover:
        return packs.handover_get(actor=self.request.actor, pk=self.kwargs["pk"])


class HandoverView(HandoverPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        handover, today = self.handover(), timezone.localdate()
        content = packs.content_now(handover, today=today)
        mine = packs.parties_of(actor=request.actor, handover=handover)
        is_open = selectors.alliance_list(actor=request.actor).filter(pk=handover.alliance_id).exists()
        context: dict[str, Any] = {
            "handover": handover,
            "crumbs": _crumbs(handover),
            "light": packs.light_of(handover, today=today),
            "content": content,
            "parts": packs.parts_seen(actor=request.actor, content=content),
            "seen": digest(content),
            "signatures": _signatures(handover, mine, request.actor.user.pk),
            "may_write": handover.state == State.OPEN
            and packs.may_write(actor=request.actor, handover=handover, parties=mine),
            "may_return": handover.state == State.GIVEN and bool(mine & {Party.RECEIVING, Party.SUPERVISING}),
            "alliance_is_open": is_open,
            "offers": handover_tabs.shown(actor=request.actor, pk=pk, current="") if handover.completed_at else [],
        }
        if request.actor.is_staff:
            names = {each.pk: f"{each.get_party_display()}签字" for each in handover.signatures.all()}
            context["entries"] = trail({Handover: {handover.pk: ""}, HandoverSignature: names})
        return render(request, "alliances/handover.html", context)


def _signatures(handover: Handover, mine: set[str], user_id: int) -> list[dict[str, Any]]:
    """The three lines for the signatures: who signed, or whether the reader may sign now."""
    signed = {each.party: each for each in handover.signatures.all()}
    is_new = user_id not in {each.user_id for each in signed.values()}
    return [
        {
            "party": party.value,
            "label": party.label,
            "signature": signed.get(party),
            "may_sign": party in mine
            and party not in signed
            and is_new
            and (handover.state == State.OPEN) == (party == Party.GIVING),
        }
        for party in Party
    ]


def _crumbs(handover: Handover, *more: str) -> list[dict[str, str]]:
    page = {"label": handover.alliance.name}
    if more:
        page["url"] = reverse("alliances:handover", args=[handover.pk])
    home = {"label": "交接清单", "url": reverse("alliances:handover_list")}
    return [home, page, *({"label": label} for label in more)]


class HandoverFormPage(FormPage):
    roles = SEES_DEMANDS

    def find(self) -> Handover:
        self.subject = packs.handover_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.parties = packs.parties_of(actor=self.request.actor, handover=self.subject)
        return self.subject

    def next_url(self) -> str:
        return reverse("alliances:handover", args=[self.kwargs["pk"]])

    def context(self) -> dict[str, Any]:
        return {"crumbs": _crumbs(self.subject, self.title)}


class HandoverUpdateView(HandoverFormPage):
    template_name = "alliances/handover_form.html"
    title = "补充交接清单"

    def make_form(self, data: Any = None) -> HandoverForm:
        handover = self.find()
        if not packs.may_write(actor=self.request.actor, handover=handover, parties=self.parties):
            raise PermissionDenied("交接清单由移交人或联盟秘书长补充。")
        initial = {"summary": handover.summary, "suggestions": handover.suggestions}
        return HandoverForm(data, initial=initial | {"version": packs.texts_version(handover)})

    def act(self, form: BaseForm) -> str:
        services.handover_write(actor=self.request.actor, handover=self.subject, **form.cleaned_data)
        return "已保存。核对无误后请签字。"

    def show(self, form: BaseForm) -> HttpResponse:
        """What somebody else wrote meanwhile stands above; saved again, this version takes its place."""
        current = packs.texts_version(self.subject)
        self.newer = form.is_bound and form.data.get("version") != current
        if self.newer:
            form.data = {**form.data.dict(), "version": current}
        return super().show(form)

    def context(self) -> dict[str, Any]:
        return super().context() | {"handover": self.subject, "newer": self.newer}


class HandoverReturnView(HandoverFormPage):
    title, submit = "退回交接清单", "退回"

    def make_form(self, data: Any = None) -> ReturnForm:
        self.find()
        if not self.parties & {Party.RECEIVING, Party.SUPERVISING}:
            raise PermissionDenied("交接清单由接收人或监交人退回。")
        return ReturnForm(data)

    def act(self, form: BaseForm) -> str:
        services.handover_return(
            actor=self.request.actor, handover=self.subject, now=timezone.now(), **form.cleaned_data
        )
        return "已退回移交人，已有的签字作废。"


class HandoverSignView(HandoverPage, ActPage):
    """Sign for one party what stood on the page (`seen`)."""

    def act(self) -> str:
        party = self.kwargs["party"]
        if party not in Party:
            raise Http404
        handover = services.handover_sign(
            actor=self.request.actor,
            handover=self.handover(),
            party=party,
            seen=self.request.POST.get("seen", ""),
            now=timezone.now(),
        )
        return "三方已签字，清单定稿，不再变动。" if handover.state == State.DONE else "已签字。"

    def next_url(self) -> str:
        return reverse("alliances:handover", args=[self.kwargs["pk"]])
