"""The briefing's words, drawings and PDF."""

import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from reports.charts import Chart, Series
from reports.drawing import svg
from reports.fonts import BUNDLED, font_set
from reports.imprint import Imprint
from reports.papers import briefing_html
from reports.printing import MAX_HTML, PaperTooLongError, print_pdf
from reports.sentences import activity_case, demand_case, sections

from .test_figures import overview

BARS = Chart(
    "c",
    "bars",
    "诉求 <收集> 与解决",
    "件",
    "区域",
    ("任城区", "太白湖新区"),
    (Series("收集", (8, 1200)), Series("已解决", (4, Decimal("0.5")))),
)


def texts(drawing: str) -> list[str]:
    return [element.text for element in ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")]


def words_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_drawing_is_vector_with_every_value_and_name():
    found = texts(svg(BARS))
    assert {"收集", "已解决", "8", "1,200", "4", "任城区", "太白湖", "新区"} <= set(found)


def test_drawing_of_nothing_has_a_scale_and_no_bar():
    drawing = svg(Chart("c", "stacked", "空", "件", "区域", ("任城区",), (Series("收集", (0,)),)))
    assert drawing.count("<rect") == 1  # the legend's


def test_names_in_drawings_cannot_become_markup():
    chart = Chart("c", "bars", "t", "件", "区域", ("<script>",), (Series("收集", (1,)),))
    assert "<script>" not in svg(chart)


def test_sections_without_facts_are_left_out():
    headings = [section.heading for section in sections(overview())]
    assert headings == ["总体情况", "诉求办理", "活动与服务", "典型案例"]


def test_sentences_give_rates_with_their_parts_and_the_trend():
    text = "".join(block.text for section in sections(overview()) for block in section.blocks)
    assert "收集企业诉求3件，比上期增加1件，已解决2件，解决率66.67%（2/3）" in text
    assert "期内提出的诉求没有超期和临近时限的" in text
    assert "None" not in text


def test_cases_tell_recorded_facts_only():
    case = demand_case(
        enterprise="甲公司",
        alliance="",
        content="厂区不动产权证历史遗留问题。",
        unit="",
        raised_on=date(2026, 8, 10),
        closed_on=date(2026, 8, 23),
        gains="解决用地98亩",
        rating="",
    )
    assert case.title == "为甲公司解决用地98亩"
    assert case.text == "8月10日，该企业提出“厂区不动产权证历史遗留问题”，8月23日办结，用时13天。"
    activity = activity_case(
        alliance="乙联盟", topic="供需对接会", held_on=date(2026, 9, 6), heads=None, outcome="签约2项。"
    )
    assert activity.text == "9月6日由乙联盟举办，签约2项。"


def test_substitutes_are_named_and_licensed_fonts_come_first():
    fonts = font_set({"FangSong_GB2312", "SimHei"})
    assert '--body: "FangSong_GB2312", "Portal Serif"' in fonts.stylesheet
    assert fonts.note == "方正小标宋以思源宋体代替、楷体_GB2312以思源宋体代替"
    everything = {"方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"}
    assert font_set(everything).note == ""


def test_bundled_fonts_exist():
    assert all(path.is_file() for path in BUNDLED.values())


def test_paper_reads_no_file_and_no_host():
    pdf = print_pdf(
        '<link rel="attachment" href="file:///etc/hostname"><img src="http://127.0.0.1:9/x.png">'
        '<img src="file:///etc/hostname"><p>简报</p>'
    )
    reader = PdfReader(BytesIO(pdf.content))
    assert not reader.attachments
    assert (pdf.pages, "简报" in words_of(pdf.content)) == (1, True)


def test_paper_that_would_take_minutes_is_refused():
    with pytest.raises(PaperTooLongError, match="缩小"):
        print_pdf("字" * (MAX_HTML + 1))


def test_the_briefing_in_print():
    html = briefing_html(
        overview(),
        Imprint(editor_note="请<b>认真</b>落实。", reported_to="市委", sent_to="各部门", issued_to="各县", copies=80),
        year=2026,
        issue=3,
        serial=7,
        body_name="示例市委两新工委",
        issued_on=date(2026, 10, 8),
        snapshot_number="KZ-2026-000012",
        snapshot_sha256="ab" * 32,
    )
    pdf = print_pdf(html)
    reader = PdfReader(BytesIO(pdf.content))
    text = re.sub(r"\s", "", words_of(pdf.content))
    for words in (
        "产业链党建工作简报",
        "2026年第3期（总第7期）",
        "示例市委两新工委编印",
        "2026年10月8日",
        "【按语】请<b>认真</b>落实。",
        "2026年第三季度示例市产业链党建工作情况",
        "一、总体情况",
        "KZ-2026-000012",
        "ab" * 32,
        "表1各区域主要指标",
        "图1诉求办理情况",
        "报：市委。",
        "（共印80份）",
        "—1—",
    ):
        assert words in text, words
    last = re.sub(r"\s", "", reader.pages[-1].extract_text())
    assert last.index("报：市委。") < last.index("（共印80份）")
    assert len(reader.pages) == pdf.pages
    for page in reader.pages:
        assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)
        assert not page.images, "charts are drawn, not pictured"
        for font in page["/Resources"]["/Font"].values():
            (descendant,) = font.get_object()["/DescendantFonts"]
            descriptor = descendant.get_object()["/FontDescriptor"].get_object()
            assert any(key.startswith("/FontFile") for key in descriptor)
            assert re.match(r"/[A-Z]{6}\+", descriptor["/FontName"]), "only the glyphs used"


def test_web_server_does_without_the_layout_library() -> None:
    """Pages only ask for papers; loading WeasyPrint would cost each web process a second and 60 MB."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django, sys; django.setup(); import alliance_portal.urls; print('weasyprint' in sys.modules)",
        ],
        env={**os.environ, "DATABASE_URL": "postgres://none", "REDIS_URL": "redis://none"}
        | {"DJANGO_SETTINGS_MODULE": "alliance_portal.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
