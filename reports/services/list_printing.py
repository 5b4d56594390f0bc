"""Making the files of a published list. For workers: it loads WeasyPrint, which no page needs."""

from __future__ import annotations

from demands.models import ListPaper
from tenants.files import PDF, XLSX, FileKind, file_store
from tenants.models import StoredFile, User

from ..list_papers import file_name, list_html, list_workbook
from ..printing import print_pdf


def list_excel_make(*, published_id: int, made_by: User | None) -> ListPaper:
    """Write a version as Excel and keep the file; the one that is there already, if it is."""
    paper = _locked(published_id)
    if paper.excel_id is None:
        paper.excel = _store(paper, list_workbook(paper.published), XLSX, made_by)
        paper.save(update_fields=["excel"])
    return paper


def list_pdf_make(*, published_id: int, made_by: User | None) -> ListPaper:
    """Lay a version out as PDF and keep the file; the one that is there already, if it is."""
    paper = _locked(published_id)
    if paper.pdf_id is None:
        printed = print_pdf(list_html(paper.published))
        paper.pdf = _store(paper, printed.content, PDF, made_by)
        paper.pages = printed.pages
        paper.save(update_fields=["pdf", "pages"])
    return paper


def _locked(published_id: int) -> ListPaper:
    papers = ListPaper.objects.select_for_update(of=("self",), no_key=True).select_related("published")
    return papers.get(published=published_id)


def _store(paper: ListPaper, content: bytes, kind: FileKind, made_by: User | None) -> StoredFile:
    name = file_name(paper.published, kind.suffix)
    return file_store(name=name, content=content, content_type=kind.content_type, uploaded_by=made_by)
