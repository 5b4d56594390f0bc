"""Making a meeting's minutes. For workers: it loads WeasyPrint, which no page needs."""

from __future__ import annotations

from django.template.loader import render_to_string

from alliances.models import Meeting
from tenants.files import DOCX, PDF, file_store
from tenants.models import User

from ..minutes import minutes_text
from ..models import Minutes
from ..printing import fonts, print_pdf
from ..word import minutes_docx


def minutes_make(*, meeting: Meeting, made_by: User | None) -> Minutes:
    """Lay a held meeting's minutes out as PDF and Word and archive both; those it has, if it was done already."""
    existing = Minutes.objects.filter(meeting=meeting).first()
    if existing is not None:
        return existing
    text = minutes_text(meeting)
    printed = print_pdf(render_to_string("reports/minutes_paper.html", {"text": text, "fonts": fonts()}))
    name = f"{text.title}纪要"
    made = Minutes(
        meeting=meeting,
        pdf=file_store(name=f"{name}.pdf", content=printed.content, content_type=PDF.content_type, uploaded_by=made_by),
        word=file_store(
            name=f"{name}.docx", content=minutes_docx(text), content_type=DOCX.content_type, uploaded_by=made_by
        ),
        created_by=made_by,
    )
    made.full_clean()
    made.save()
    return made
