"""The page of a full-time Party worker's certificate."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from tenants.permissions import STAFF
from tenants.views.base import FormPage

from ..forms.certificates import WorkerForm
from ..selectors import party_organisation_get
from ..selectors.certificates import worker_version
from ..services.certificates import worker_save


class WorkerSaveView(FormPage):
    """Register who the worker of an organisation is and until when his certificate is valid."""

    roles = STAFF
    title = "登记党务工作者资格认证"

    def make_form(self, data: Any = None) -> WorkerForm:
        self.organisation = party_organisation_get(actor=self.request.actor, pk=self.kwargs["pk"])
        initial = {
            "worker": self.organisation.worker,
            "is_certified": "yes" if self.organisation.worker_is_certified else "",
            "until": self.organisation.worker_certified_until,
            "version": worker_version(self.organisation),
        }
        return WorkerForm(data, knows_number=bool(self.organisation.worker_certificate), initial=initial)

    def act(self, form: BaseForm) -> str:
        worker_save(
            actor=self.request.actor,
            organisation=self.organisation,
            worker=form.said,
            version=form.cleaned_data["version"],
            today=timezone.localdate(),
        )
        return "已保存。"

    def show(self, form: BaseForm) -> HttpResponse:
        if form.has_error("__all__", code="newer"):
            # Sent once more, what is typed here is meant to replace what somebody else wrote meanwhile.
            data = form.data.copy()
            data["version"] = worker_version(self.organisation)
            form.data = data
        return super().show(form)

    def next_url(self) -> str:
        return reverse("enterprises:party_detail", args=[self.kwargs["pk"]])

    def context(self) -> dict[str, Any]:
        parties = {"label": "党组织", "url": reverse("enterprises:party_list")}
        here = {"label": self.organisation.name, "url": self.next_url()}
        facts = [("党组织", self.organisation.name), ("企业", self.organisation.enterprise.name)]
        return {"crumbs": [parties, here, {"label": self.title}], "facts": facts}
