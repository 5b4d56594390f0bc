"""The PDF of a 任务书 or 催办单: ask for it, see how far it is, open it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from demands.models import DemandEvent
from demands.selectors.course import paper_event_get
from demands.telling import PAPERS
from demands.workflow import Action
from tenants.files import file_response
from tenants.models import Job, Role
from tenants.pages import TenantPage
from tenants.permissions import STAFF

from .models import DemandPaper
from .services.demand_papers import demand_paper_request, paper_of
from .views import PROGRESS

#: Offices and units; an enterprise is told in other ways.
READERS = STAFF | {Role.DEPARTMENT, Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}


class DemandPaperView(TenantPage):
    """Ask for the paper of an act, and see how far it is."""

    roles = READERS

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        event = paper_event_get(actor=request.actor, pk=pk)
        paper = paper_of(event)
        job = _progress(event, paper) if paper else None
        if request.htmx and request.GET.get("part") == "progress" and job:
            return render(request, "components/progress.html", {"job": job})
        name, number = PAPERS[Action(event.action)], event.demand.number
        context = {
            "event": event,
            "name": name,
            "job": job,
            "may_request": job is None or job["state"] in ("failed", "cancelled"),
            "crumbs": [
                {"label": "诉求", "url": reverse("demands:list")},
                {"label": number, "url": reverse("demands:detail", args=[number])},
                {"label": name},
            ],
        }
        return render(request, "reports/demand_paper_page.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        event = paper_event_get(actor=request.actor, pk=pk)
        demand_paper_request(actor=request.actor, event=event)
        return redirect("reports:demand_paper", pk=pk)


class DemandDownloadView(TenantPage):
    """The finished PDF; the download is in the audit trail."""

    roles = READERS

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        paper = paper_of(paper_event_get(actor=request.actor, pk=pk))
        if paper is None or paper.file is None:
            raise Http404
        return file_response(paper.file)


def _progress(event: DemandEvent, paper: DemandPaper) -> dict[str, Any]:
    job = paper.job
    return {
        "title": job.title,
        "state": "done" if paper.file else PROGRESS[Job.State(job.state)],
        "done": job.done,
        "total": job.total,
        "text": f"共 {paper.pages} 页" if paper.file else job.message or job.step,
        "poll_url": f"{reverse('reports:demand_paper', args=[event.pk])}?part=progress",
        "result_url": reverse("reports:demand_download", args=[event.pk]) if paper.file else "",
        "result_label": "下载 PDF",
    }
