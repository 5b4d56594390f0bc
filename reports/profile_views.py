"""The tab 一页通 of an alliance: its one-page profile as PDF."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from alliances.models import Alliance
from alliances.selectors import alliance_get
from alliances.views import AllianceTabView
from tenants.files import file_response
from tenants.models import Job, StoredFile
from tenants.pages import TenantPage
from tenants.views.base import PROGRESS

from . import selectors
from .permissions import READERS
from .services.profile_requests import OPEN, profile_request


class AllianceProfileView(AllianceTabView):
    """Ask for the profile, see how far it is, open it."""

    roles = READERS
    route = "reports:profile"
    template_name = "reports/alliance_profile.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.htmx and request.GET.get("part") == "progress":
            alliance = alliance_get(actor=request.actor, pk=pk)
            job = selectors.profile_job(actor=request.actor, alliance=alliance)
            if job:
                return render(request, "components/progress.html", {"job": _progress(alliance, job)})
        return super().get(request, pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        profile_request(actor=request.actor, alliance=alliance_get(actor=request.actor, pk=pk))
        return redirect("reports:profile", pk=pk)

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        job = selectors.profile_job(actor=request.actor, alliance=alliance)
        progress = _progress(alliance, job) if job else None
        return {"job": progress, "may_request": job is None or job.state not in OPEN}


class AllianceProfileDownloadView(TenantPage):
    """The finished PDF, for whoever asked for it; the download is in the audit trail."""

    roles = READERS

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        alliance = alliance_get(actor=request.actor, pk=pk)
        job = selectors.profile_job(actor=request.actor, alliance=alliance)
        if job is None or "file" not in job.result:
            raise Http404
        return file_response(get_object_or_404(StoredFile, pk=job.result["file"]))


def _progress(alliance: Alliance, job: Job) -> dict[str, Any]:
    made = "file" in job.result
    return {
        "title": job.title,
        "state": PROGRESS[Job.State(job.state)],
        "done": job.done,
        "total": job.total,
        "text": job.message or job.step,
        "poll_url": f"{reverse('reports:profile', args=[alliance.pk])}?part=progress",
        "result_url": reverse("reports:profile_download", args=[alliance.pk]) if made else "",
        "result_label": "下载 PDF",
    }
