"""The tab 会议 of an alliance, its bodies' rules, and the pages of one meeting up to its notice."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from tenants.models import Role
from tenants.pages import TenantPage
from tenants.trail import trail
from tenants.views.base import ActPage, FormPage

from .. import selectors
from ..forms.meetings import (
    BodyForm,
    CancelForm,
    MeetingForm,
    TopicForm,
    body_initial,
    default_initial,
    meeting_initial,
)
from ..models import Alliance, Meeting, MeetingBody, MeetingSeat, MeetingTopic, Resolution
from ..permissions import RECORDS, SEES_LOG
from ..selectors import meetings as found
from ..selectors import resolutions as tasks
from ..services import agendas
from ..services import meetings as services
from ..tabs import meeting_tabs
from .alliances import TAB_ROWS, AllianceTabView

#: Who may have a topic to propose; whether at this meeting, its seats say.
PROPOSES = RECORDS | {Role.ENTERPRISE, Role.INSTRUCTOR}


class AllianceMeetingsView(AllianceTabView):
    route = "alliances:meetings"
    template_name = "alliances/alliance_meetings.html"

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        coming, past = found.alliance_meetings(actor=request.actor, alliance=alliance)
        bodies = found.body_list(actor=request.actor, alliance=alliance)
        keeps = bool(request.actor.roles & RECORDS) and found.keeps_meetings(request.actor, alliance)
        taken = {body.kind for body in bodies}
        return {
            "coming": coming[:TAB_ROWS],
            "past": past[:TAB_ROWS],
            "tasks": tasks.light_up(tasks.open_of(alliance), today=timezone.localdate()),
            "bodies": bodies,
            "keeps": keeps,
            "kinds": [(kind, label) for kind, label in MeetingBody.Kind.choices if kind not in taken],
            "now": timezone.now(),
        }


class KeeperPage(FormPage):
    """A form about an alliance's meetings for those who keep them."""

    roles = RECORDS
    alliance: Alliance

    def keep(self, alliance: Alliance) -> None:
        """Go on with this alliance, or 403."""
        self.alliance = alliance
        if not found.keeps_meetings(self.request.actor, alliance):
            services.deny()

    def next_url(self) -> str:
        return reverse("alliances:meetings", args=[self.alliance.pk])

    def context(self) -> dict[str, Any]:
        tab = reverse("alliances:meetings", args=[self.alliance.pk])
        return {
            "title": self.title,
            "crumbs": [
                {"label": "联盟", "url": reverse("alliances:list")},
                {"label": self.alliance.name, "url": tab},
                {"label": self.title},
            ],
        }


class BodyFormPage(KeeperPage):
    """The form of a body's rules."""

    template_name = "alliances/body_form.html"

    def form(self, data: Any, initial: dict[str, Any]) -> BodyForm:
        members = Enterprise.objects.filter(memberships__alliance=self.alliance, memberships__left_on__isnull=True)
        return BodyForm(data, members=members.order_by("pinyin", "pk"), units=found.unit_candidates(), initial=initial)


class BodyCreateView(BodyFormPage):
    submit = "保存制度，排出会议计划"

    def make_form(self, data: Any = None) -> BodyForm:
        self.kind = self.kwargs["kind"]
        if self.kind not in MeetingBody.Kind:
            raise Http404
        self.keep(selectors.alliance_get(actor=self.request.actor, pk=self.kwargs["pk"]))
        self.title = f"设立{MeetingBody.Kind(self.kind).label}"
        return self.form(data, default_initial(self.kind))

    def act(self, form: BaseForm) -> str:
        body = services.body_create(
            actor=self.request.actor, alliance=self.alliance, kind=self.kind, rules=form.rules, now=timezone.now()
        )
        return f"已设立{body}，今后一年的会议计划已排出。"


class BodyUpdateView(BodyFormPage):
    title = "修改会议制度"

    def make_form(self, data: Any = None) -> BodyForm:
        self.body = found.body_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.keep(self.body.alliance)
        return self.form(data, body_initial(self.body))

    def act(self, form: BaseForm) -> str:
        services.body_update(
            actor=self.request.actor,
            body=self.body,
            rules=form.rules,
            version=form.cleaned_data["version"] or 0,
            now=timezone.now(),
        )
        return f"已修改{self.body}。已经通知的会议仍按通知时的规则。"


class MeetingTabView(TenantPage):
    """One tab of a meeting's page. Its template extends `alliances/meeting_base.html`."""

    route: ClassVar[str]
    template_name: ClassVar[str]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        meeting = found.meeting_get(actor=request.actor, pk=pk)
        alliance = meeting.body.alliance
        context = {
            "meeting": meeting,
            "alliance": alliance,
            "crumbs": [
                {"label": "联盟", "url": reverse("alliances:list")},
                {"label": alliance.name, "url": reverse("alliances:meetings", args=[alliance.pk])},
                {"label": meeting.title},
            ],
            "tabs": meeting_tabs.shown(actor=request.actor, pk=meeting.pk, current=self.route),
        }
        return render(request, self.template_name, context | self.tab_context(request, meeting))

    def tab_context(self, request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
        """What this tab shows besides the meeting."""
        raise NotImplementedError


class MeetingDetailView(MeetingTabView):
    """One meeting: its time, agenda, proposals and what is to be done next."""

    route = "alliances:meeting_detail"
    template_name = "alliances/meeting_detail.html"

    def tab_context(self, request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
        alliance = meeting.body.alliance
        keeps = bool(request.actor.roles & RECORDS) and found.keeps_meetings(request.actor, alliance)
        topics = list(found.topic_list(actor=request.actor, meeting=meeting))
        is_planned = meeting.state == Meeting.State.PLANNED
        proposes = is_planned and timezone.localdate() <= meeting.last_topic_day
        own = found.speaks_for(request.actor, meeting) if proposes and not keeps else []
        seats, today = found.seat_list(meeting), timezone.localdate()
        decided = tasks.light_up(tasks.resolutions_of(meeting).prefetch_related("reports__meeting"), today=today)
        has_begun = meeting.state == Meeting.State.CALLED and today >= meeting.day
        return {
            "keeps": keeps,
            "proposes": bool(own),
            "is_planned": is_planned,
            "is_open": meeting.state in (Meeting.State.PLANNED, Meeting.State.CALLED),
            "agenda": [topic for topic in topics if topic.state == MeetingTopic.State.ACCEPTED],
            "others": [topic for topic in topics if topic.state != MeetingTopic.State.ACCEPTED],
            "standing": found.standing_of(meeting, seats) if seats else None,
            "runs": keeps and has_begun,
            "resolutions": decided,
            "earlier": tasks.with_reports(meeting) if seats else [],
            "invited": [str(seat) for seat in seats] or [each.name for each in found.participants(meeting.body)],
            "seats": seats,
            "entries": trail(_trail_of(meeting, topics, seats, decided)) if request.actor.roles & SEES_LOG else [],
        }


def _trail_of(
    meeting: Meeting, topics: list[MeetingTopic], seats: list[MeetingSeat], resolutions: list[Resolution]
) -> dict[Any, dict[int, str]]:
    return {
        Meeting: {meeting.pk: ""},
        MeetingTopic: {topic.pk: f"议题“{topic.title}”" for topic in topics},
        MeetingSeat: {seat.pk: str(seat) for seat in seats},
        Resolution: {each.pk: f"决议“{each}”" for each in resolutions},
    }


class MeetingFormPage(KeeperPage):
    """A form about one meeting."""

    meeting: Meeting

    def find(self) -> Meeting:
        self.meeting = found.meeting_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.keep(self.meeting.body.alliance)
        return self.meeting

    def next_url(self) -> str:
        return services.address(self.meeting)

    def context(self) -> dict[str, Any]:
        context = super().context()
        context["crumbs"].insert(2, {"label": self.meeting.title, "url": services.address(self.meeting)})
        return context


class MeetingCreateView(KeeperPage):
    submit = "安排"

    def make_form(self, data: Any = None) -> MeetingForm:
        self.body = found.body_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.keep(self.body.alliance)
        self.title = f"加开一次{self.body.name}"
        return MeetingForm(data, initial={"title": self.body.name, "place": self.body.place})

    def act(self, form: BaseForm) -> str:
        values = {name: form.cleaned_data[name] for name in ("title", "starts_at", "place")}
        self.meeting = services.meeting_create(actor=self.request.actor, body=self.body, now=timezone.now(), **values)
        return "已安排。请添加议题，再发会议通知。"


class MeetingUpdateView(MeetingFormPage):
    title = "修改时间、地点"

    def make_form(self, data: Any = None) -> MeetingForm:
        return MeetingForm(data, initial=meeting_initial(self.find()))

    def act(self, form: BaseForm) -> str:
        values = dict(form.cleaned_data) | {"version": form.cleaned_data["version"] or 0}
        services.meeting_update(actor=self.request.actor, meeting=self.meeting, now=timezone.now(), **values)
        return "已修改，通知过的单位会收到变更通知。" if self.meeting.called_at else "已修改。"


class MeetingCancelView(MeetingFormPage):
    title, submit = "取消会议", "取消这次会议"

    def make_form(self, data: Any = None) -> CancelForm:
        self.find()
        return CancelForm(data)

    def act(self, form: BaseForm) -> str:
        services.meeting_cancel(actor=self.request.actor, meeting=self.meeting, reason=form.cleaned_data["reason"])
        return "已取消。"


class MeetingAct(ActPage):
    """A button about one meeting."""

    roles = RECORDS

    @property
    def meeting(self) -> Meeting:
        return found.meeting_get(actor=self.request.actor, pk=self.kwargs["pk"])

    def next_url(self) -> str:
        return services.address(self.meeting)


class MeetingCallView(MeetingAct):
    def act(self) -> str:
        told = services.meeting_call(actor=self.request.actor, meeting=self.meeting, now=timezone.now())
        return f"会议通知已发给 {told} 个账号，同时报告了上级。"


class AgendaFillView(MeetingAct):
    def act(self) -> str:
        new = agendas.agenda_fill(actor=self.request.actor, meeting=self.meeting, now=timezone.now())
        return f"新列入 {new} 个议题。" if new else "没有新的议题，已有议题的数字已更新。"


class TopicAddView(FormPage):
    roles = PROPOSES
    submit = "提交"

    def make_form(self, data: Any = None) -> TopicForm:
        self.meeting = found.meeting_get(actor=self.request.actor, pk=self.kwargs["pk"])
        keeps = found.keeps_meetings(self.request.actor, self.meeting.body.alliance)
        own = [] if keeps else found.speaks_for(self.request.actor, self.meeting)
        if not keeps and not own:
            raise PermissionDenied("这次会议没有邀请您所在的单位，不能提出议题。请联系联盟秘书长。")
        self.title = "添加议题" if keeps else "提出议题"
        return TopicForm(data, speaks_for=own)

    def act(self, form: BaseForm) -> str:
        topic = agendas.topic_add(
            actor=self.request.actor, meeting=self.meeting, now=timezone.now(), **form.cleaned_data
        )
        return "已列入议程。" if topic.state == MeetingTopic.State.ACCEPTED else "已提出，等联盟秘书长确定。"

    def next_url(self) -> str:
        return services.address(self.meeting)

    def context(self) -> dict[str, Any]:
        alliance = self.meeting.body.alliance
        return {
            "title": self.title,
            "crumbs": [
                {"label": alliance.name, "url": reverse("alliances:meetings", args=[alliance.pk])},
                {"label": self.meeting.title, "url": services.address(self.meeting)},
                {"label": self.title},
            ],
        }


class TopicDecideView(ActPage):
    roles = RECORDS

    @property
    def topic(self) -> MeetingTopic:
        return found.topic_get(actor=self.request.actor, pk=self.kwargs["pk"])

    def act(self) -> str:
        accept = self.kwargs["decision"] == "accept"
        agendas.topic_decide(actor=self.request.actor, topic=self.topic, accept=accept)
        return "已列入议程。" if accept else "已答复：未列入议程。"

    def next_url(self) -> str:
        return services.address(self.topic.meeting)
