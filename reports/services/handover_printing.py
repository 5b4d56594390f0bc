"""Making the paper of a handover pack. For workers: it loads WeasyPrint, which no page needs."""

from __future__ import annotations

from alliances.models import Handover
from tenants.files import PDF, file_store
from tenants.models import User

from ..models import HandoverPaper
from ..papers import handover_html
from ..printing import print_pdf


def handover_paper_make(*, handover_id: int, uploaded_by: User | None) -> HandoverPaper:
    """Lay a finished pack out from its frozen content and keep the file; the one that is there already, if it is."""
    paper = HandoverPaper.objects.select_for_update(no_key=True).get(handover=handover_id)
    if paper.file_id is None:
        handover = Handover.objects.select_related("alliance", "incoming").get(pk=handover_id)
        printed = print_pdf(handover_html(handover, list(handover.signatures.all())))
        name = f"交接清单_{handover.alliance.name}_{handover.incoming.starts_on:%Y%m%d}.pdf"
        paper.file = file_store(
            name=name, content=printed.content, content_type=PDF.content_type, uploaded_by=uploaded_by
        )
        paper.pages = printed.pages
        paper.save(update_fields=["file", "pages"])
    return paper
