"""Minutes as a Word file: the type area and typefaces of official papers, for offices that go on writing in it.

The licensed typefaces are named; where they are not installed, Word shows its own substitutes.
"""

from __future__ import annotations

from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from .minutes import MinutesText

BODY, HEADING, TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"
#: 3号 and 2号 (GB/T 9704-2012).
BODY_SIZE, TITLE_SIZE, LINE = Pt(16), Pt(22), Pt(28.95)


def minutes_docx(text: MinutesText) -> bytes:
    """The minutes as the bytes of a .docx."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    document.core_properties.title, document.core_properties.author = text.title, text.alliance
    _add(document.add_paragraph(), f"{text.alliance}会议纪要", TITLE, TITLE_SIZE, centred=True)
    _add(document.add_paragraph(), text.title, BODY, BODY_SIZE, centred=True)
    for label, words in text.facts:
        _add(document.add_paragraph(), f"{label}：{words}", BODY, BODY_SIZE)
    for numeral, section in text.numbered:
        _add(document.add_paragraph(), f"{numeral}、{section.heading}", HEADING, BODY_SIZE)
        for line in section.paragraphs:
            _add(document.add_paragraph(), line, BODY, BODY_SIZE)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _add(paragraph: Paragraph, words: str, face: str, size: Pt, *, centred: bool = False) -> None:
    shape = paragraph.paragraph_format
    shape.line_spacing, shape.space_before, shape.space_after = LINE, Pt(0), Pt(0)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        shape.first_line_indent = 2 * size
    run = paragraph.add_run(words)
    run.font.size, run.font.name = size, face
    # `font.name` sets the Latin face only.
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)
