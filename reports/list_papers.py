"""A published list as a paper and as a workbook, from its frozen content alone."""

from __future__ import annotations

from django.template.loader import render_to_string

from alliances.rotation_wording import in_words
from demands.list_changes import from_json
from demands.models import PublishedList
from ledgers.kinds import Text
from ledgers.sheet import Column, Sheet
from ledgers.writing import export_workbook

from .papers import column_widths
from .printing import fonts

#: A line of the table on landscape A4, in characters; in the smaller type of a table with many columns.
LINE, SMALL_LINE = 70, 74
#: From how many columns on that is.
MANY = 10
#: The longest cell that keeps its width (dates and demand numbers do), and what a column counts at most.
SHORT, MOST = 9.5, 30


def list_html(published: PublishedList) -> str:
    """The list as a document, ready for `printing.print_pdf`."""
    listing = from_json(published.content)
    numbered = [("序号", *listing.columns)]
    numbered += [(str(number), *row.cells) for number, row in enumerate(listing.rows, start=1)]
    is_small = len(numbered[0]) >= MANY
    context = {
        "published": published,
        "alliance": published.content["alliance"],
        "columns": numbered[0],
        "rows": numbered[1:],
        "is_small": is_small,
        "widths": column_widths(numbered, line=SMALL_LINE if is_small else LINE, short=SHORT, most=MOST),
        "fonts": fonts(),
    }
    return render_to_string("reports/list_paper.html", context)


def list_workbook(published: PublishedList) -> bytes:
    """The list as .xlsx, written as ledgers are."""
    listing = from_json(published.content)
    columns = tuple(Column(f"c{number}", label, Text()) for number, label in enumerate(listing.columns))
    sheet = Sheet(key="published_list", title=published.name, filename="", columns=columns, natural_key=())
    titles = (
        f"{published.content['alliance']}{published.name}",
        f"{published.quarter}　第{published.version}版　{in_words(published.published_on)}发布　"
        f"共 {published.row_count} 项　{published.summary}",
        f"校验码（SHA-256）：{published.sha256}",
    )
    rows = ({f"c{number}": cell for number, cell in enumerate(row.cells)} for row in listing.rows)
    return export_workbook(sheet, rows, titles)


def file_name(published: PublishedList, suffix: str) -> str:
    return f"{published.content['alliance']}{published.name}第{published.version}版{suffix}"
