"""Appointing, relieving and correcting the officers of an alliance."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from tenants.permissions import STAFF
from tenants.views.base import FormPage

from .. import selectors
from ..forms.appointments import AppointmentForm, ReliefForm
from ..models import Alliance, Appointment
from ..selectors.appointments import appointment_get, appointment_version, secretary_accounts
from ..services.appointments import appoint, appointment_correct, relieve


class AppointmentFormPage(FormPage):
    """A form about one post of an alliance, which `make_form` finds. The office alone decides about posts."""

    roles = STAFF
    alliance: Alliance

    def next_url(self) -> str:
        return reverse("alliances:organisation", args=[self.alliance.pk])

    def context(self) -> dict[str, Any]:
        alliances = {"label": "联盟", "url": reverse("alliances:list")}
        here = {"label": self.alliance.name, "url": self.next_url()}
        return {"title": self.title, "crumbs": [alliances, here, {"label": self.title}]}


class AppointView(AppointmentFormPage):
    title, submit = "登记任职", "登记"

    def make_form(self, data: Any = None) -> AppointmentForm:
        self.alliance = selectors.alliance_get(actor=self.request.actor, pk=self.kwargs["pk"])
        asked = self.request.GET.get("post", "")
        return AppointmentForm(data, accounts=secretary_accounts(), initial={"post": asked})

    def act(self, form: BaseForm) -> str:
        made = appoint(
            actor=self.request.actor,
            alliance=self.alliance,
            post=form.cleaned_data["post"],
            officer=form.officer,
            today=timezone.localdate(),
        )
        return f"已登记{made.get_post_display()}：{made.person}。"


class AppointmentCorrectView(AppointmentFormPage):
    title, submit = "更正任职登记", "保存"

    def make_form(self, data: Any = None) -> AppointmentForm:
        self.appointment = appointment_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.alliance = self.appointment.alliance
        initial = {name: getattr(self.appointment, name) for name in ("person", "position", "starts_on", "account")}
        return AppointmentForm(
            data,
            accounts=secretary_accounts(),
            post=self.appointment.post,
            knows_phone=bool(self.appointment.phone),
            initial=initial | {"version": appointment_version(self.appointment)},
        )

    def act(self, form: BaseForm) -> str:
        made = appointment_correct(
            actor=self.request.actor,
            appointment=self.appointment,
            officer=form.officer,
            version=form.cleaned_data["version"],
            today=timezone.localdate(),
        )
        return f"已保存：{made}。"

    def show(self, form: BaseForm) -> HttpResponse:
        if form.has_error("__all__", code="newer"):
            # Sent once more, what is typed here is meant to replace what somebody else wrote meanwhile.
            data = form.data.copy()
            data["version"] = appointment_version(self.appointment)
            form.data = data
        return super().show(form)


class RelieveView(AppointmentFormPage):
    submit = "登记卸任"

    def make_form(self, data: Any = None) -> ReliefForm:
        self.appointment = appointment_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.alliance, self.title = self.appointment.alliance, f"{self.appointment}卸任"
        return ReliefForm(data, initial={"ends_on": timezone.localdate()})

    def act(self, form: BaseForm) -> str:
        relieve(actor=self.request.actor, appointment=self.appointment, today=timezone.localdate(), **form.cleaned_data)
        return f"已登记{self.appointment}卸任。"


def posts_of(appointments: list[Appointment]) -> list[tuple[str, str, Appointment | None]]:
    """Every post (value, name) with whoever is in it."""
    present = {each.post: each for each in appointments if each.ends_on is None}
    return [(value, label, present.get(value)) for value, label in Appointment.Post.choices]
