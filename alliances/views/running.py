"""A meeting on its day: who came, what it heard and decided, its end. Made for a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from enterprises.models import Enterprise
from tenants.models import Unit
from tenants.pages import TenantPage
from tenants.views.base import ActPage

from ..forms.resolutions import CloseForm, ReportForm, ResolutionForm, SeatForm
from ..models import Meeting, MeetingSeat, MeetingTopic, Resolution
from ..permissions import RECORDS
from ..selectors import meetings as found
from ..selectors import resolutions as tasks
from ..services import attendance, resolutions
from ..services import meetings as services
from .meetings import MeetingFormPage

#: A task's first deadline, until somebody chooses another: about the time of the next quarterly meeting.
TASK_DAYS = 60


def attendance_address(meeting: Meeting) -> str:
    return reverse("alliances:attendance", args=[meeting.pk])


class AttendanceView(TenantPage):
    """The seats of a called meeting with a button each, and whether it is quorate."""

    roles = RECORDS

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        meeting = found.meeting_get(actor=request.actor, pk=pk)
        if not found.keeps_meetings(request.actor, meeting.body.alliance):
            services.deny()
        seats = found.seat_list(meeting)
        context = {
            "meeting": meeting,
            "seats": seats,
            "standing": found.standing_of(meeting, seats),
            "is_running": meeting.state == Meeting.State.CALLED,
            "has_begun": timezone.localdate() >= meeting.day,
            "crumbs": [
                {
                    "label": meeting.body.alliance.name,
                    "url": reverse("alliances:meetings", args=[meeting.body.alliance_id]),
                },
                {"label": meeting.title, "url": services.address(meeting)},
                {"label": "到会登记"},
            ],
        }
        return render(request, "alliances/attendance.html", context)


class SeatMarkView(ActPage):
    """One tap: somebody came, or asked to be excused, or did not come after all."""

    roles = RECORDS

    def act(self) -> str:
        seat = found.seat_get(actor=self.request.actor, pk=self.kwargs["pk"])
        state = MeetingSeat.State(self.kwargs["state"])
        attendance.seat_mark(actor=self.request.actor, seat=seat, state=state, person=seat.person, now=timezone.now())
        return f"{seat}：{state.label}。"

    def next_url(self) -> str:
        return attendance_address(found.seat_get(actor=self.request.actor, pk=self.kwargs["pk"]).meeting)


class SeatUpdateView(MeetingFormPage):
    """Who came for a seat, or who votes for it."""

    submit = "保存"

    def make_form(self, data: Any = None) -> SeatForm:
        self.seat = found.seat_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.meeting = self.seat.meeting
        self.keep(self.meeting.body.alliance)
        self.title = f"{self.seat}"
        others = [each for each in found.seat_list(self.meeting) if each.pk != self.seat.pk]
        initial = {
            "state": self.seat.state,
            "person": self.seat.person,
            "proxy": str(self.seat.proxy_id or ""),
            "proxy_scope": self.seat.proxy_scope,
        }
        return SeatForm(data, others=others, may_proxy=self.meeting.proxies_most > 0, initial=initial)

    def act(self, form: BaseForm) -> str:
        attendance.seat_mark(actor=self.request.actor, seat=self.seat, now=timezone.now(), **form.cleaned_data)
        return f"{self.seat}：{MeetingSeat.State(form.cleaned_data['state']).label}。"

    def next_url(self) -> str:
        return attendance_address(self.meeting)


class ResolutionAddView(MeetingFormPage):
    title, submit = "登记决议", "登记"

    def make_form(self, data: Any = None) -> ResolutionForm:
        meeting = self.find()
        seats = found.seat_list(meeting)
        there = found.standing_of(meeting, seats)
        owners: list[Enterprise | Unit] = [owner for seat in seats if (owner := seat.enterprise or seat.unit)]
        lead = meeting.body.alliance.lead_unit
        if lead is not None and lead not in owners:
            owners.append(lead)
        topics = meeting.topics.filter(state=MeetingTopic.State.ACCEPTED).order_by("position")
        due_on = timezone.localdate() + timedelta(days=TASK_DAYS)
        initial = {"in_favour": there.votes, "against": 0, "abstained": 0, "due_on": due_on}
        return ResolutionForm(data, topics=topics, owners=owners, initial=initial)

    def act(self, form: BaseForm) -> str:
        made = resolutions.resolution_add(
            actor=self.request.actor, meeting=self.meeting, entry=form.entry, now=timezone.now()
        )
        if made.state == Resolution.State.REJECTED:
            return "已登记：票数不够，未通过。"
        return f"已登记：通过，由{made.owner}办理。"


class ResolutionRemoveView(ActPage):
    roles = RECORDS

    def act(self) -> str:
        resolutions.resolution_remove(actor=self.request.actor, resolution=self.resolution, now=timezone.now())
        return "已删除这项决议。"

    def next_url(self) -> str:
        return services.address(self.resolution.meeting)

    @cached_property
    def resolution(self) -> Resolution:
        return tasks.resolution_get(actor=self.request.actor, pk=self.kwargs["pk"])


class ResolutionReportView(MeetingFormPage):
    title, submit = "报告办理情况", "登记"

    def make_form(self, data: Any = None) -> ReportForm:
        self.resolution = tasks.resolution_get(actor=self.request.actor, pk=self.kwargs["pk"])
        meeting = tasks.running_meeting(self.resolution, today=timezone.localdate())
        if meeting is None:
            raise Http404
        self.meeting = meeting
        self.keep(meeting.body.alliance)
        last = self.resolution.reports.filter(meeting=meeting).first()
        initial = {"is_done": "done" if last.is_done else "open", "note": last.note} if last else {}
        return ReportForm(data, initial=initial)

    def act(self, form: BaseForm) -> str:
        resolutions.resolution_report(
            actor=self.request.actor,
            resolution=self.resolution,
            meeting=self.meeting,
            now=timezone.now(),
            **form.cleaned_data,
        )
        return "已登记。"

    def context(self) -> dict[str, Any]:
        return super().context() | {"sub": f"{self.resolution.text}（{self.resolution.owner}）"}


class MeetingCloseView(MeetingFormPage):
    title, submit = "结束会议", "结束会议，交办决议"

    def make_form(self, data: Any = None) -> CloseForm:
        return CloseForm(data, initial={"record": self.find().record})

    def act(self, form: BaseForm) -> str:
        resolutions.meeting_close(
            actor=self.request.actor,
            meeting=self.meeting,
            record=form.cleaned_data["record"],
            now=timezone.now(),
        )
        return "会议已结束，决议已交办责任单位。"
