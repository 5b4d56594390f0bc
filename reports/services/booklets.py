"""Making a booklet of typical cases. For workers and commands: it loads WeasyPrint, which no page needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.timezone import localdate

from alliances.models import TypicalCase
from alliances.selectors.cases import cases_to_compile, with_contents
from alliances.services.case_reviews import cases_compiled, cases_lock
from tenants.files import PDF, file_content, file_store
from tenants.models import Job
from tenants.permissions import WHOLE_TENANT, Actor

from ..booklet import Booklet, BookletRefusedError, digest, photo_refusal, size_refusal, title_for
from ..booklet_selectors import chapters_of
from ..models import BookletChapter, CaseBooklet
from ..papers import booklet_html
from ..pictures import for_print
from ..printing import PaperTooLongError, print_pdf
from .issuing import body_name
from .snapshots import lock_numbers, person

CHANGED = "编制的时候，有人退回或修改了其中的案例，这一本没有生成。请重新编制。"
TOO_LONG = "案例的文字太多，超出一本汇编的上限。请分成两本。"


@dataclass(frozen=True)
class Collected:
    """What a booklet will say, and its photos as they will be printed, by the digest of their files."""

    booklet: Booklet
    photos: dict[str, bytes]


def booklet_collect(*, actor: Actor, case_ids: Sequence[int], preface: str, now: datetime) -> Collected:
    """Read some accepted cases in this order, and draw their photos for print. Writes nothing.

    Raises `BookletRefusedError` for a case that is not accepted any more, for too many cases and too much photo.
    """
    actor.require(*WHOLE_TENANT)
    if refusal := size_refusal(len(case_ids)):
        raise BookletRefusedError(refusal)
    cases = _in_order(actor, case_ids)
    photos = {}
    for photo in (each for case in cases for each in case.photos.all()):
        if photo.file.sha256 not in photos:
            photos[photo.file.sha256] = for_print(file_content(photo.file))
            if refusal := photo_refusal([len(content) for content in photos.values()]):
                raise BookletRefusedError(refusal)
    name = body_name(localdate(now))
    return Collected(Booklet(title_for(len(cases)), name, preface, chapters_of(cases)), photos)


def booklet_issue(
    *, actor: Actor, case_ids: Sequence[int], collected: Collected, now: datetime, job: Job | None = None
) -> CaseBooklet:
    """Lay out what was collected, archive it under the next number, and note the cases as compiled.

    All in the caller's transaction and behind one lock, so numbers have neither gaps nor duplicates: whoever fails or
    is cancelled leaves nothing. Raises `BookletRefusedError` when a case is another by now, and for too much text.
    """
    actor.require(*WHOLE_TENANT)
    lock_numbers()
    if job is not None and (issued := CaseBooklet.objects.filter(job=job).first()):
        return issued
    locked = cases_lock(actor=actor, ids=case_ids)
    booklet = collected.booklet
    if chapters_of(_in_order(actor, case_ids)) != booklet.chapters:
        raise BookletRefusedError(CHANGED)
    content = booklet.to_json()
    number, sha256 = _next_number(now), digest(content)
    html = booklet_html(booklet, number=number, sha256=sha256, issued_on=localdate(now))
    try:
        printed = print_pdf(html, collected.photos)
    except PaperTooLongError as error:
        raise BookletRefusedError(TOO_LONG) from error
    made = CaseBooklet(
        number=number,
        title=booklet.title,
        content=content,
        sha256=sha256,
        file=file_store(
            name=f"{booklet.title}（{number}）.pdf",
            content=printed.content,
            content_type=PDF.content_type,
            uploaded_by=person(actor),
        ),
        pages=printed.pages,
        job=job,
        created_by=person(actor),
    )
    made.full_clean()
    made.save()
    BookletChapter.objects.bulk_create(
        BookletChapter(booklet=made, case_id=pk, position=position) for position, pk in enumerate(case_ids, 1)
    )
    try:
        cases_compiled(actor=actor, cases=locked, booklet=f"《{made.title}》（{number}）", now=now)
    except ValidationError as error:
        raise BookletRefusedError("".join(error.messages)) from error
    return made


def _in_order(actor: Actor, case_ids: Sequence[int]) -> list[TypicalCase]:
    """The cases of these ids in this order. Raises `BookletRefusedError` when one is not accepted any more."""
    found = {case.pk: case for case in with_contents(cases_to_compile(actor=actor).filter(pk__in=case_ids))}
    if len(found) != len(case_ids):
        raise BookletRefusedError(CHANGED)
    return [found[pk] for pk in case_ids]


def _next_number(now: datetime) -> str:
    prefix = f"AL-{localdate(now).year}-"
    last = CaseBooklet.objects.filter(number__startswith=prefix).aggregate(last=Max("number"))["last"]
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:06d}"
