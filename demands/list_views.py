"""Pages about published lists: what is listed now, versions, differences, files, the kinds of a tenant."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance
from alliances.permissions import SEES_LOG
from alliances.selectors import alliance_get
from tenants.files import file_response
from tenants.models import Job
from tenants.pages import TenantPage
from tenants.trail import trail
from tenants.views.base import PROGRESS, ActPage, FormPage

from .list_forms import CompareForm, KindsForm, LeaveOutForm
from .models import ListPaper, PublishedList
from .selectors import published_lists as found
from .selectors.published_lists import PUBLISHERS, KindOfList
from .services import published_lists as services

FORMS = ("excel", "pdf")


def lists_of(request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
    """What the tab 清单 of an alliance shows of its published lists."""
    latest = found.latest_of(actor=request.actor, alliance=alliance)
    lines = [
        {
            "kind": each,
            "last": latest.get(each.kind),
            "publishes": each.is_used and found.may_publish(request.actor, alliance, each.kind),
        }
        for each in found.kind_list()
        if each.is_used or each.kind in latest
    ]
    return {"published": lines, "publishes_any": any(line["publishes"] for line in lines)}


def crumbs_to(alliance: Alliance, kind: KindOfList | None = None) -> list[dict[str, str]]:
    crumbs = [
        {"label": "联盟", "url": reverse("alliances:list")},
        {"label": alliance.name, "url": reverse("demands:of_alliance", args=[alliance.pk])},
    ]
    if kind:
        crumbs.append({"label": kind.name, "url": reverse("demands:list_versions", args=[alliance.pk, kind.kind])})
    return crumbs


class ListVersionsView(TenantPage):
    """All versions of one list of an alliance."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        alliance, wanted = alliance_get(actor=request.actor, pk=pk), found.kind_get(kind)
        versions = found.versions_of(actor=request.actor, alliance=alliance, kind=kind)
        if not wanted.is_used and not versions:
            raise Http404
        context = {
            "alliance": alliance,
            "kind": wanted,
            "versions": versions,
            "publishes": wanted.is_used and found.may_publish(request.actor, alliance, kind),
            "crumbs": [*crumbs_to(alliance), {"label": wanted.name}],
        }
        return render(request, "demands/list_versions.html", context)


class ListPublishView(TenantPage):
    """What would be published now, and the button that does it."""

    roles = PUBLISHERS

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        return self.show(request, *self.find(request, pk, kind))

    def post(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        alliance, wanted = self.find(request, pk, kind)
        given = request.POST.get("version", "")
        try:
            made = services.list_publish(
                actor=request.actor,
                alliance=alliance,
                kind=kind,
                version=int(given) if given.isdecimal() else 0,
                seen=request.POST.get("seen", ""),
                now=timezone.now(),
            )
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
            return self.show(request, alliance, wanted, status=422)
        messages.success(request, f"已发布{made}，正在生成 Excel 和 PDF 文件。")
        return redirect("demands:list_version", made.pk)

    def find(self, request: HttpRequest, pk: int, kind: str) -> tuple[Alliance, KindOfList]:
        alliance, wanted = alliance_get(actor=request.actor, pk=pk), found.kind_get(kind, used=True)
        if not found.may_publish(request.actor, alliance, kind):
            services.deny()
        return alliance, wanted

    def show(self, request: HttpRequest, alliance: Alliance, kind: KindOfList, *, status: int = 200) -> HttpResponse:
        preview = found.preview(alliance=alliance, kind=kind, today=timezone.localdate())
        context = {
            "alliance": alliance,
            "kind": kind,
            "preview": preview,
            "crumbs": [*crumbs_to(alliance, kind), {"label": "发布"}],
        }
        return render(request, "demands/list_publish.html", context, status=status)


class ListLeaveOutView(FormPage):
    """Leave one row out of the coming versions, with the reason."""

    roles = PUBLISHERS
    title, submit = "不列入清单", "不列入"

    def make_form(self, data: Any = None) -> LeaveOutForm:
        self.alliance = alliance_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.kind = found.kind_get(self.kwargs["kind"], used=True)
        if not found.may_publish(self.request.actor, self.alliance, self.kind.kind):
            services.deny()
        rows = found.candidates(alliance=self.alliance, kind=self.kind, today=timezone.localdate())
        return LeaveOutForm(data, rows=rows, initial={"record": self.request.GET.get("record", "")})

    def act(self, form: BaseForm) -> str:
        left = services.list_leave_out(
            actor=self.request.actor,
            alliance=self.alliance,
            kind=self.kind.kind,
            now=timezone.now(),
            **form.cleaned_data,
        )
        return f"“{left}”不列入清单。已发布的各版不变。"

    def next_url(self) -> str:
        return reverse("demands:list_publish", args=[self.alliance.pk, self.kind.kind])

    def context(self) -> dict[str, Any]:
        crumbs = crumbs_to(self.alliance, self.kind)
        return {"crumbs": [*crumbs, {"label": "发布", "url": self.next_url()}, {"label": self.title}]}


class ListPutBackView(ActPage):
    """List a row again that was left out."""

    roles = PUBLISHERS

    def act(self) -> str:
        record = self.request.POST.get("record", "")
        alliance = alliance_get(actor=self.request.actor, pk=self.kwargs["pk"])
        services.list_put_back(
            actor=self.request.actor,
            alliance=alliance,
            kind=found.kind_get(self.kwargs["kind"]).kind,
            record=int(record) if record.isdecimal() else 0,
        )
        return "已恢复列入，从下一版起公布。"

    def next_url(self) -> str:
        return reverse("demands:list_publish", args=[self.kwargs["pk"], self.kwargs["kind"]])


class ListCompareView(TenantPage):
    """Any two versions of one list, side by side in words."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        alliance, wanted = alliance_get(actor=request.actor, pk=pk), found.kind_get(kind)
        versions = found.versions_of(actor=request.actor, alliance=alliance, kind=kind)
        context: dict[str, Any] = {
            "alliance": alliance,
            "kind": wanted,
            "versions": versions,
            "crumbs": [*crumbs_to(alliance, wanted), {"label": "对照"}],
        }
        if len(versions) > 1:
            newest, before = versions[0].version, versions[1].version
            chosen = {"old": request.GET.get("old", before), "new": request.GET.get("new", newest)}
            form = CompareForm(chosen, versions=versions)
            context["form"] = form
            if form.is_valid():
                context |= self.compared(versions, **form.cleaned_data)
        return render(request, "demands/list_compare.html", context)

    def compared(self, versions: list[PublishedList], old: int, new: int) -> dict[str, Any]:
        by_number = {each.version: each for each in versions}
        older, newer = by_number[old], by_number[new]
        return {"older": older, "newer": newer, "change": found.change_between(older, newer)}


class ListVersionView(TenantPage):
    """One version as it was published, what it changed, and its files."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        published = found.version_get(actor=request.actor, pk=pk)
        paper = found.paper_of(published)
        if request.htmx and request.GET.get("part") == "progress" and paper:
            return render(request, "components/progress.html", {"job": _progress(published, paper)})
        alliance, former = published.alliance, found.before(published)
        kind = found.kind_get(published.kind)
        under_way = bool(paper and not paper.is_made and paper.job.state in services.UNDER_WAY)
        context = {
            "published": published,
            "alliance": alliance,
            "listing": found.listing_of(published),
            "former": former,
            "change": found.change_between(former, published) if former else None,
            "paper": paper,
            "job": _progress(published, paper) if paper and not paper.is_made else None,
            "remakes": not (paper and paper.is_made)
            and not under_way
            and found.may_publish(request.actor, alliance, published.kind),
            "crumbs": [*crumbs_to(alliance, kind), {"label": f"第{published.version}版"}],
            "entries": trail({PublishedList: {published.pk: ""}}) if request.actor.roles & SEES_LOG else [],
        }
        return render(request, "demands/list_version.html", context)


class ListPaperMakeView(ActPage):
    """Have the files made again."""

    roles = PUBLISHERS

    def act(self) -> str:
        published = found.version_get(actor=self.request.actor, pk=self.kwargs["pk"])
        paper = services.list_paper_request(actor=self.request.actor, published=published)
        return "文件已经生成，可以下载。" if paper.is_made else "正在生成文件。"

    def next_url(self) -> str:
        return reverse("demands:list_version", args=[self.kwargs["pk"]])


class ListFileView(TenantPage):
    """A file of a version, for everybody who may read it."""

    def get(self, request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
        paper = found.paper_of(found.version_get(actor=request.actor, pk=pk))
        file = getattr(paper, form, None) if form in FORMS else None
        if file is None:
            raise Http404
        return file_response(file)


class ListKindsView(FormPage):
    """Which kinds of list the tenant uses, and what it calls them."""

    template_name = "demands/list_kinds.html"
    title = "清单种类"

    def make_form(self, data: Any = None) -> KindsForm:
        return KindsForm(data, kinds=found.kind_list())

    def act(self, form: BaseForm) -> str:
        services.list_kinds_write(actor=self.request.actor, kinds=form.wanted)
        return "已保存。已发布的清单仍用发布时的名称。"

    def next_url(self) -> str:
        return reverse("demands:list_kinds")

    def context(self) -> dict[str, Any]:
        return {"cancel_url": ""}


def _progress(published: PublishedList, paper: ListPaper) -> dict[str, Any]:
    page, job = reverse("demands:list_version", args=[published.pk]), paper.job
    return {
        "title": job.title,
        "state": "done" if paper.is_made else PROGRESS[Job.State(job.state)],
        "done": job.done,
        "total": job.total,
        "text": job.message or job.step,
        "poll_url": f"{page}?part=progress",
        "result_url": page if paper.is_made else "",
        "result_label": "查看文件",
    }
