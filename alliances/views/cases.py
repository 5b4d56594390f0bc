"""Pages of typical cases: the list across the alliances, one case, its form, photos, submission and review."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from tenants.files import file_response
from tenants.listing import ListView
from tenants.pages import TenantPage
from tenants.permissions import STAFF
from tenants.trail import trail
from tenants.views.base import ActPage, FormPage

from .. import selectors
from ..cases import WRITABLE, Action
from ..filters import MINE, CaseFilter
from ..forms.cases import CaseForm, CaseReturnForm, PhotoForm
from ..models import Alliance, CaseStep, TypicalCase
from ..permissions import KEEPERS, SEES_LOG, keeps, kept_alliances
from ..selectors import cases as found
from ..services import case_reviews
from ..services import cases as services
from ..tabs import case_tabs
from .alliances import open_to

HOME = "alliances:case_list"
#: The dot of each step in the time line.
TONES = {Action.FORWARD: "green", Action.ACCEPT: "green", Action.COMPILE: "green", Action.RETURN: "amber"}


class CaseListView(ListView):
    selector = found.case_list
    filterset_class = CaseFilter
    template_name = "alliances/case_list.html"
    title = "品牌与案例"
    related = ("alliance__region",)
    is_small = True
    empty = {
        "empty_title": "还没有典型案例",
        "empty_text": "由联盟秘书长在联盟的“合作”栏填写，县（市、区）、市两级审核后采用。",
    }

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        actor = request.actor
        context: dict[str, Any] = {"tabs": case_tabs.shown(actor=actor, current=HOME)}
        if actor.is_staff:
            waiting = found.case_list(actor=actor).filter(found.waiting_for(actor)).count()
            chosen = request.GET.get("state", "")
            context["chips"] = [
                {"label": "待我审核", "url": f"?state={MINE}", "count": waiting, "on": chosen == MINE},
                {"label": "全部", "url": "?", "on": not chosen},
            ]
        elif actor.roles & KEEPERS:
            own = list(kept_alliances(actor).values_list("pk", flat=True)[:2])
            if len(own) == 1:
                context["create_url"] = reverse("alliances:case_create", args=own)
        return context


class CaseDetailView(TenantPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = found.case_get(actor=request.actor, pk=pk)
        steps = found.step_list(case)
        enterprises = list(case.enterprises.order_by("pinyin", "pk"))
        context: dict[str, Any] = {
            "case": case,
            "parts": [(label, getattr(case, name)) for name, label in found.PARTS],
            "photos": found.photo_list(case),
            "photo_form": PhotoForm(),
            "enterprises": enterprises,
            "open_ids": open_to(request, {each.pk for each in enterprises}),
            "rights": found.rights_of(actor=request.actor, case=case, steps=steps),
            "seen": len(steps),
            "crumbs": _crumbs(case),
        }
        if keeps(request.actor, case.alliance):
            context["steps"] = [_line(each) for each in reversed(steps)]
            if request.actor.roles & SEES_LOG:
                context["entries"] = trail({TypicalCase: {case.pk: ""}})
        return render(request, "alliances/case_detail.html", context)


def _line(step: CaseStep) -> dict[str, Any]:
    return {
        "at": step.at,
        "who": step.name,
        "text": step.get_action_display(),
        "note": step.note,
        "tone": TONES.get(Action(step.action), ""),
    }


def _crumbs(case: TypicalCase, *more: str) -> list[dict[str, str]]:
    page = {"label": case.title}
    if more:
        page["url"] = reverse("alliances:case", args=[case.pk])
    home = {"label": "典型案例", "url": reverse(HOME)}
    return [home, page, *({"label": label} for label in more)]


class CaseFormPage(FormPage):
    """The text of a case, with the picker for the enterprises that it is about."""

    roles = KEEPERS
    template_name = "alliances/case_form.html"
    alliance: Alliance
    case: TypicalCase | None = None
    #: Whom the picker shows as chosen.
    chosen: list[int]
    newer: TypicalCase | None = None

    def keep(self) -> None:
        """403 unless the actor keeps the alliance."""
        if not keeps(self.request.actor, self.alliance):
            raise PermissionDenied(services.REFUSAL)

    def form(self, *args: Any, **kwargs: Any) -> CaseForm:
        candidates = selectors.participant_candidates(actor=self.request.actor, alliance=self.alliance)
        return CaseForm(*args, candidates=candidates, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "find" in request.POST:
            # Without JavaScript the search for enterprises comes this way; nothing is judged, nothing lost.
            self.make_form()
            self.chosen = _ids(request.POST.getlist("enterprises"))
            return self.show(self.form(initial=request.POST.dict()))
        return super().post(request, **kwargs)

    def context(self) -> dict[str, Any]:
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        picker = selectors.participant_picker(
            actor=self.request.actor,
            alliance=self.alliance,
            chosen=self.chosen,
            q=asked.get("q", "").strip(),
            everyone=asked.get("find") == "all",
        )
        return {
            "alliance": self.alliance,
            "case": self.case,
            "picker": picker,
            "newer": [(label, getattr(self.newer, name)) for name, label in found.PARTS] if self.newer else None,
            "crumbs": self.crumbs(),
        }

    def crumbs(self) -> list[dict[str, str]]:
        if self.case:
            return _crumbs(self.case, self.title)
        return [{"label": self.alliance.name, "url": self.next_url()}, {"label": self.title}]

    def next_url(self) -> str:
        if self.case:
            return reverse("alliances:case", args=[self.case.pk])
        return reverse("alliances:cooperation", args=[self.alliance.pk])


class CaseCreateView(CaseFormPage):
    title, submit = "填写典型案例", "保存草稿"

    def make_form(self, data: Any = None) -> CaseForm:
        self.alliance = selectors.alliance_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.keep()
        self.chosen = _ids(data.getlist("enterprises")) if data else []
        return self.form(data, initial={"token": uuid4()})

    def act(self, form: BaseForm) -> str:
        self.case = services.case_create(
            actor=self.request.actor,
            alliance=self.alliance,
            entry=form.entry,
            token=form.cleaned_data["token"],
            now=timezone.now(),
        )
        return "已存为草稿。可以在下面加照片，写好后请点“提交审核”。"


class CaseUpdateView(CaseFormPage):
    title = "修改案例"
    case: TypicalCase

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = found.case_get(actor=request.actor, pk=pk)
        self.alliance = case.alliance
        self.keep()
        if case.state not in WRITABLE:
            messages.error(request, services.LOCKED)
            return redirect("alliances:case", pk)
        return super().get(request, pk=pk)

    def make_form(self, data: Any = None) -> CaseForm:
        case = found.case_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.case, self.alliance = case, case.alliance
        self.keep()
        initial = {name: getattr(case, name) for name in ("title", *(name for name, _ in found.PARTS))}
        initial |= {"token": case.form_token, "version": found.case_version(case)}
        concerned = case.concerned.values_list("enterprise_id", flat=True)
        self.chosen = _ids(data.getlist("enterprises")) if data else list(concerned)
        return self.form(data, initial=initial)

    def act(self, form: BaseForm) -> str:
        services.case_update(
            actor=self.request.actor,
            case=self.case,
            entry=form.entry,
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
        return "已保存。"

    def show(self, form: BaseForm) -> HttpResponse:
        """What somebody else wrote meanwhile stands above; saved again, this version takes its place."""
        current = found.case_version(self.case)
        if form.is_bound and form.data.get("version") != current:
            self.newer = self.case
            data = self.request.POST.copy()
            data["version"] = current
            form.data = data
        return super().show(form)


def _ids(values: list[str]) -> list[int]:
    """The numbers among some texts of a request."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 16]


class CaseActPage(ActPage):
    """A button on the page of a visible case."""

    roles = KEEPERS

    def case(self) -> TypicalCase:
        return found.case_get(actor=self.request.actor, pk=self.kwargs["pk"])

    def next_url(self) -> str:
        return reverse("alliances:case", args=[self.kwargs["pk"]])


class CaseSubmitView(CaseActPage):
    def act(self) -> str:
        case = services.case_submit(actor=self.request.actor, case=self.case(), now=timezone.now())
        return f"已提交，{case.get_state_display()}。"


class CaseTakeBackView(CaseActPage):
    def act(self) -> str:
        services.case_take_back(actor=self.request.actor, case=self.case(), now=timezone.now())
        return "已撤回，可以修改后再提交。"


class CaseApproveView(CaseActPage):
    roles = STAFF

    def act(self) -> str:
        seen = (_ids([self.request.POST.get("seen", "")]) or [0])[0]
        case = case_reviews.case_approve(actor=self.request.actor, case=self.case(), seen=seen, now=timezone.now())
        return "已采用，可以收入汇编。" if case.state == TypicalCase.State.ACCEPTED else "县级审核通过，已报市级审核。"


class CaseReturnView(FormPage):
    roles = STAFF
    title, submit = "退回修改", "退回"

    def make_form(self, data: Any = None) -> CaseReturnForm:
        self.case = found.case_get(actor=self.request.actor, pk=self.kwargs["pk"])
        return CaseReturnForm(data, initial={"seen": self.case.steps.count()})

    def act(self, form: BaseForm) -> str:
        case_reviews.case_return(actor=self.request.actor, case=self.case, now=timezone.now(), **form.cleaned_data)
        return "已退回，联盟秘书长会收到消息。"

    def next_url(self) -> str:
        return reverse("alliances:case", args=[self.kwargs["pk"]])

    def context(self) -> dict[str, Any]:
        facts = [("案例", self.case.title), ("联盟", self.case.alliance.name), ("状态", self.case.get_state_display())]
        return {"crumbs": _crumbs(self.case, self.title), "facts": facts}


class PhotoAddView(CaseActPage):
    """Photos of a case; what is refused is said on its page."""

    def act(self) -> str:
        case, form = self.case(), PhotoForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            raise ValidationError([error for errors in form.errors.values() for error in errors])
        services.photos_add(
            actor=self.request.actor,
            case=case,
            uploads=form.cleaned_data["attachments"],
            caption=form.cleaned_data["caption"],
        )
        return "照片已保存。"


class PhotoRemoveView(ActPage):
    roles = KEEPERS

    def act(self) -> str:
        photo = found.photo_get(actor=self.request.actor, pk=self.kwargs["pk"])
        services.photo_remove(actor=self.request.actor, photo=photo)
        return f"已删除照片“{photo.file.original_name}”。"

    def next_url(self) -> str:
        photo = found.photo_get(actor=self.request.actor, pk=self.kwargs["pk"])
        return reverse("alliances:case", args=[photo.case_id])


class PhotoView(TenantPage):
    """A photo, for everybody who may see its case."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return file_response(found.photo_get(actor=request.actor, pk=pk).file)
