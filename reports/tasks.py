"""Background work of reports."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from alliances.models import Meeting
from demands.services.published_lists import LIST_TASK
from tenants.jobs import claimed
from tenants.models import Job, Region, User
from tenants.permissions import actor_for
from tenants.scope import tenant_scope

from .booklet_selectors import BOOKLET_TASK
from .imprint import Imprint
from .periods import quarter_period
from .selectors import BRIEFING_TASK, HANDOVER_TASK, MINUTES_TASK, PROFILE_TASK
from .services.booklets import booklet_collect, booklet_issue
from .services.demand_papers import DEMAND_PAPER_TASK
from .services.demand_printing import demand_paper_make
from .services.handover_printing import handover_paper_make
from .services.issuing import briefing_issue
from .services.list_printing import list_excel_make, list_pdf_make
from .services.minute_taking import minutes_make
from .services.profiles import profile_make
from .services.snapshots import figures_collect


@shared_task(name=BRIEFING_TASK, own_scope=True)
def briefing_make(*, tenant_id: int, job_id: int) -> None:
    """Collect the figures, then freeze, lay out and archive the briefing in one transaction."""
    with claimed(tenant_id, job_id) as run:
        if run is None:
            return
        wanted = run.job.arguments
        year, quarter = wanted["year"], wanted["quarter"]
        scope: dict[str, Any] = {"actor_id": run.job.started_by_id, "request_id": f"job:{job_id}"}
        run.progress(0, 3, "汇总数据")
        with tenant_scope(tenant_id, **scope):
            actor = actor_for(User.objects.get(pk=run.job.started_by_id))
            region = Region.objects.get(pk=wanted["region"])
            data = figures_collect(actor=actor, period=quarter_period(year, quarter), region=region)
        run.progress(1, 3, "排版成 PDF")
        with tenant_scope(tenant_id, **scope):
            briefing = briefing_issue(
                actor=actor,
                year=year,
                quarter=quarter,
                region=region,
                imprint=Imprint(**wanted["imprint"]),
                data=data,
                job=run.job,
            )
            Job.objects.filter(pk=job_id).update(done=3, total=3, result={"briefing": briefing.pk})


@shared_task(name=HANDOVER_TASK, own_scope=True)
def handover_paper_task(*, tenant_id: int, job_id: int) -> None:
    """Make the PDF of a handover pack."""
    with claimed(tenant_id, job_id) as run:
        if run is None:
            return
        run.progress(0, 1, "排版成 PDF")
        with tenant_scope(tenant_id, actor_id=run.job.started_by_id, request_id=f"job:{job_id}"):
            handover_paper_make(handover_id=run.job.arguments["handover"], uploaded_by=run.job.started_by)
            Job.objects.filter(pk=job_id).update(done=1, total=1)


@shared_task(name=DEMAND_PAPER_TASK, own_scope=True)
def demand_paper_task(*, tenant_id: int, job_id: int) -> None:
    """Make the PDF of a 任务书 or 催办单."""
    with claimed(tenant_id, job_id) as run:
        if run is None:
            return
        run.progress(0, 1, "排版成 PDF")
        with tenant_scope(tenant_id, actor_id=run.job.started_by_id, request_id=f"job:{job_id}"):
            demand_paper_make(event_id=run.job.arguments["event"], uploaded_by=run.job.started_by)
            Job.objects.filter(pk=job_id).update(done=1, total=1)


@shared_task(name=MINUTES_TASK, own_scope=True)
def minutes_make_task(*, tenant_id: int, job_id: int) -> None:
    """Lay a meeting's minutes out and archive them."""
    with claimed(tenant_id, job_id) as run:
        if run is None:
            return
        run.progress(0, 1, "排版成 PDF 和 Word")
        with tenant_scope(tenant_id, actor_id=run.job.started_by_id, request_id=f"job:{job_id}"):
            meeting = Meeting.objects.select_related("body__alliance").get(pk=run.job.arguments["meeting"])
            minutes_make(meeting=meeting, made_by=User.objects.get(pk=run.job.started_by_id))
            Job.objects.filter(pk=job_id).update(done=1, total=1)


@shared_task(name=PROFILE_TASK, own_scope=True)
def profile_task(*, tenant_id: int, job_id: int) -> None:
    """Make the one-page profile of an alliance."""
    with claimed(tenant_id, job_id) as run:
        if run is None:
            return
        run.progress(0, 1, "排版成 PDF")
        with tenant_scope(tenant_id, actor_id=run.job.started_by_id, request_id=f"job:{job_id}"):
            actor = actor_for(User.objects.get(pk=run.job.started_by_id))
            file = profile_make(actor=actor, alliance_id=run.job.arguments["alliance"], today=timezone.localdate())
            Job.objects.filter(pk=job_id).update(done=1, total=1, result={"file": file.pk})


@shared_task(name=LIST_TASK, own_scope=True)
def list_paper_task(*, tenant_id: int, job_id: int) -> None:
    """Make the Excel and the PDF file of a published list, each kept as soon as it is there."""
    with claimed(tenant_id, job_id) as run:
        if run is None:
            return
        for done, (step, make) in enumerate((("写成 Excel", list_excel_make), ("排版成 PDF", list_pdf_make))):
            run.progress(done, 2, step)
            with tenant_scope(tenant_id, actor_id=run.job.started_by_id, request_id=f"job:{job_id}"):
                make(published_id=run.job.arguments["published"], made_by=run.job.started_by)
                Job.objects.filter(pk=job_id).update(done=done + 1, total=2)


@shared_task(name=BOOKLET_TASK, own_scope=True)
def booklet_make(*, tenant_id: int, job_id: int) -> None:
    """Read the chosen cases and draw their photos, then lay out and archive the booklet in one transaction."""
    with claimed(tenant_id, job_id) as run:
        if run is None:
            return
        wanted, now = run.job.arguments, timezone.now()
        scope: dict[str, Any] = {"actor_id": run.job.started_by_id, "request_id": f"job:{job_id}"}
        run.progress(0, 3, "汇总案例和照片")
        with tenant_scope(tenant_id, **scope):
            actor = actor_for(User.objects.get(pk=run.job.started_by_id))
            collected = booklet_collect(actor=actor, case_ids=wanted["cases"], preface=wanted["preface"], now=now)
        run.progress(1, 3, "排版成 PDF")
        with tenant_scope(tenant_id, **scope):
            made = booklet_issue(actor=actor, case_ids=wanted["cases"], collected=collected, now=now, job=run.job)
            Job.objects.filter(pk=job_id).update(done=3, total=3, result={"booklet": made.number})
