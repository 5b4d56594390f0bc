"""The tab 轮值 of an alliance: who leads, who led, who comes and why; requests, rosters and changes of person."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from tenants.models import Role
from tenants.permissions import STAFF
from tenants.views.base import ActPage, FormPage

from .. import selectors, services
from ..forms.rotation import PersonForm, RefusalForm, RequestForm, RosterForm
from ..models import Alliance, RotationRequest
from ..permissions import keeps, spoken_for
from ..rotation_wording import in_words
from ..selectors import handovers as packs
from ..selectors import rotation as books
from .alliances import AllianceTabView

#: Who may have something to ask; whether about this alliance, its permissions say.
ASKS = STAFF | {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}
KEEPS = STAFF | {Role.ALLIANCE_SECRETARY}


class AllianceRotationView(AllianceTabView):
    route = "alliances:rotation"
    template_name = "alliances/alliance_rotation.html"

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        today, actor = timezone.localdate(), request.actor
        handovers = packs.handovers_of(actor=actor, alliance=alliance)
        packs.light_up(handovers, today=today)
        return {
            "handovers": handovers,
            "rotation": books.rotation_of(alliance=alliance, today=today),
            "requests": books.rotation_request_list(actor=actor, alliance=alliance) if actor.roles & ASKS else [],
            "keeps": keeps(actor, alliance),
            "decides": actor.is_staff,
            "asks": bool(actor.roles & ASKS)
            and bool(spoken_for(actor, alliance, books.eligible_units(alliance=alliance, on=today))),
            "kinds": RotationRequest.Kind.choices,
        }


class RotationFormPage(FormPage):
    """A form about the rotation of one alliance, which `make_form` finds."""

    alliance: Alliance

    def find(self, pk: int) -> Alliance:
        self.alliance = selectors.alliance_get(actor=self.request.actor, pk=pk)
        return self.alliance

    def next_url(self) -> str:
        return reverse("alliances:rotation", args=[self.alliance.pk])

    def facts(self) -> list[tuple[str, str]]:
        """What the form acts on."""
        return []

    def context(self) -> dict[str, Any]:
        alliances = {"label": "联盟", "url": reverse("alliances:list")}
        return {
            "title": self.title,
            "facts": self.facts(),
            "crumbs": [alliances, {"label": self.alliance.name, "url": self.next_url()}, {"label": self.title}],
        }


class RotationRequestCreateView(RotationFormPage):
    roles = ASKS
    submit = "提交申请"

    def make_form(self, data: Any = None) -> RequestForm:
        self.kind = self.kwargs["kind"]
        if self.kind not in RotationRequest.Kind:
            raise Http404
        self.title = f"申请{RotationRequest.Kind(self.kind).label}"
        today = timezone.localdate()
        alliance = self.find(self.kwargs["pk"])
        units = books.eligible_units(alliance=alliance, on=today)
        mine = spoken_for(self.request.actor, alliance, units)
        if not mine:
            raise PermissionDenied("您不能替这个联盟的单位提出申请。请联系联盟秘书长。")
        coming = books.rotation_of(alliance=alliance, today=today).coming
        turns = [(row.term.quarter, row.organisation) for row in coming if row.term.is_regular]
        return RequestForm(
            data, kind=self.kind, speaks_for=mine, units=units, turns=[turn for turn in turns if turn[1] in mine]
        )

    def act(self, form: BaseForm) -> str:
        services.rotation_request(
            actor=self.request.actor, alliance=self.alliance, kind=self.kind, now=timezone.now(), **form.wish
        )
        return "已提交，等两新工委审批。"


class RotationRequestApproveView(ActPage):
    roles = STAFF

    def act(self) -> str:
        wish = self._request()
        services.rotation_request_approve(actor=self.request.actor, request=wish, now=timezone.now())
        return f"已同意{wish.organisation.name}的{wish.get_kind_display()}申请。"

    def next_url(self) -> str:
        return reverse("alliances:rotation", args=[self._request().alliance_id])

    def _request(self) -> RotationRequest:
        return books.rotation_request_get(actor=self.request.actor, pk=self.kwargs["pk"])


class RotationRequestRefuseView(RotationFormPage):
    roles = STAFF
    title, submit = "不同意申请", "不同意"

    def make_form(self, data: Any = None) -> RefusalForm:
        self.wish = books.rotation_request_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.find(self.wish.alliance_id)
        return RefusalForm(data)

    def facts(self) -> list[tuple[str, str]]:
        wish = self.wish
        other = f"，{wish.other.name}" if wish.other else ""
        return [
            ("申请单位", wish.organisation.name),
            ("申请事项", f"{wish.get_kind_display()}{other}"),
            ("时间", f"{in_words(wish.starts_on)}至{in_words(wish.ends_on)}"),
            ("理由", wish.reason),
        ]

    def act(self, form: BaseForm) -> str:
        services.rotation_request_refuse(
            actor=self.request.actor, request=self.wish, answer=form.cleaned_data["answer"], now=timezone.now()
        )
        return "已答复申请单位。"


class RosterAdoptView(RotationFormPage):
    roles = KEEPS
    title, submit = "登记轮值名单", "登记"

    def make_form(self, data: Any = None) -> RosterForm:
        alliance = self.find(self.kwargs["pk"])
        if not keeps(self.request.actor, alliance):
            raise PermissionDenied("轮值名单由联盟秘书长和两新工委登记。")
        units = books.proposed_units(alliance=alliance, on=timezone.localdate())
        return RosterForm(data, units=units)

    def act(self, form: BaseForm) -> str:
        values = {name: form.cleaned_data[name] for name in ("meeting", "adopted_on", "effective_on")}
        roster = services.roster_adopt(
            actor=self.request.actor,
            alliance=self.alliance,
            organisations=form.order,
            today=timezone.localdate(),
            **values,
        )
        return f"已登记{roster}。"


class TermPersonView(RotationFormPage):
    roles = KEEPS
    title, submit = "任期中换人", "换人"

    def make_form(self, data: Any = None) -> PersonForm:
        self.term = books.term_get(actor=self.request.actor, pk=self.kwargs["pk"])
        if not keeps(self.request.actor, self.find(self.term.alliance_id)):
            raise PermissionDenied("任期中换人由联盟秘书长和两新工委办理。")
        return PersonForm(data, initial={"since": timezone.localdate()})

    def facts(self) -> list[tuple[str, str]]:
        term, today = self.term, timezone.localdate()
        present = next((each.person for each in term.holders.all() if each.starts_on <= today <= each.ends_on), "")
        return [
            ("轮值单位", term.organisation.name),
            ("现任书记", present or "—"),
            ("任期", f"{in_words(term.starts_on)}至{in_words(term.ends_on)}"),
        ]

    def act(self, form: BaseForm) -> str:
        services.person_change(
            actor=self.request.actor, term=self.term, today=timezone.localdate(), **form.cleaned_data
        )
        return f"已换人：{form.cleaned_data['person']}。"
