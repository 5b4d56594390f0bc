"""What the administrator's pages have in common: a form that calls one service, a button that calls one service."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from ..models import Job, Role
from ..pages import TenantPage

ADMIN = frozenset({Role.TENANT_ADMIN})
#: The states of a job as `components/progress.html` names them.
PROGRESS = {
    Job.State.QUEUED: "waiting",
    Job.State.RUNNING: "running",
    Job.State.DONE: "done",
    Job.State.FAILED: "failed",
    Job.State.CANCELLED: "cancelled",
}


class AdminPage(TenantPage):
    """A page of the tenant's administrator."""

    roles = ADMIN


class FormPage(AdminPage):
    """Show a form; when it is right, let a service act on it and go on to the next page.

    Subclasses make the form, act and say where to go. What the service refuses stands beside its field.
    """

    template_name: ClassVar[str] = "tenants/form.html"
    title: ClassVar[str] = ""
    submit: ClassVar[str] = "保存"

    def make_form(self, data: Any = None) -> BaseForm:
        raise NotImplementedError

    def act(self, form: BaseForm) -> str:
        """Call the service; returns the sentence about what was done. May raise `ValidationError`."""
        raise NotImplementedError

    def next_url(self) -> str:
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        return {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.make_form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if form.is_valid():
            try:
                messages.success(request, self.act(form))
            except ValidationError as error:
                add_refusal(form, error)
            else:
                return redirect(self.next_url())
        return self.show(form)

    def show(self, form: BaseForm) -> HttpResponse:
        context = {"title": self.title, "submit": self.submit, "cancel_url": self.cancel_url(), "form": form}
        return render(self.request, self.template_name, context | self.context(), status=422 if form.errors else 200)

    def cancel_url(self) -> str:
        """Where 取消 leads; the next page unless that exists only afterwards."""
        return self.next_url()


class ActPage(AdminPage):
    """A button: call a service and go back with its sentence, or with the reason why not."""

    http_method_names = ["post"]

    def act(self) -> str:
        raise NotImplementedError

    def next_url(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        back: HttpResponseRedirect = redirect(self.next_url())
        try:
            messages.success(request, self.act())
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
        return back


def add_refusal(form: BaseForm, error: ValidationError) -> None:
    """Put a service's refusal beside the fields it names; what the form does not have stands at the top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
