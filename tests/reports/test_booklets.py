"""The booklet 产业链党建 N 计: chosen, ordered, laid out in the background, archived, never changed by later edits."""

from __future__ import annotations

import io
import re
from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from alliances.models import TypicalCase
from reports import booklet
from reports.booklet import Booklet, Chapter, Photo, in_chinese, title_for
from reports.models import BookletChapter, CaseBooklet
from reports.papers import booklet_html
from reports.pictures import SIDE_MOST, for_print
from reports.printing import PaperTooLongError, Printed
from reports.services import booklets
from reports.services.booklet_requests import booklet_request
from reports.tasks import booklet_make
from tenants.models import AuditEntry, Job, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, queries_of

CREATE, LIST = reverse("reports:booklet_create"), reverse("reports:booklet_list")


def picture(size: tuple[int, int] = (1600, 900), form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGBA" if form == "PNG" else "RGB", size, "green").save(out, form)
    return out.getvalue()


@pytest.fixture
def cases(tenant: Tenant) -> list[TypicalCase]:
    """Three accepted cases of one alliance; the first has a photo."""
    with tenant_scope(tenant):
        member = factories.enterprise("甲公司")
        alliance = factories.alliance(member)
        made = [factories.typical_case(alliance, member, title=f"{name}计") for name in ("融资", "用工", "采购")]
        factories.case_photo(made[0], file=factories.stored_file("对接会.jpg", picture()))
    return made


@pytest.fixture
def city(tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF, full_name="市里人")


def _choose(client: Client, cases: list[TypicalCase], preface: str = "选编成册。") -> Job | None:
    """Ask for a booklet of `cases` in this order; the job that makes it."""
    numbers = {f"case_{case.pk}": at for at, case in enumerate(cases, 1)}
    response = client.post(CREATE, numbers | {"preface": preface})
    if response.status_code != 302:
        return None
    with tenant_scope(cases[0].tenant_id):
        return Job.objects.get(pk=int(response.url.rstrip("/").rpartition("/")[2]))


def _make(tenant: Tenant, job: Job) -> Job:
    booklet_make(tenant_id=tenant.pk, job_id=job.pk)
    with tenant_scope(tenant):
        return Job.objects.get(pk=job.pk)


@pytest.mark.django_db(transaction=True)
def test_cases_are_chosen_ordered_made_and_read(city: Client, cases: list[TypicalCase], tenant: Tenant) -> None:
    chosen = [cases[2], cases[0]]
    job = _choose(city, chosen)
    page = reverse("reports:booklet_job", args=[job.pk])
    assert "排队中" in city.get(page).content.decode()
    assert _make(tenant, job).state == Job.State.DONE
    assert "查看汇编" in city.get(page).content.decode()
    with tenant_scope(tenant):
        made = CaseBooklet.objects.get(job=job)
        states = dict(TypicalCase.objects.values_list("pk", "state"))
        order = list(BookletChapter.objects.filter(booklet=made).values_list("case", flat=True))
    assert (made.title, order) == ("产业链党建二计", [case.pk for case in chosen])
    assert {states[case.pk] for case in chosen} == {"compiled"}
    assert states[cases[1].pk] == "accepted"
    assert "收入汇编" in city.get(reverse("alliances:case", args=[cases[0].pk])).content.decode()
    response = city.get(reverse("reports:booklet_download", args=[made.number]))
    assert response["Content-Disposition"].startswith("attachment")
    reader = PdfReader(BytesIO(b"".join(response.streaming_content)))
    texts = [re.sub(r"\s", "", each.extract_text()) for each in reader.pages]
    assert len(texts) == made.pages
    whole = "".join(texts)
    for said in (
        "产业链党建二计",
        "选编成册。",
        "放款八百万元。",
        "银企对接会",
        "涉及企业：甲公司",
        made.number,
        made.sha256,
    ):
        assert said in whole, said
    contents = next(text for text in texts if text.startswith("目录"))
    for numeral, title in (("一", "采购计"), ("二", "融资计")):
        starts = next(at for at, text in enumerate(texts, 1) if f"第{numeral}计{title}" in text and "做法" in text)
        assert re.search(rf"第{numeral}计{title}\.*{starts}", contents), contents
    assert len({image.name for each in reader.pages for image in each.images}) == 1
    fonts = [font for each in reader.pages for font in each["/Resources"].get("/Font", {}).values()]
    descriptors = [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert descriptors
    assert all({"/FontFile2", "/FontFile3"} & set(each.get_object()) for each in descriptors)
    with tenant_scope(tenant):
        assert AuditEntry.objects.filter(verb=AuditEntry.Verb.DOWNLOAD, object_label__contains=made.number).exists()


@pytest.mark.django_db(transaction=True)
def test_later_edits_never_change_an_issued_booklet(city: Client, cases: list[TypicalCase], tenant: Tenant) -> None:
    _make(tenant, _choose(city, cases[:1]))
    with tenant_scope(tenant):
        made = CaseBooklet.objects.get(title="产业链党建一计", created_by__full_name="市里人")
        before = (made.sha256, made.file.sha256)
        TypicalCase.objects.filter(pk=cases[0].pk).update(effect="后来改的。", title="改了名")
    page = city.get(reverse("reports:booklet", args=[made.number])).content.decode()
    assert "放款八百万元。" in page
    assert "后来改的。" not in page
    with tenant_scope(tenant):
        made = CaseBooklet.objects.get(pk=made.pk)
        assert (made.sha256, made.file.sha256) == before
        assert booklet.digest(made.content) == made.sha256


@pytest.mark.django_db(transaction=True)
def test_run_twice_it_is_one_booklet_and_asked_twice_one_job(
    city: Client, cases: list[TypicalCase], tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booklets, "print_pdf", lambda html, photos: Printed(b"%PDF-1.7", 3))
    job = _choose(city, cases)
    assert _choose(city, cases).pk == job.pk
    assert _choose(city, cases[:2]).pk != job.pk
    _make(tenant, job)
    with tenant_scope(tenant):
        Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    _make(tenant, job)
    with tenant_scope(tenant):
        assert CaseBooklet.objects.filter(job=job).count() == 1
        assert cases[0].steps.filter(action="compile").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_case_that_was_sent_back_meanwhile_stops_it_with_a_sentence(
    city: Client, cases: list[TypicalCase], tenant: Tenant
) -> None:
    job = _choose(city, cases)
    with tenant_scope(tenant):
        before = CaseBooklet.objects.count()
        TypicalCase.objects.filter(pk=cases[1].pk).update(state="returned", returned_because="数字不对。")
    failed = _make(tenant, job)
    assert (failed.state, failed.message) == (Job.State.FAILED, booklets.CHANGED)
    with tenant_scope(tenant):
        assert CaseBooklet.objects.count() == before
        assert TypicalCase.objects.get(pk=cases[0].pk).state == "accepted"
        with pytest.raises(ValidationError, match="“用工计”现在不是已采用的案例"):
            booklet_request(actor=factories.actor(Role.CITY_STAFF), cases=cases, preface="")


def test_a_case_edited_between_reading_and_issuing_stops_it(cases: list[TypicalCase], tenant: Tenant) -> None:
    ids = [case.pk for case in cases]
    with tenant_scope(tenant):
        actor, now = factories.actor(Role.CITY_STAFF), cases[0].accepted_at
        collected = booklets.booklet_collect(actor=actor, case_ids=ids, preface="", now=now)
        TypicalCase.objects.filter(pk=ids[0]).update(effect="刚改的。")
        with pytest.raises(booklet.BookletRefusedError, match="没有生成"):
            booklets.booklet_issue(actor=actor, case_ids=ids, collected=collected, now=now)


def test_too_much_is_refused_with_what_to_do(
    cases: list[TypicalCase], tenant: Tenant, city: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(html: str, photos: object) -> Printed:
        raise PaperTooLongError

    ids = [case.pk for case in cases]
    with tenant_scope(tenant):
        actor, now = factories.actor(Role.CITY_STAFF), cases[0].accepted_at
        collected = booklets.booklet_collect(actor=actor, case_ids=ids, preface="", now=now)
        with monkeypatch.context() as patched:
            patched.setattr(booklets, "print_pdf", too_long)
            with pytest.raises(booklet.BookletRefusedError, match="请分成两本"):
                booklets.booklet_issue(actor=actor, case_ids=ids, collected=collected, now=now)
        with monkeypatch.context() as patched:
            patched.setattr(booklet, "PHOTO_BYTES_MOST", 10)
            with pytest.raises(booklet.BookletRefusedError, match="照片太多：1 张"):
                booklets.booklet_collect(actor=actor, case_ids=ids, preface="", now=now)
    monkeypatch.setattr(booklet, "CASES_MOST", 2)
    refused = city.post(CREATE, {f"case_{pk}": at for at, pk in enumerate(ids, 1)} | {"preface": "写好的前言"})
    assert refused.status_code == 422
    assert "一本汇编最多收 2 个案例，现在选了 3 个" in refused.content.decode()
    assert "写好的前言" in refused.content.decode()


def test_numbers_that_clash_or_none_at_all_are_told(cases: list[TypicalCase], city: Client) -> None:
    none = city.post(CREATE, {"preface": "写好的前言"})
    assert "还没有选案例" in none.content.decode()
    assert "写好的前言" in none.content.decode()
    same = city.post(CREATE, {f"case_{case.pk}": 1 for case in cases[:2]})
    assert "也是第 1 计" in same.content.decode()


def test_numbers_follow_without_gaps_and_everybody_reads_what_is_issued(
    cases: list[TypicalCase], tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booklets, "print_pdf", lambda html, photos: Printed(b"%PDF-1.7", 3))
    with tenant_scope(tenant):
        actor, now = factories.actor(Role.CITY_STAFF), cases[0].accepted_at
        made = []
        for case in cases[:2]:
            collected = booklets.booklet_collect(actor=actor, case_ids=[case.pk], preface="", now=now)
            made.append(booklets.booklet_issue(actor=actor, case_ids=[case.pk], collected=collected, now=now))
        stranger = factories.actor(Role.ENTERPRISE, enterprise=factories.enterprise("外链公司"))
    assert [each.number[-6:] for each in made] == ["000001", "000002"]
    client = factories.sign_in(stranger.user)
    assert client.get(LIST).context["page"].paginator.count == 2
    assert client.get(reverse("reports:booklet", args=[made[0].number])).status_code == 200
    assert "编制汇编" not in client.get(LIST).content.decode()


def test_the_lists_take_few_queries(cases: list[TypicalCase], tenant: Tenant, city: Client) -> None:
    with tenant_scope(tenant):
        factories.booklet(cases[0])
    few, form = queries_of(city, LIST), queries_of(city, CREATE)
    with tenant_scope(tenant):
        for number in range(8):
            factories.booklet(factories.typical_case(cases[0].alliance, title=f"第{number}计"))
    assert queries_of(city, LIST) == few <= LIST_QUERIES
    assert queries_of(city, CREATE) == form <= LIST_QUERIES


def test_a_cancelled_one_leaves_nothing(city: Client, cases: list[TypicalCase], tenant: Tenant) -> None:
    job = _choose(city, cases)
    city.post(reverse("reports:booklet_cancel", args=[job.pk]))
    assert _make(tenant, job).state == Job.State.CANCELLED
    with tenant_scope(tenant):
        assert not CaseBooklet.objects.filter(job=job).exists()


def test_words_of_a_case_are_never_markup_and_no_file_is_read() -> None:
    chapter = Chapter(
        "<script>计", "联盟", "县", (), (("做法", "<img src=file:///etc/passwd>"),), (Photo("a" * 64, "<b>"),)
    )
    html = booklet_html(
        Booklet("产业链党建一计", "示例", "<i>", (chapter,)),
        number="AL-2026-000001",
        sha256="0" * 64,
        issued_on=date(2026, 11, 28),
    )
    for markup in ("<script>", "<img src=file", "<b>", "<i>"):
        assert markup not in html


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_photos_are_printed_no_larger_than_paper_shows(form: str) -> None:
    drawn = Image.open(io.BytesIO(for_print(picture((3000, 1500), form))))
    assert (drawn.format, drawn.mode, drawn.size) == ("JPEG", "RGB", (SIDE_MOST, SIDE_MOST // 2))


@given(st.integers(1, 99))
def test_numerals_are_unlike_and_read_as_people_say_them(number: int) -> None:
    assert len({in_chinese(each) for each in range(1, 100)}) == 99
    assert "零" not in in_chinese(number)
    assert not in_chinese(number).startswith("一十")


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (36, "三十六"), (99, "九十九")]
)
def test_the_title_counts_the_cases(number: int, words: str) -> None:
    assert title_for(number) == f"产业链党建{words}计"


PHOTOS = st.builds(Photo, st.text("0123456789abcdef", min_size=64, max_size=64), st.text(max_size=5))
CHAPTERS = st.builds(
    Chapter,
    st.text(max_size=5),
    st.text(max_size=5),
    st.text(max_size=5),
    st.lists(st.text(max_size=5), max_size=3).map(tuple),
    st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3).map(tuple),
    st.lists(PHOTOS, max_size=2).map(tuple),
)


@given(st.builds(Booklet, st.text(max_size=5), st.text(max_size=5), st.text(max_size=5), st.lists(CHAPTERS).map(tuple)))
def test_a_booklet_comes_back_as_it_was_written(written: Booklet) -> None:
    values = written.to_json()
    assert booklet.from_json(values) == written
    assert booklet.digest(values) == booklet.digest(booklet.from_json(values).to_json())
