"""Making a 任务书 or 催办单. For workers: it loads WeasyPrint, which no page needs."""

from __future__ import annotations

from django.utils.timezone import localdate

from demands.models import DemandEvent
from demands.selectors.course import facts_at
from demands.telling import PAPERS
from demands.workflow import Action
from tenants.files import PDF, file_store
from tenants.models import User

from ..models import DemandPaper
from ..papers import demand_html
from ..printing import print_pdf
from .issuing import body_name


def demand_paper_make(*, event_id: int, uploaded_by: User | None) -> DemandPaper:
    """Lay an act out as it stood on its day and keep the file; the one that is there already, if it is."""
    paper = DemandPaper.objects.select_for_update(no_key=True).get(event=event_id)
    if paper.file_id is None:
        event = DemandEvent.objects.select_related(
            "demand__enterprise__region", "demand__alliance", "demand__element", "demand__unit"
        ).get(pk=event_id)
        issuer = body_name(localdate(event.at))
        printed = print_pdf(demand_html(event, facts_at(event), issuer))
        name = f"{PAPERS[Action(event.action)]}_{event.demand.number}_{localdate(event.at):%Y%m%d}.pdf"
        paper.file = file_store(
            name=name, content=printed.content, content_type=PDF.content_type, uploaded_by=uploaded_by
        )
        paper.pages = printed.pages
        paper.save(update_fields=["file", "pages"])
    return paper
