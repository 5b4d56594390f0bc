"""Writes of figures and papers: freezing snapshots, requesting and issuing briefings."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from tenants.files import PDF, file_store
from tenants.jobs import job_cancel, job_enqueue
from tenants.models import BodyName, Job, Region
from tenants.permissions import STAFF, Actor
from tenants.scope import require_tenant_id

from .models import Briefing, Snapshot
from .overview import digest, from_json, to_json
from .papers import Imprint, briefing_html
from .periods import Period, quarter_period
from .permissions import RegionTree, region_tree
from .printing import print_pdf
from .selectors import BRIEFING_TASK, cases_for, overview_for
from .sentences import title

#: First key of the advisory lock behind which numbers are given out; the second is the tenant.
NUMBERING = 20_001


def snapshot_freeze(*, actor: Actor, period: Period, region: Region) -> Snapshot:
    """Freeze the figures of a period and region under the next number (`KZ-2026-000012`).

    Raises `PermissionDenied` for a region that the actor may not look at.
    """
    data = figures_collect(actor=actor, period=period, region=region)
    _lock_numbers()
    return _snapshot(actor, data, region)


def figures_collect(*, actor: Actor, period: Period, region: Region) -> dict[str, Any]:
    """What a snapshot of now would hold, as JSON values. Writes nothing."""
    actor.require(*STAFF)
    tree = region_tree(actor)
    _require_region(tree, region)
    today = timezone.localdate()
    overview = overview_for(actor=actor, period=period, region=region, today=today, tree=tree)
    return to_json(replace(overview, cases=cases_for(actor=actor, period=period, place=overview.place)))


def briefing_request(*, actor: Actor, year: int, quarter: int, region: Region, imprint: Imprint) -> Job:
    """Have a quarter's briefing made in the background; the job under way, if the same one was asked for already.

    Raises `PermissionDenied` for another's region, `ValidationError` for a quarter that has not begun.
    """
    actor.require(*STAFF)
    _require_region(region_tree(actor), region)
    period = quarter_period(year, quarter)
    if period.start > timezone.localdate():
        raise ValidationError(f"{period.label}还没有开始，不能编发简报。请选择已经开始的季度。")
    subject = {"year": year, "quarter": quarter, "region": region.pk}
    _lock_numbers()
    open_jobs = Job.objects.filter(task=BRIEFING_TASK, state__in=(Job.State.QUEUED, Job.State.RUNNING))
    under_way = open_jobs.filter(arguments__contains=subject, started_by=actor.user).first()
    if under_way is not None:
        return under_way
    return job_enqueue(
        task=BRIEFING_TASK,
        title=f"编制{region.name}{period.label}简报",
        arguments={**subject, "imprint": asdict(imprint)},
        started_by=actor.user,
    )


def briefing_cancel(*, actor: Actor, job: Job) -> None:
    """Stop a briefing that is being made; one that is already being laid out is finished all the same."""
    actor.require(*STAFF)
    job_cancel(actor_user=actor.user, job=job)


def briefing_issue(
    *,
    actor: Actor,
    year: int,
    quarter: int,
    region: Region,
    imprint: Imprint,
    data: dict[str, Any],
    job: Job | None = None,
) -> Briefing:
    """Freeze `data` (from `figures_collect`), lay the briefing out, archive it under the next numbers.

    All in the caller's transaction and behind one lock, so numbers have neither gaps nor duplicates: whoever fails or
    is cancelled leaves nothing. The same briefing asked for again is the one already in the archive.
    """
    actor.require(*STAFF)
    _lock_numbers()
    existing = _unchanged(year, quarter, region, imprint, data)
    if existing is not None:
        return existing
    snapshot = _snapshot(actor, data, region)
    overview = from_json(snapshot.figures)
    issue = (Briefing.objects.filter(year=year).aggregate(last=Max("issue"))["last"] or 0) + 1
    serial = (Briefing.objects.aggregate(last=Max("serial"))["last"] or 0) + 1
    today = timezone.localdate()
    printed = print_pdf(
        briefing_html(
            overview,
            imprint,
            year=year,
            issue=issue,
            serial=serial,
            body_name=_body_name(today),
            issued_on=today,
            snapshot_number=snapshot.number,
            snapshot_sha256=snapshot.sha256,
        )
    )
    name = f"产业链党建工作简报{year}年第{issue}期.pdf"
    file = file_store(name=name, content=printed.content, content_type=PDF.content_type, uploaded_by=_person(actor))
    briefing = Briefing(
        year=year,
        quarter=quarter,
        region=region,
        issue=issue,
        serial=serial,
        title=title(overview),
        snapshot=snapshot,
        file=file,
        pages=printed.pages,
        job=job,
        created_by=_person(actor),
        **asdict(imprint),
    )
    briefing.full_clean()
    briefing.save()
    return briefing


def _lock_numbers() -> None:
    """Hold the tenant's numbering until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERING, require_tenant_id() % 2**31])


def _snapshot(actor: Actor, data: dict[str, Any], region: Region) -> Snapshot:
    prefix = f"KZ-{timezone.localdate().year}-"
    last = Snapshot.objects.filter(number__startswith=prefix).aggregate(last=Max("number"))["last"]
    number = f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:06d}"
    period_from, period_to = (date.fromisoformat(day) for day in data["period"])
    snapshot = Snapshot(
        number=number,
        region=region,
        period_from=period_from,
        period_to=period_to,
        figures=data,
        sha256=digest(data),
        created_by=_person(actor),
    )
    snapshot.full_clean()
    snapshot.save()
    return snapshot


def _unchanged(year: int, quarter: int, region: Region, imprint: Imprint, data: dict[str, Any]) -> Briefing | None:
    """The last briefing of this quarter and region, if nothing but the day has changed since."""
    issued = Briefing.objects.filter(year=year, quarter=quarter, region=region, file__isnull=False)
    last = issued.select_related("snapshot", "file").order_by("-serial").first()
    if last is None or last.snapshot is None or any(getattr(last, k) != v for k, v in asdict(imprint).items()):
        return None
    return last if {**last.snapshot.figures, "as_of": ""} == {**data, "as_of": ""} else None


def _require_region(tree: RegionTree, region: Region) -> None:
    if tree.get(region.pk) is None:
        raise PermissionDenied("这个区域不在您的工作范围内。")


def _body_name(on: date) -> str:
    names = BodyName.objects.filter(valid_from__lte=on).order_by("-valid_from")
    return names.values_list("name", flat=True).first() or ""


def _person(actor: Actor) -> Any:
    return actor.user if actor.user.pk else None
