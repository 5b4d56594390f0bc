"""Acting on a demand: one page for every act of the table; the inbox, 督办 and 挂账."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.db.models import Exists, OuterRef, Prefetch
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from tenants.listing import ListView, entries
from tenants.models import DictionaryEntry, Role
from tenants.permissions import STAFF
from tenants.selectors.calendar import calendar_current
from tenants.views.base import FormPage, add_refusal

from .. import selectors
from ..course import obstacle
from ..filters import InboxFilter, ShelvedFilter
from ..forms import ActForm
from ..lights import light_up
from ..models import Demand, DemandDeadline, DemandExtension
from ..permissions import parties
from ..selectors import course
from ..services import demand_act
from ..services.acting import MovedError, deny
from ..telling import DONE
from ..workflow import TRANSITIONS, Action, Need, Transition

HANDLERS = STAFF | {Role.DEPARTMENT}
WATCHERS = HANDLERS | {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}
ELEMENT = DictionaryEntry.Kind.ELEMENT


class ActView(FormPage):
    """One act on one demand: what it needs, then done. What somebody else did meanwhile is said, and nothing typed is
    lost."""

    roles = None
    demand: Demand
    row: Transition

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.make_form()
        return self.refused() or self.show(form)

    def refused(self) -> HttpResponseRedirect | None:
        """Back to the demand with the reason, when the act is not to be done now."""
        case = course.case_of(self.demand)
        held, unit = parties(self.request.actor, self.demand, case)
        if not self.row.by & held:
            deny(self.row)
        words = ""
        if case.state not in self.row.sources:
            words = f"这件诉求现在是“{self.demand.get_state_display()}”，不能{self.row.label}。"
        words = words or obstacle(case, self.row.action, timezone.now(), calendar_current(), unit)
        if not words:
            return None
        messages.error(self.request, words)
        return redirect(self.next_url())

    def make_form(self, data: Any = None) -> ActForm:
        try:
            self.row = TRANSITIONS[Action(self.kwargs["action"])]
        except ValueError as error:
            raise Http404 from error
        self.demand = selectors.demand_get(actor=self.request.actor, number=self.kwargs["number"])
        self.title = self.submit = self.row.label
        initial = {"version": self.demand.version, "token": uuid4()} | self._known()
        return ActForm(
            data,
            row=self.row,
            units=course.unit_candidates(),
            elements=entries(ELEMENT)(self.request.actor),
            initial=initial,
        )

    def _known(self) -> dict[str, Any]:
        """What the form starts with: the units, category and texts as they are."""
        demand, action = self.demand, self.row.action
        known: dict[str, Any] = {Need.ELEMENT: demand.element_id, Need.COMPLEXITY: demand.complexity}
        known |= {Need.CONTENT: demand.content}
        if action is Action.REASSIGN:
            case = course.case_of(demand)
            known |= {Need.SHARING: list(case.sharing), Need.ASSISTING: list(case.assisting)}
        if action is Action.ANSWER:
            known |= {Need.RESULT: demand.result, Need.LOAN: demand.loan, Need.TALENT: demand.talent}
            known |= {Need.LAND: demand.land, Need.OTHER_OUTCOME: demand.other_outcome, Need.TEXT: demand.answer}
        return {need.value: value for need, value in known.items()}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if form.is_valid():
            try:
                messages.success(request, self.act(form))
            except MovedError as moved:
                return self.show_moved(moved)
            except ValidationError as error:
                add_refusal(form, error)
            else:
                return redirect(self.next_url())
        return self.show(form)

    def show_moved(self, moved: MovedError) -> HttpResponse:
        """What happened meanwhile, above what was typed; sent once more, it counts knowingly."""
        data = self.request.POST.copy()
        data["version"] = str(moved.version)
        again = self.make_form(data)
        add_refusal(again, moved)
        return self.show(again)

    def act(self, form: BaseForm) -> str:
        _, done = demand_act(
            actor=self.request.actor,
            demand=self.demand,
            action=self.row.action,
            said=form.said,
            version=form.cleaned_data["version"],
            token=form.cleaned_data["token"],
            now=timezone.now(),
        )
        if not done:
            return "这张表单已经提交过，没有重复办理。"
        return f"{self.demand.number} 已办理：{DONE[self.row.action]}。"

    def next_url(self) -> str:
        # Whoever handed the demand on may not see it any more.
        visible = selectors.demand_list(actor=self.request.actor).filter(pk=self.demand.pk).exists()
        return reverse("demands:detail", args=[self.demand.number]) if visible else reverse("demands:list")

    def context(self) -> dict[str, Any]:
        demand = self.demand
        page = reverse("demands:detail", args=[demand.number])
        return {
            "title": self.title,
            "crumbs": [
                {"label": "诉求", "url": reverse("demands:list")},
                {"label": demand.number, "url": page},
                {"label": self.title},
            ],
            "facts": [
                ("企业", demand.enterprise.name),
                ("诉求", demand.content),
                ("办理状态", demand.get_state_display()),
                *([("主办单位", demand.unit.name)] if demand.unit else []),
            ],
        }


class CourseListView(ListView):
    """Demands by their next deadline, with what is due next."""

    filterset_class = InboxFilter
    template_name = "demands/course_list.html"
    related = ("enterprise", "element", "unit")
    intro = ""

    def prepare(self, rows: Any) -> Any:
        running = DemandDeadline.objects.filter(ended_at__isnull=True, paused_at__isnull=True)
        ordered = Prefetch("deadlines", running.select_related("unit").order_by("due_at", "pk"), to_attr="running")
        asked = DemandExtension.objects.filter(demand=OuterRef("pk"), state=DemandExtension.State.ASKED)
        return super().prepare(rows).annotate(asks_time=Exists(asked)).prefetch_related(ordered)

    def fill(self, page: Page) -> Page:
        page = super().fill(page)
        light_up(page.object_list, today=timezone.localdate())
        own = self.request.actor.unit_ids
        for demand in page.object_list:
            # A unit's own step first: what others owe is not its work.
            mine = [each for each in demand.running if each.unit_id is None or each.unit_id in own or not own]
            demand.next_step = mine[0] if mine else None
        return page

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        frame = {"now": timezone.now(), "intro": self.intro, "is_office": request.actor.is_staff}
        return super().extra_context(request) | frame


class InboxView(CourseListView):
    roles = HANDLERS
    selector = course.inbox
    title = "待办诉求"
    intro = "下一步该由您办理的诉求，时限近的在前。"
    empty = {"empty_title": "没有等您办理的诉求", "empty_text": "新的诉求到了会在“消息”里告诉您。"}


class SupervisionView(CourseListView):
    roles = WATCHERS
    selector = course.supervised
    title = "督办"
    intro = "列为督办、还没有办结的诉求。"
    empty = {"empty_title": "没有督办的诉求", "empty_text": "在诉求页面点“列为督办”，写明督办要求。"}


class ShelvedView(CourseListView):
    roles = WATCHERS
    selector = course.shelved
    filterset_class = ShelvedFilter
    template_name = "demands/shelved_list.html"
    title = "挂账"
    intro = "列入计划、长期办理的诉求，到承诺日期要复查。"
    empty = {"empty_title": "没有挂账的诉求", "empty_text": "一时办不了、列入计划的诉求，写明承诺日期后挂账。"}
