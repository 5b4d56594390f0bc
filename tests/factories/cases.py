"""Rows of brand projects, typical cases and their booklets."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django.utils import timezone

from alliances.models import (
    Alliance,
    BrandAttachment,
    BrandProgress,
    BrandProject,
    CaseEnterprise,
    CasePhoto,
    CaseStep,
    TypicalCase,
)
from enterprises.models import Enterprise
from reports.booklet import Booklet, Chapter, digest, title_for
from reports.models import BookletChapter, CaseBooklet
from tenants import search
from tenants.models import User

from .ground import number_of, stored_file

ADDED = date(2026, 3, 5)
TEXT = {"practice": "联盟牵头开专场会。", "effect": "放款八百万元。", "insight": "先摸底，后对接。"}


def brand(alliance: Alliance, enterprise: Enterprise, name: str = "党员攻关示范岗", **values: Any) -> BrandProject:
    """A project of 2026 that is being carried out."""
    year = values.get("year", 2026)
    defaults = {
        "year": year,
        "place": BrandProject.objects.filter(alliance=alliance, year=year, place__isnull=False).count() + 1,
        "kind": BrandProject.Kind.BRAND,
        "goal": "设五个示范岗，攻关三项工艺。",
        "enterprise": enterprise,
        "due_on": date(year, 11, 30),
        "state": BrandProject.State.RUNNING,
        "form_token": uuid4(),
    }
    made = BrandProject.objects.create(alliance=alliance, name=name, **(defaults | values))
    search.index([made])
    return made


def brand_progress(brand: BrandProject, noted_by: User, text: str = "示范岗已挂牌。", **values: Any) -> BrandProgress:
    defaults = {"noted_on": ADDED, "state": brand.state, "form_token": uuid4()}
    return BrandProgress.objects.create(brand=brand, noted_by=noted_by, text=text, **(defaults | values))


def brand_attachment(brand: BrandProject, name: str = "挂牌照片.jpg") -> BrandAttachment:
    return BrandAttachment.objects.create(brand=brand, file=stored_file(name, content=brand.name.encode()))


def typical_case(
    alliance: Alliance, *enterprises: Enterprise, title: str = "链上融资计", writer: User | None = None, **values: Any
) -> TypicalCase:
    """An accepted case with all its parts, written by `writer`."""
    state = values.get("state", TypicalCase.State.ACCEPTED)
    defaults = {**TEXT, "state": state, "written_on": ADDED, "form_token": uuid4()}
    if state in (TypicalCase.State.ACCEPTED, TypicalCase.State.COMPILED):
        defaults["accepted_at"] = timezone.now()
    if state == TypicalCase.State.RETURNED:
        defaults["returned_because"] = "成效要有数字。"
    made = TypicalCase.objects.create(alliance=alliance, title=title, **(defaults | values))
    CaseEnterprise.objects.bulk_create(CaseEnterprise(case=made, enterprise=each) for each in enterprises)
    if writer is not None:
        case_step(made, writer)
    search.index([made])
    return made


def case_step(case: TypicalCase, user: User, action: str = CaseStep.Action.WRITE, **values: Any) -> CaseStep:
    defaults = {"position": case.steps.count() + 1, "name": str(user), "at": timezone.now()}
    return CaseStep.objects.create(case=case, user=user, action=action, **(defaults | values))


def case_photo(case: TypicalCase, name: str = "对接会.jpg", caption: str = "银企对接会", **values: Any) -> CasePhoto:
    file = values.get("file") or stored_file(name, content=case.title.encode())
    return CasePhoto.objects.create(case=case, file=file, caption=caption)


def booklet(*cases: TypicalCase, **values: Any) -> CaseBooklet:
    """An issued booklet whose chapters are `cases`."""
    chapters = tuple(
        Chapter(each.title, each.alliance.name, each.alliance.region.name, (), (("做法", each.practice),), ())
        for each in cases
    )
    content = Booklet(title_for(len(cases) or 1), "示例市委两新工委", "", chapters).to_json()
    defaults = {
        "number": f"AL-2026-{number_of(CaseBooklet):06d}",
        "title": content["title"],
        "content": content,
        "sha256": digest(content),
        "file": stored_file("汇编.pdf", b"%PDF-1.7"),
        "pages": 4,
    }
    made = CaseBooklet.objects.create(**(defaults | values))
    BookletChapter.objects.bulk_create(
        BookletChapter(booklet=made, case=each, position=at) for at, each in enumerate(cases, 1)
    )
    return made
