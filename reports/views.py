"""Dashboard and briefings."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator

from ledgers.files import workbook_response
from tenants import audit
from tenants.files import file_response
from tenants.models import AuditEntry, Job, Region
from tenants.pages import TenantPage
from tenants.permissions import STAFF
from tenants.views.base import PROGRESS

from . import selectors
from .charts import Chart
from .exports import overview_workbook
from .figures import DEFINITIONS, Figure, Link
from .forms import BriefingForm, PeriodForm
from .imprint import default_imprint
from .models import HandoverPaper
from .overview import Overview, from_json
from .permissions import READERS, RegionTree, region_tree
from .services.handover_requests import handover_paper_request
from .services.requests import briefing_cancel, briefing_request

ROWS = 20


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class DashboardView(TenantPage):
    """运行总览 of a period and region. Only reads, so it does without `ATOMIC_REQUESTS`' savepoint."""

    roles = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        tree = region_tree(request.actor)
        form = _period_form(request, tree)
        region = form.region_chosen
        overview = selectors.overview_for(
            actor=request.actor, period=form.chosen, region=region, today=timezone.localdate(), tree=tree
        )
        looked_at = region or tree.default
        frozen = (
            selectors.snapshot_of(actor=request.actor, period=overview.period, region=looked_at) if looked_at else None
        )
        context = {"form": form, "frozen": frozen, "export_url": _export_url(request), "default_url": "?"}
        return render(request, "reports/dashboard.html", context | _page(overview))


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class SnapshotView(TenantPage):
    """The same page from frozen figures: what a briefing quotes."""

    roles = STAFF

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        snapshot = selectors.snapshot_get(actor=request.actor, number=number)
        try:
            overview = from_json(snapshot.figures)
        except ValueError as fault:
            messages.error(request, str(fault))
            return redirect("reports:dashboard")
        return render(request, "reports/dashboard.html", {"snapshot": snapshot} | _page(overview))


class FiguresExportView(TenantPage):
    """The figures and the table by region as a workbook."""

    roles = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        tree = region_tree(request.actor)
        form = _period_form(request, tree)
        overview = selectors.overview_for(
            actor=request.actor,
            period=form.chosen,
            region=form.region_chosen,
            today=timezone.localdate(),
            tree=tree,
        )
        label = f"运行总览 {overview.place.name} {overview.period.label}"
        audit.record(AuditEntry.Verb.EXPORT, label=label)
        return workbook_response(overview_workbook(overview), f"{label}.xlsx")


class BriefingListView(TenantPage):
    """The archive of briefings, and those being made."""

    roles = STAFF

    def get(self, request: HttpRequest) -> HttpResponse:
        briefings = selectors.briefing_list(actor=request.actor).select_related("region", "snapshot", "file")
        page = Paginator(briefings, ROWS).get_page(request.GET.get("page"))
        context = {"page": page, "size": None, "jobs": selectors.briefing_jobs_open(actor=request.actor)}
        return render(request, "reports/briefing_list.html", context)


class BriefingCreateView(TenantPage):
    """Choose quarter, region and imprint; the briefing itself is made in the background."""

    roles = STAFF

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self._form(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request)
        if form.is_valid() and self._may_issue(request, form):
            year, quarter = form.cleaned_data["quarter"]
            region: Region = form.cleaned_data["region"]
            try:
                job = briefing_request(
                    actor=request.actor, year=year, quarter=quarter, region=region, imprint=form.imprint
                )
            except ValidationError as error:
                form.add_error("quarter", error)
            else:
                return redirect("reports:briefing_job", pk=job.pk)
        return self._page(request, form, status=422)

    def _form(self, request: HttpRequest) -> BriefingForm:
        tree = region_tree(request.actor)
        last = selectors.briefing_list(actor=request.actor).first()
        shown = last or default_imprint(tree.tops[0].name if tree.tops else "")
        names = ("reported_to", "sent_to", "issued_to", "copies")
        initial = {name: getattr(shown, name) for name in names}
        if tree.default is not None:
            initial["region"] = str(tree.default.pk)
        return BriefingForm(request.POST or None, tree=tree, today=timezone.localdate(), initial=initial)

    def _may_issue(self, request: HttpRequest, form: BriefingForm) -> bool:
        """Whether the quarter has no issue yet, or the user has said that he wants another."""
        year, quarter = form.cleaned_data["quarter"]
        issued = selectors.briefing_list(actor=request.actor).filter(
            year=year, quarter=quarter, region=form.cleaned_data["region"]
        )
        last = issued.first()
        if last is None or form.cleaned_data["again"]:
            return True
        form.ask_again(last.issue)
        return False

    def _page(self, request: HttpRequest, form: BriefingForm, status: int = 200) -> HttpResponse:
        return render(request, "reports/briefing_create.html", {"form": form}, status=status)


class BriefingJobView(TenantPage):
    """How far a briefing is; at the end its download."""

    roles = STAFF

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = selectors.briefing_job_get(actor=request.actor, pk=pk)
        progress = _progress(job)
        if request.htmx and request.GET.get("part") == "progress":
            return render(request, "components/progress.html", {"job": progress})
        return render(request, "reports/briefing_job.html", {"job": progress, "title": job.title})


class BriefingCancelView(TenantPage):
    """Stop a briefing that is being made."""

    roles = STAFF

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = selectors.briefing_job_get(actor=request.actor, pk=pk)
        briefing_cancel(actor=request.actor, job=job)
        messages.info(request, "已请求取消。还没有开始排版的不会存档。")
        return redirect("reports:briefing_job", pk=job.pk)


class BriefingDownloadView(TenantPage):
    """The archived PDF; the download is in the audit trail."""

    roles = STAFF

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        briefing = selectors.briefing_get(actor=request.actor, pk=pk)
        if briefing.file is None:
            raise Http404
        return file_response(briefing.file)


class HandoverPaperView(TenantPage):
    """The PDF of a handover pack: ask for it, see how far it is, open it."""

    roles = READERS

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        handover = selectors.handover_finished_get(actor=request.actor, pk=pk)
        paper = selectors.handover_paper(handover)
        job = _paper_progress(handover.pk, paper) if paper else None
        if request.htmx and request.GET.get("part") == "progress" and job:
            return render(request, "components/progress.html", {"job": job})
        context = {
            "handover": handover,
            "job": job,
            "may_request": job is None or job["state"] in ("failed", "cancelled"),
            "crumbs": [
                {"label": "交接清单", "url": reverse("alliances:handover_list")},
                {"label": handover.alliance.name, "url": reverse("alliances:handover", args=[pk])},
                {"label": "PDF"},
            ],
        }
        return render(request, "reports/handover_paper_page.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        handover = selectors.handover_finished_get(actor=request.actor, pk=pk)
        handover_paper_request(actor=request.actor, handover=handover)
        return redirect("reports:handover_paper", pk=pk)


class HandoverDownloadView(TenantPage):
    """The finished PDF, for everybody who sees the pack; the download is in the audit trail."""

    roles = READERS

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        paper = selectors.handover_paper(selectors.handover_finished_get(actor=request.actor, pk=pk))
        if paper is None or paper.file is None:
            raise Http404
        return file_response(paper.file)


def _period_form(request: HttpRequest, tree: RegionTree) -> PeriodForm:
    """The form over the address. A region that the actor may not look at does not exist for him."""
    wanted = request.GET.get("region", "")
    if wanted and tree.is_by_region and (not wanted.isdigit() or tree.get(int(wanted)) is None):
        raise Http404
    return PeriodForm(request.GET, tree=tree, today=timezone.localdate())


def _export_url(request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return reverse("reports:figures_export") + (f"?{query}" if query else "")


def _page(overview: Overview) -> dict[str, Any]:
    parts = overview.parts if len(overview.parts) > 1 else ()
    return {
        "overview": overview,
        "groups": [(name, [_card(figure) for figure in found]) for name, found in overview.figures.groups],
        "charts": [_chart(chart) for chart in overview.charts if not chart.is_empty],
        "table": [(part.place, [_card(figure) for figure in part.columns]) for part in parts],
        "columns": [figure.definition for figure in parts[0].columns] if parts else [],
        "definitions": DEFINITIONS,
    }


def _card(figure: Figure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "label": figure.label,
        "column": figure.definition.column_label,
        "value": figure.shown,
        "unit": figure.unit,
        "change": figure.change,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "url": address(figure.link),
    }


def _chart(chart: Chart) -> dict[str, Any]:
    """What `components/chart.html` and `charts.js` expect."""
    return {
        "id": chart.id,
        "kind": chart.kind,
        "title": chart.title,
        "unit": chart.unit,
        "category_label": chart.category_label,
        "categories": chart.categories,
        "series": [
            {
                "name": series.name,
                "tone": series.tone,
                "data": series.data,
                "urls": [
                    address(link) if value else None for link, value in zip(series.links, series.data, strict=True)
                ],
            }
            for series in chart.series
        ],
    }


def address(link: Link | None) -> str | None:
    """The address of the list behind a number."""
    if link is None:
        return None
    query = urlencode(link.params)
    return reverse(link.route) + (f"?{query}" if query else "")


def _progress(job: Job) -> dict[str, Any]:
    page = reverse("reports:briefing_job", args=[job.pk])
    briefing = job.result.get("briefing") if job.state == Job.State.DONE else None
    return {
        "title": job.title,
        "state": PROGRESS[Job.State(job.state)],
        "done": job.done,
        "total": job.total,
        "text": job.message or job.step,
        "poll_url": f"{page}?part=progress",
        "cancel_url": reverse("reports:briefing_cancel", args=[job.pk]),
        "result_url": reverse("reports:briefing_download", args=[briefing]) if briefing else "",
        "result_label": "下载简报（PDF）",
    }


def _paper_progress(handover_id: int, paper: HandoverPaper) -> dict[str, Any]:
    page, job = reverse("reports:handover_paper", args=[handover_id]), paper.job
    download = reverse("reports:handover_download", args=[handover_id]) if paper.file else ""
    return {
        "title": job.title,
        "state": "done" if paper.file else PROGRESS[Job.State(job.state)],
        "done": job.done,
        "total": job.total,
        "text": f"共 {paper.pages} 页" if paper.file else job.message or job.step,
        "poll_url": f"{page}?part=progress",
        "result_url": download,
        "result_label": "下载 PDF",
    }
