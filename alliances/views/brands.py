"""Pages of brand and demonstration projects."""

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
from tenants.trail import trail
from tenants.views.base import FormPage

from .. import selectors
from ..brands import NEXT
from ..filters import BrandFilter
from ..forms import AttachmentForm
from ..forms.brands import BrandForm, BrandProgressForm, brand_initial
from ..models import Alliance, BrandProject
from ..permissions import KEEPERS, SEES_LOG, keeps
from ..selectors import brands as found
from ..services import brands as services
from ..tabs import case_tabs
from .alliances import open_to

HOME = "alliances:brand_list"


class BrandListView(ListView):
    selector = found.brand_list
    filterset_class = BrandFilter
    template_name = "alliances/brand_list.html"
    title = "品牌与案例"
    related = ("alliance__region", "enterprise", "organisation")
    is_small = True
    empty = {
        "empty_title": "还没有品牌项目和示范项目",
        "empty_text": "由联盟秘书长在联盟的“合作”栏登记，每年 1 至 2 个。",
    }

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = {"tabs": case_tabs.shown(actor=request.actor, current=HOME)}
        if request.actor.roles & KEEPERS:
            today = timezone.localdate()
            so_far = found.year_so_far(actor=request.actor, year=today.year)
            context |= {"so_far": so_far, "figures": _figures(so_far, today.year), "year": today.year}
        return context


def _figures(so_far: found.YearSoFar, year: int) -> list[dict[str, Any]]:
    return [
        {"label": f"{year}年项目", "value": so_far.projects, "unit": "个", "url": f"?year={year}"},
        {"label": "已完成", "value": so_far.done, "unit": "个", "url": f"?year={year}&state=done"},
        {"label": "有项目的联盟", "value": so_far.alliances - so_far.without, "unit": "个"},
        {
            "label": "还没有项目的联盟",
            "value": so_far.without,
            "unit": "个",
            "tone": "amber" if so_far.without else "",
        },
    ]


class BrandDetailView(TenantPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        brand = found.brand_get(actor=request.actor, pk=pk)
        may_write = keeps(request.actor, brand.alliance)
        owner = brand.enterprise_id or brand.organisation.enterprise_id
        context: dict[str, Any] = {
            "brand": brand,
            "progress": found.progress_list(brand),
            "attachments": found.brand_attachment_list(brand),
            "attachment_form": AttachmentForm(),
            "keeps": may_write,
            "is_open": bool(NEXT[brand.state]),
            "owner_url": reverse("enterprises:detail", args=[owner]) if open_to(request, {owner}) else "",
            "crumbs": _crumbs(brand),
        }
        if may_write and request.actor.roles & SEES_LOG:
            context["entries"] = trail({BrandProject: {brand.pk: ""}})
        return render(request, "alliances/brand_detail.html", context)


def _crumbs(brand: BrandProject, *more: str) -> list[dict[str, str]]:
    page = {"label": brand.name}
    if more:
        page["url"] = reverse("alliances:brand", args=[brand.pk])
    home = {"label": "品牌示范项目", "url": reverse(HOME)}
    return [home, page, *({"label": label} for label in more)]


class BrandFormPage(FormPage):
    """A form about a project of an alliance that the actor keeps."""

    roles = KEEPERS
    alliance: Alliance
    brand: BrandProject

    def find(self) -> BrandProject:
        brand = found.brand_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.brand, self.alliance = brand, brand.alliance
        self.keep()
        return brand

    def keep(self) -> None:
        """403 unless the actor keeps the alliance."""
        if not keeps(self.request.actor, self.alliance):
            raise PermissionDenied(services.REFUSAL)

    def units(self) -> dict[str, Any]:
        members, organisations = found.responsible_candidates(self.alliance)
        return {"members": members, "organisations": organisations}

    def next_url(self) -> str:
        return reverse("alliances:brand", args=[self.brand.pk])

    def context(self) -> dict[str, Any]:
        return {"crumbs": _crumbs(self.brand, self.title), "alliance": self.alliance}


class BrandCreateView(BrandFormPage):
    title, submit = "登记品牌示范项目", "登记"
    template_name = "alliances/brand_form.html"

    def make_form(self, data: Any = None) -> BrandForm:
        self.alliance = selectors.alliance_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.keep()
        initial = {"token": uuid4(), "year": timezone.localdate().year}
        return BrandForm(data, initial=initial, **self.units())

    def act(self, form: BaseForm) -> str:
        self.brand = services.brand_create(
            actor=self.request.actor,
            alliance=self.alliance,
            entry=form.entry,
            token=form.cleaned_data["token"],
            today=timezone.localdate(),
        )
        return f"已登记“{self.brand.name}”。"

    def cancel_url(self) -> str:
        return reverse("alliances:cooperation", args=[self.alliance.pk])

    def context(self) -> dict[str, Any]:
        home = {"label": self.alliance.name, "url": self.cancel_url()}
        return {"crumbs": [home, {"label": self.title}], "alliance": self.alliance}


class BrandUpdateView(BrandFormPage):
    title = "修改项目"
    template_name = "alliances/brand_form.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        brand = self.find()
        if not NEXT[brand.state]:
            messages.error(request, f"项目{brand.get_state_display()}，不能再改。")
            return redirect(self.next_url())
        return super().get(request, pk=pk)

    def make_form(self, data: Any = None) -> BrandForm:
        brand = self.find()
        initial = brand_initial(brand) | {"token": brand.form_token, "version": found.brand_version(brand)}
        return BrandForm(data, initial=initial, brand=brand, **self.units())

    def act(self, form: BaseForm) -> str:
        services.brand_update(
            actor=self.request.actor,
            brand=self.brand,
            entry=form.entry,
            version=form.cleaned_data["version"],
            today=timezone.localdate(),
        )
        return "已保存。"

    def show(self, form: BaseForm) -> HttpResponse:
        """What somebody else wrote meanwhile stands above; saved again, this version takes its place."""
        current = found.brand_version(self.brand)
        self.newer = form.is_bound and form.data.get("version") != current
        if self.newer:
            form.data = {**form.data.dict(), "version": current}
        return super().show(form)

    def context(self) -> dict[str, Any]:
        return super().context() | {"newer": self.brand if self.newer else None}


class BrandProgressView(BrandFormPage):
    title, submit = "登记进展", "登记"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        brand = self.find()
        if not NEXT[brand.state]:
            messages.error(request, f"项目{brand.get_state_display()}，不能再登记进展。")
            return redirect(self.next_url())
        return super().get(request, pk=pk)

    def make_form(self, data: Any = None) -> BrandProgressForm:
        brand = self.find()
        initial = {"token": uuid4(), "noted_on": timezone.localdate(), "state": brand.state}
        return BrandProgressForm(data, brand=brand, initial=initial)

    def act(self, form: BaseForm) -> str:
        values = dict(form.cleaned_data)
        note = services.brand_progress(actor=self.request.actor, brand=self.brand, today=timezone.localdate(), **values)
        return f"已登记，项目状态：{note.get_state_display()}。"

    def context(self) -> dict[str, Any]:
        brand = self.brand
        facts = [("项目", brand.name), ("现在的状态", brand.get_state_display())]
        return super().context() | {"facts": facts}


class BrandFilesPage(TenantPage):
    """A button about the photos and papers of a project that the actor keeps."""

    roles = KEEPERS
    http_method_names = ["post"]

    def require(self, brand: BrandProject) -> None:
        if not keeps(self.request.actor, brand.alliance):
            raise PermissionDenied(services.REFUSAL)


class BrandAttachmentAddView(BrandFilesPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        brand, field = found.brand_get(actor=request.actor, pk=pk), AttachmentForm().fields["attachments"]
        self.require(brand)
        try:
            uploads = field.clean(request.FILES.getlist("attachments"))
            services.brand_attachments_add(actor=request.actor, brand=brand, uploads=uploads)
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
        else:
            messages.success(request, "附件已保存。")
        return redirect("alliances:brand", pk)


class BrandAttachmentRemoveView(BrandFilesPage):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        attachment = found.brand_attachment_get(actor=request.actor, pk=pk)
        self.require(attachment.brand)
        services.brand_attachment_remove(actor=request.actor, attachment=attachment)
        messages.success(request, f"已删除附件“{attachment.file.original_name}”。")
        return redirect("alliances:brand", attachment.brand_id)


class BrandAttachmentView(TenantPage):
    """A photo or paper, for everybody who may see its project."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return file_response(found.brand_attachment_get(actor=request.actor, pk=pk).file)
