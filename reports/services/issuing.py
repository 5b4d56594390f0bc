"""Making a briefing: snapshot, layout, archive. For workers and commands: it loads WeasyPrint, which no page needs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils import timezone

from tenants.files import PDF, file_store
from tenants.models import BodyName, Job, Region
from tenants.permissions import STAFF, Actor

from ..imprint import Imprint
from ..models import Briefing
from ..overview import from_json
from ..papers import briefing_html
from ..printing import print_pdf
from ..sentences import title
from .snapshots import lock_numbers, person, snapshot_write


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
    lock_numbers()
    existing = _unchanged(year, quarter, region, imprint, data)
    if existing is not None:
        return existing
    snapshot = snapshot_write(actor, data, region)
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
            body_name=body_name(today),
            issued_on=today,
            snapshot_number=snapshot.number,
            snapshot_sha256=snapshot.sha256,
        )
    )
    name = f"产业链党建工作简报{year}年第{issue}期.pdf"
    file = file_store(name=name, content=printed.content, content_type=PDF.content_type, uploaded_by=person(actor))
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
        created_by=person(actor),
        **asdict(imprint),
    )
    briefing.full_clean()
    briefing.save()
    return briefing


def _unchanged(year: int, quarter: int, region: Region, imprint: Imprint, data: dict[str, Any]) -> Briefing | None:
    """The last briefing of this quarter and region, if nothing but the day has changed since."""
    issued = Briefing.objects.filter(year=year, quarter=quarter, region=region, file__isnull=False)
    last = issued.select_related("snapshot", "file").order_by("-serial").first()
    if last is None or last.snapshot is None or any(getattr(last, k) != v for k, v in asdict(imprint).items()):
        return None
    return last if {**last.snapshot.figures, "as_of": ""} == {**data, "as_of": ""} else None


def body_name(on: date) -> str:
    """The issuing body's name on a day."""
    names = BodyName.objects.filter(valid_from__lte=on).order_by("-valid_from")
    return names.values_list("name", flat=True).first() or ""
