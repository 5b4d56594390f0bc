"""The tab 纪要 of a meeting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from alliances.models import Meeting
from alliances.selectors.meetings import keeps_meetings, meeting_get
from alliances.views import MeetingTabView
from tenants.files import file_response
from tenants.models import Job
from tenants.pages import TenantPage
from tenants.views.base import PROGRESS

from . import selectors
from .minutes import minutes_text
from .services.minutes import minutes_request


class MinutesView(MeetingTabView):
    """The tab 纪要 of a meeting: its text, and the files once they are made."""

    route = "reports:minutes"
    template_name = "reports/minutes.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.htmx and request.GET.get("part") == "progress":
            meeting = meeting_get(actor=request.actor, pk=pk)
            return render(request, "components/progress.html", {"job": _minutes_progress(meeting)})
        return super().get(request, pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        meeting = meeting_get(actor=request.actor, pk=pk)
        try:
            minutes_request(actor=request.actor, meeting=meeting)
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
        return redirect("reports:minutes", meeting.pk)

    def tab_context(self, request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
        is_held = meeting.state == Meeting.State.HELD
        minutes = selectors.minutes_of(meeting)
        job = None if minutes else _minutes_progress(meeting)
        under_way = job is not None and job["state"] in ("waiting", "running", "done")
        return {
            "text": minutes_text(meeting) if is_held else None,
            "minutes": minutes,
            "job": job,
            "makes": not under_way and keeps_meetings(request.actor, meeting.body.alliance),
        }


class MinutesDownloadView(TenantPage):
    """The archived file; whoever sees the meeting may have it."""

    def get(self, request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
        minutes = selectors.minutes_of(meeting_get(actor=request.actor, pk=pk))
        if minutes is None or form not in ("pdf", "word"):
            raise Http404
        return file_response(minutes.pdf if form == "pdf" else minutes.word)


def _minutes_progress(meeting: Meeting) -> dict[str, Any] | None:
    """How far a meeting's minutes are; None before anybody asked for them."""
    job = selectors.minutes_job(meeting)
    if job is None:
        return None
    page = reverse("reports:minutes", args=[meeting.pk])
    return {
        "title": job.title,
        "state": PROGRESS[Job.State(job.state)],
        "done": job.done,
        "total": job.total,
        "text": job.message or job.step,
        "poll_url": f"{page}?part=progress",
        "result_url": page if job.state == Job.State.DONE else "",
        "result_label": "查看纪要文件",
    }
