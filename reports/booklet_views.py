"""Pages of the booklets of typical cases."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator

from alliances.selectors.cases import cases_to_compile
from alliances.tabs import case_tabs
from tenants.files import file_response
from tenants.models import Job
from tenants.pages import TenantPage
from tenants.permissions import WHOLE_TENANT
from tenants.views.base import add_refusal

from . import booklet_selectors as selectors
from .booklet import from_json, in_chinese
from .booklet_forms import BookletForm
from .services.booklet_requests import booklet_cancel, booklet_request
from .views import PROGRESS

ROWS = 20
#: How many accepted cases the form offers: those that no booklet has yet stand first.
OFFERED_MOST = 200
HOME = "reports:booklet_list"


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class BookletListView(TenantPage):
    """The issued booklets, for everybody; for the city's office those being made, too. Only reads, so it does without
    `ATOMIC_REQUESTS`' savepoint."""

    def get(self, request: HttpRequest) -> HttpResponse:
        booklets = selectors.booklet_list(actor=request.actor).select_related("file")
        makes = bool(request.actor.roles & WHOLE_TENANT)
        context = {
            "page": Paginator(booklets, ROWS).get_page(request.GET.get("page")),
            "size": None,
            "makes": makes,
            "jobs": selectors.booklet_jobs_open(actor=request.actor) if makes else [],
            "tabs": case_tabs.shown(actor=request.actor, current=HOME),
        }
        return render(request, "reports/booklet_list.html", context)


class BookletCreateView(TenantPage):
    """Choose cases and their order; the booklet itself is made in the background."""

    roles = WHOLE_TENANT

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self._form(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request)
        if form.is_valid():
            try:
                job = booklet_request(actor=request.actor, cases=form.chosen, preface=form.cleaned_data["preface"])
            except ValidationError as error:
                add_refusal(form, error)
            else:
                return redirect("reports:booklet_job", pk=job.pk)
        return self._page(request, form, status=422)

    def _form(self, request: HttpRequest) -> BookletForm:
        return BookletForm(request.POST or None, cases=cases_to_compile(actor=request.actor)[:OFFERED_MOST])

    def _page(self, request: HttpRequest, form: BookletForm, status: int = 200) -> HttpResponse:
        crumbs = [{"label": "案例汇编", "url": reverse(HOME)}, {"label": "编制汇编"}]
        return render(request, "reports/booklet_create.html", {"form": form, "crumbs": crumbs}, status=status)


class BookletJobView(TenantPage):
    """How far a booklet is; at the end its page."""

    roles = WHOLE_TENANT

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = selectors.booklet_job_get(actor=request.actor, pk=pk)
        progress = _progress(job)
        if request.htmx and request.GET.get("part") == "progress":
            return render(request, "components/progress.html", {"job": progress})
        crumbs = [{"label": "案例汇编", "url": reverse(HOME)}, {"label": "编制进度"}]
        return render(request, "reports/booklet_job.html", {"job": progress, "title": job.title, "crumbs": crumbs})


class BookletCancelView(TenantPage):
    """Stop a booklet that is being made."""

    roles = WHOLE_TENANT

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        booklet_cancel(actor=request.actor, job=selectors.booklet_job_get(actor=request.actor, pk=pk))
        messages.info(request, "已请求取消。还没有开始排版的不会存档。")
        return redirect("reports:booklet_job", pk=pk)


class BookletView(TenantPage):
    """An issued booklet to read on the screen: what it quotes, whatever became of the cases since."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        issued = selectors.booklet_get(actor=request.actor, number=number)
        booklet = from_json(issued.content)
        context = {
            "issued": issued,
            "booklet": booklet,
            "chapters": [(in_chinese(at), chapter) for at, chapter in enumerate(booklet.chapters, start=1)],
            "crumbs": [{"label": "案例汇编", "url": reverse(HOME)}, {"label": issued.title}],
        }
        return render(request, "reports/booklet.html", context)


class BookletDownloadView(TenantPage):
    """The archived PDF; the download is in the audit trail."""

    def get(self, request: HttpRequest, number: str) -> HttpResponseBase:
        return file_response(selectors.booklet_get(actor=request.actor, number=number).file)


def _progress(job: Job) -> dict[str, Any]:
    page = reverse("reports:booklet_job", args=[job.pk])
    booklet = job.result.get("booklet") if job.state == Job.State.DONE else None
    return {
        "title": job.title,
        "state": PROGRESS[Job.State(job.state)],
        "done": job.done,
        "total": job.total,
        "text": job.message or job.step,
        "poll_url": f"{page}?part=progress",
        "cancel_url": reverse("reports:booklet_cancel", args=[job.pk]),
        "result_url": reverse("reports:booklet", args=[booklet]) if booklet else "",
        "result_label": "查看汇编",
    }
