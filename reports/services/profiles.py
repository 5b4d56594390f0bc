"""Making the one-page profile of an alliance. For workers: it loads WeasyPrint, which no page needs."""

from __future__ import annotations

from datetime import date

from alliances.models import Alliance
from alliances.selectors import alliance_get
from tenants.files import PDF, file_delete, file_store
from tenants.models import Job, StoredFile
from tenants.permissions import Actor

from ..papers import profile_html
from ..printing import print_pdf
from ..selectors import PROFILE_TASK, profile_of


def profile_make(*, actor: Actor, alliance_id: int, today: date) -> StoredFile:
    """Lay the alliance out as the actor sees it today. His former profile of it goes: it told of a day that is past."""
    alliance: Alliance = alliance_get(actor=actor, pk=alliance_id)
    printed = print_pdf(profile_html(profile_of(actor=actor, alliance=alliance, today=today), today))
    former = Job.objects.filter(
        task=PROFILE_TASK, started_by=actor.user, arguments__alliance=alliance_id, result__has_key="file"
    )
    for job in former:
        for file in StoredFile.objects.filter(pk=job.result["file"]):
            file_delete(file)
        Job.objects.filter(pk=job.pk).update(result={})
    name = f"{alliance.name}_{today:%Y%m%d}.pdf"
    return file_store(name=name, content=printed.content, content_type=PDF.content_type, uploaded_by=actor.user)
