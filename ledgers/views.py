"""Pages of 数据导入导出: templates, upload, check, preview, commit, error workbook, export, history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from ledgers.files import workbook_response
from ledgers.forms import UploadForm
from ledgers.models import ImportRun
from ledgers.registry import Ledger, ledger, ledgers
from ledgers.selectors import LONG, import_get, import_list
from ledgers.services import (
    IMPORTERS,
    export,
    import_abandon,
    import_commit,
    import_upload,
    template_for,
    upload_size_check,
)
from tenants.files import file_response
from tenants.models import Job
from tenants.pages import TenantPage
from tenants.permissions import STAFF

#: Rows of the error list on the page; the error workbook has them all.
ERRORS_SHOWN = 200
HISTORY_SHOWN = 20
#: A job that has waited so long has probably nobody to do it.
LATE_AFTER = timedelta(minutes=1)
LATE = "还没有开始：后台服务暂时没有响应。文件已经保存，服务恢复后会自动开始，不必重新上传"


def _ledger_or_404(key: str) -> Ledger:
    try:
        return ledger(key)
    except KeyError:
        raise Http404 from None


class HomeView(TenantPage):
    """What can be imported and exported, and the latest imports. Staff may export, only the administrator imports."""

    roles = STAFF

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, UploadForm(initial={"sheet": request.GET.get("sheet")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        request.actor.require(*IMPORTERS)
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                upload_size_check(upload.size)
                run = import_upload(
                    actor=request.actor, sheet_key=form.cleaned_data["sheet"], name=upload.name, content=upload.read()
                )
            except ValidationError as error:
                form.add_error("file", error)
            else:
                return redirect("ledgers:run", pk=run.pk)
        return self._page(request, form, status=422)

    def _page(self, request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
        runs = import_list(actor=request.actor).defer(*LONG)[:HISTORY_SHOWN]
        titles = {each.sheet.key: each.sheet.title for each in ledgers()}
        context = {
            "form": form,
            "ledgers": ledgers(),
            "may_import": bool(request.actor.roles & IMPORTERS),
            "runs": [(run, titles.get(run.sheet_key, run.sheet_key)) for run in runs],
        }
        return render(request, "ledgers/home.html", context, status=status)


class RunView(TenantPage):
    """One import: its progress, then what was found, then what was written."""

    roles = IMPORTERS

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.htmx and request.GET.get("part") == "progress":
            return self._progress(request, pk)
        run = import_get(actor=request.actor, pk=pk)
        rejected = run.total - run.accepted
        context = {
            "run": run,
            "sheet": _ledger_or_404(run.sheet_key).sheet,
            "progress": progress_of(run),
            "errors": run.errors[:ERRORS_SHOWN],
            "errors_left": max(0, len(run.errors) - ERRORS_SHOWN),
            "rejected": rejected,
            "is_checked": run.state == ImportRun.State.CHECKED and not run.is_busy,
            "is_known": run.accepted and run.unchanged == run.accepted,
        }
        return render(request, "ledgers/run.html", context)

    def _progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The progress box alone; once there is none, the browser loads the page again."""
        run = get_object_or_404(import_list(actor=request.actor).defer(*LONG), pk=pk)
        progress = progress_of(run)
        if progress is None:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "components/progress.html", {"job": progress})


def progress_of(run: ImportRun) -> dict[str, Any] | None:
    """What the progress box shows while a run is being checked or written; None when nothing is under way."""
    job = run.job
    if job is None or not run.is_busy:
        return None
    address = reverse("ledgers:run", args=[run.pk])
    is_waiting = job.state == Job.State.QUEUED
    is_late = is_waiting and job.created_at < timezone.now() - LATE_AFTER
    return {
        "title": job.title,
        "state": "waiting" if is_waiting else "running",
        "done": job.done,
        "total": job.total,
        "text": LATE if is_late else job.step,
        "poll_url": f"{address}?part=progress",
        "cancel_url": reverse("ledgers:abandon", args=[run.pk]),
    }


class CommitView(TenantPage):
    """Import the rows without error, or all rows or none, as the user chose."""

    roles = IMPORTERS

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = import_get(actor=request.actor, pk=pk)
        try:
            import_commit(actor=request.actor, run=run, only_if_clean=request.POST.get("mode") == "all")
        except ValidationError as error:
            messages.error(request, error.messages[0])
        return redirect("ledgers:run", pk=run.pk)


class AbandonView(TenantPage):
    """Cancel a check or an import."""

    roles = IMPORTERS

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = import_get(actor=request.actor, pk=pk)
        try:
            import_abandon(actor=request.actor, run=run)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("ledgers:run", pk=run.pk)
        messages.success(request, "已取消，没有写入任何数据。")
        return redirect("ledgers:home")


class ErrorWorkbookView(TenantPage):
    """The user's own file with the bad cells marked."""

    roles = IMPORTERS

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        run = import_get(actor=request.actor, pk=pk)
        if run.error_workbook is None:
            raise Http404
        return file_response(run.error_workbook)


class TemplateView(TenantPage):
    """The blank form of a ledger."""

    roles = IMPORTERS

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        found = _ledger_or_404(key)
        return workbook_response(template_for(actor=request.actor, found=found), f"{found.sheet.title}（模板）.xlsx")


class ExportView(TenantPage):
    """Everything of one ledger that the actor may see, as a workbook that can be imported again."""

    roles = STAFF

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        found = _ledger_or_404(key)
        content = export(actor=request.actor, found=found, rows=found.everything(request.actor))
        return workbook_response(content, f"{found.sheet.title}{timezone.localdate():%Y%m%d}.xlsx")
