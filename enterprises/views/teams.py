"""Pages about 红帆指导员 teams: their people and the enterprises they guide."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from tenants.listing import ListView, counties
from tenants.pages import TenantPage
from tenants.permissions import STAFF
from tenants.templatetags.portal import cn_date
from tenants.views.base import FormPage

from ..filters import TeamFilter
from ..forms.teams import AssignmentForm, EndForm, MemberForm, TeamForm
from ..models import InstructorTeam
from ..permissions import keeps_team
from ..selectors.teams import (
    team_assignment_get,
    team_assignment_list,
    team_get,
    team_list,
    team_member_get,
    with_strength,
)
from ..services.teams import REFUSAL, team_assign, team_join, team_leave, team_save, team_unassign
from ..terms import Standing, standing, strength
from . import force_tabs


class TeamListView(ListView):
    selector = team_list
    filterset_class = TeamFilter
    template_name = "enterprises/team_list.html"
    title = "红帆指导员团队"
    related = ("region",)
    empty = {"empty_title": "还没有红帆指导员团队", "empty_text": "由两新工委点“登记团队”添加。"}

    def prepare(self, rows: QuerySet[InstructorTeam]) -> QuerySet[InstructorTeam]:
        return with_strength(super().prepare(rows), timezone.localdate())

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        tabs = {"tabs": force_tabs("enterprises:team_list"), "registers": request.actor.is_staff}
        return super().extra_context(request) | tabs


class TeamDetailView(TenantPage):
    """A team with everybody who ever belonged to it and every enterprise it was sent to."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        today = timezone.localdate()
        team = team_get(actor=request.actor, pk=pk)
        members = list(team.members.select_related("account"))
        assignments = list(
            team_assignment_list(actor=request.actor).filter(team=team).select_related("enterprise__region")
        )
        for each in (*members, *assignments):
            each.standing = standing(each.starts_on, each.ends_on, today)
        present = [each for each in members if each.standing == Standing.PRESENT]
        leaders = sum(each.is_leader for each in present)
        context = {
            "team": team,
            "members": [each for each in members if each.standing != Standing.OVER],
            "former": [each for each in members if each.standing == Standing.OVER],
            "assignments": [each for each in assignments if each.standing != Standing.OVER],
            "ended": [each for each in assignments if each.standing == Standing.OVER],
            "warning": strength(leaders, len(present) - leaders),
            "keeps": keeps_team(request.actor, team),
            "crumbs": [{"label": "红帆指导员团队", "url": reverse("enterprises:team_list")}, {"label": team.name}],
        }
        return render(request, "enterprises/team_detail.html", context)


class TeamFormPage(FormPage):
    """A form about one team, which `make_form` finds."""

    roles = STAFF
    team: InstructorTeam

    def keep(self, team: InstructorTeam) -> None:
        """Take the team the form is about; 403 unless the actor keeps its books."""
        self.team = team
        if not keeps_team(self.request.actor, team):
            raise PermissionDenied(REFUSAL)

    def next_url(self) -> str:
        return reverse("enterprises:team_detail", args=[self.team.pk])

    def context(self) -> dict[str, Any]:
        teams = {"label": "红帆指导员团队", "url": reverse("enterprises:team_list")}
        return {"crumbs": [teams, {"label": self.team.name, "url": self.next_url()}, {"label": self.title}]}


class TeamCreateView(FormPage):
    roles = STAFF
    title, submit = "登记红帆指导员团队", "登记"

    def make_form(self, data: Any = None) -> TeamForm:
        self.team: InstructorTeam | None = None
        return TeamForm(data, regions=counties(self.request.actor))

    def act(self, form: BaseForm) -> str:
        self.team = team_save(actor=self.request.actor, **form.cleaned_data)
        return f"已登记：{self.team}。接着登记团长、成员和派驻的企业。"

    def next_url(self) -> str:
        return reverse("enterprises:team_detail", args=[self.team.pk]) if self.team else self.cancel_url()

    def cancel_url(self) -> str:
        return reverse("enterprises:team_list")

    def context(self) -> dict[str, Any]:
        return {"crumbs": [{"label": "红帆指导员团队", "url": self.cancel_url()}, {"label": self.title}]}


class TeamEditView(TeamFormPage):
    title = "修改团队"

    def make_form(self, data: Any = None) -> TeamForm:
        self.keep(team_get(actor=self.request.actor, pk=self.kwargs["pk"]))
        initial = {name: getattr(self.team, name) for name in ("name", "region", "studio")}
        return TeamForm(data, regions=counties(self.request.actor), initial=initial)

    def act(self, form: BaseForm) -> str:
        return f"已保存：{team_save(actor=self.request.actor, team=self.team, **form.cleaned_data)}。"


class TeamJoinView(TeamFormPage):
    title, submit = "登记团长或成员", "登记"

    def make_form(self, data: Any = None) -> MemberForm:
        self.keep(team_get(actor=self.request.actor, pk=self.kwargs["pk"]))
        return MemberForm(data, initial={"starts_on": timezone.localdate(), "token": uuid4()})

    def act(self, form: BaseForm) -> str:
        made = team_join(
            actor=self.request.actor,
            team=self.team,
            member=form.member,
            token=form.cleaned_data["token"],
            today=timezone.localdate(),
        )
        return f"已登记：{made}。"


class TeamAssignView(TeamFormPage):
    title, submit = "派驻企业", "派驻"

    def make_form(self, data: Any = None) -> AssignmentForm:
        self.keep(team_get(actor=self.request.actor, pk=self.kwargs["pk"]))
        start = {"starts_on": timezone.localdate(), "token": uuid4()}
        return AssignmentForm(data, actor=self.request.actor, initial=start)

    def act(self, form: BaseForm) -> str:
        made = team_assign(actor=self.request.actor, team=self.team, today=timezone.localdate(), **form.cleaned_data)
        return f"已派驻：{made.enterprise}。"


class TeamEndPage(TeamFormPage):
    """The last day of a row of the team's books."""

    def make_form(self, data: Any = None) -> EndForm:
        self.row = self.find()
        self.keep(self.row.team)
        return EndForm(data, initial={"ends_on": timezone.localdate()})

    def find(self) -> Any:
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        return super().context() | {"facts": self.facts()}

    def facts(self) -> list[tuple[str, str]]:
        return [("团队", self.row.team.name), ("开始", cn_date(self.row.starts_on))]


class TeamLeaveView(TeamEndPage):
    title, submit = "登记退出团队", "登记退出"

    def find(self) -> Any:
        return team_member_get(actor=self.request.actor, pk=self.kwargs["pk"])

    def facts(self) -> list[tuple[str, str]]:
        return [("姓名", self.row.person), *super().facts()]

    def act(self, form: BaseForm) -> str:
        made = team_leave(actor=self.request.actor, member=self.row, today=timezone.localdate(), **form.cleaned_data)
        return f"已登记：{made}在团队的最后一天是{cn_date(made.ends_on)}。"


class TeamUnassignView(TeamEndPage):
    title, submit = "结束派驻", "结束派驻"

    def find(self) -> Any:
        return team_assignment_get(actor=self.request.actor, pk=self.kwargs["pk"])

    def facts(self) -> list[tuple[str, str]]:
        return [("企业", self.row.enterprise.name), *super().facts()]

    def act(self, form: BaseForm) -> str:
        made = team_unassign(
            actor=self.request.actor, assignment=self.row, today=timezone.localdate(), **form.cleaned_data
        )
        return f"已登记：派驻的最后一天是{cn_date(made.ends_on)}。"
