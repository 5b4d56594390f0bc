"""一园一党委: the joint committees of parks, and where the alliances' members stand."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from tenants.pages import TenantPage
from tenants.permissions import STAFF
from tenants.views.base import FormPage

from ..forms.joint_committees import JointCommitteeForm
from ..selectors.joint_committees import joint_committee_matrix, joint_committee_of, joint_committee_version, park_get
from ..services.joint_committees import joint_committee_save


class JointCommitteeListView(TenantPage):
    """Every park with its committee, against the alliances whose members stand there."""

    roles = STAFF

    def get(self, request: HttpRequest) -> HttpResponse:
        counties = joint_committee_matrix(actor=request.actor)
        context = {
            "counties": counties,
            "parks": sum(len(each.rows) for each in counties),
            "established": sum(each.established for each in counties),
        }
        return render(request, "alliances/joint_committee_list.html", context)


class JointCommitteeSaveView(FormPage):
    """Register the committee of a park, or correct it."""

    roles = STAFF

    def make_form(self, data: Any = None) -> JointCommitteeForm:
        self.park = park_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.committee = joint_committee_of(park=self.park)
        if self.committee is None:
            return JointCommitteeForm(data, initial={"name": f"{self.park.name}产业链联合党委"})
        initial = {name: getattr(self.committee, name) for name in ("name", "secretary", "staff", "founded_on")}
        return JointCommitteeForm(data, initial=initial | {"version": joint_committee_version(self.committee)})

    def act(self, form: BaseForm) -> str:
        made = joint_committee_save(
            actor=self.request.actor, park=self.park, today=timezone.localdate(), **form.cleaned_data
        )
        return f"已保存：{made}。"

    def show(self, form: BaseForm) -> HttpResponse:
        if form.has_error("__all__", code="newer"):
            # Sent once more, what is typed here is meant to replace what somebody else wrote meanwhile.
            data = form.data.copy()
            data["version"] = joint_committee_version(self.committee)
            form.data = data
        return super().show(form)

    def next_url(self) -> str:
        return reverse("alliances:joint_committee_list")

    def context(self) -> dict[str, Any]:
        title = "修改联合党委" if self.committee else "登记联合党委"
        crumbs = [{"label": "联合党委", "url": self.next_url()}, {"label": self.park.name}]
        return {"title": title, "crumbs": crumbs}

    def facts(self) -> list[tuple[str, str]]:
        county = self.park.parent.name if self.park.parent else ""
        return [("园区", f"{county} {self.park.name}".strip())]
