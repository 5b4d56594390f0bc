"""The tab 组织 of an alliance: who leads, belongs to and supports it, and the charter it goes by."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from tenants.files import file_response
from tenants.pages import TenantPage
from tenants.views.base import FormPage

from .. import charter_changes, selectors
from ..forms.charters import CharterForm
from ..models import Alliance, Charter
from ..organisation_chart import tiers
from ..permissions import KEEPERS, keeps
from ..selectors.appointments import appointment_list
from ..selectors.charters import charter_get, charter_list
from ..selectors.organisation import alliance_organisation
from ..services.charters import REFUSAL, charter_register
from .alliances import AllianceTabView
from .appointments import posts_of


class AllianceOrganisationView(AllianceTabView):
    route = "alliances:organisation"
    template_name = "alliances/alliance_organisation.html"

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        organisation = alliance_organisation(alliance)
        appointments = list(appointment_list(actor=request.actor, alliance=alliance))
        return {
            "organisation": organisation,
            "tiers": tiers(organisation),
            "posts": posts_of(appointments),
            "former": [each for each in appointments if each.ends_on is not None],
            "appoints": request.actor.is_staff,
            "charters": charter_list(actor=request.actor, alliance=alliance),
            "keeps": keeps(request.actor, alliance),
        }


class CharterDetailView(TenantPage):
    """One version of a charter: what it changed, and its text."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        charter = charter_get(actor=request.actor, pk=pk)
        versions = list(charter_list(actor=request.actor, alliance=charter.alliance))
        former = next((each for each in versions if each.version == charter.version - 1), None)
        context = {
            "charter": charter,
            "versions": versions,
            "former": former,
            "paragraphs": charter_changes.paragraphs(charter.text),
            "changes": _changes(former, charter),
            "crumbs": [*_crumbs(charter.alliance), {"label": str(charter)}],
        }
        return render(request, "alliances/charter_detail.html", context)


class CharterFileView(TenantPage):
    """The paper of one version, for everybody who may see the alliance."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        charter = charter_get(actor=request.actor, pk=pk)
        if charter.file is None:
            raise Http404
        return file_response(charter.file)


class CharterCreateView(FormPage):
    """Register a version. It starts from the text in force, so that only what changed is written."""

    roles = KEEPERS
    template_name = "alliances/charter_form.html"
    submit = "登记"

    def make_form(self, data: Any = None) -> CharterForm:
        self.alliance = selectors.alliance_get(actor=self.request.actor, pk=self.kwargs["pk"])
        if not keeps(self.request.actor, self.alliance):
            raise PermissionDenied(REFUSAL)
        self.last = charter_list(actor=self.request.actor, alliance=self.alliance).first()
        if data is not None:
            return CharterForm(data, self.request.FILES)
        return CharterForm(initial={"token": uuid4(), "text": self.last.text if self.last else ""})

    def act(self, form: BaseForm) -> str:
        charter = charter_register(
            actor=self.request.actor, alliance=self.alliance, now=timezone.now(), **form.cleaned_data
        )
        return f"已登记{charter}。"

    def next_url(self) -> str:
        return reverse("alliances:organisation", args=[self.alliance.pk])

    def context(self) -> dict[str, Any]:
        title = f"登记章程第{self.last.version + 1}版" if self.last else "登记章程"
        return {
            "title": title,
            "last": self.last,
            "keep": "charter",
            "files_lost": bool(self.request.FILES),
            "crumbs": [*_crumbs(self.alliance), {"label": title}],
        }


def _changes(former: Charter | None, charter: Charter) -> list[list[charter_changes.Paragraph]] | None:
    """What a version changed; None where there is nothing to compare."""
    if former is None or not former.text or not charter.text:
        return None
    return charter_changes.changes(former.text, charter.text)


def _crumbs(alliance: Alliance) -> list[dict[str, str]]:
    return [
        {"label": "联盟", "url": reverse("alliances:list")},
        {"label": alliance.name, "url": reverse("alliances:organisation", args=[alliance.pk])},
    ]
