"""Writes of typical cases by their alliance: drafting, photos, submitting, taking back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from enterprises.models import Enterprise
from notices.services import Message, notices_send
from tenants import search
from tenants.audit import record
from tenants.files import JPEG, PNG, file_delete
from tenants.models import AuditEntry
from tenants.permissions import Actor

from .. import cases as rules
from ..cases import WRITABLE, Action
from ..cases import State as Stage
from ..models import Alliance, CaseEnterprise, CasePhoto, CaseStep, TypicalCase
from ..permissions import kept_alliances
from ..selectors import participant_candidates
from ..selectors.cases import (
    PARTS,
    case_version,
    city_reviewers,
    county_reviewers,
    photo_list,
    step_list,
    writers_of,
)
from .attachments import uploads_keep

State = TypicalCase.State
PHOTOS_MOST = 6
REFUSAL = "典型案例由联盟秘书长和两新工委填写。如工作需要，请联系本单位的系统管理员。"
NEWER = "您填写时，有人改过这个案例。请对照上面现在的内容核对，再点保存。"
LOCKED = "案例已经提交，不能再改。待审核的可以先点“撤回修改”；已采用的请市级退回。"


@dataclass(frozen=True)
class CaseEntry:
    """What somebody writes of a case; a draft may have gaps."""

    title: str
    background: str = ""
    practice: str = ""
    effect: str = ""
    insight: str = ""
    enterprises: Sequence[Enterprise] = ()


@transaction.atomic
def case_create(*, actor: Actor, alliance: Alliance, entry: CaseEntry, token: UUID, now: datetime) -> TypicalCase:
    """Begin a draft; a form (`token`) sent twice makes one.

    Raises `ValidationError` for enterprises out of reach, `PermissionDenied` unless the actor keeps the alliance.
    """
    kept = kept_alliances(actor).filter(pk=alliance.pk).values("pk")
    locked = Alliance.objects.select_for_update(no_key=True).filter(pk__in=kept).first()
    if locked is None:
        raise PermissionDenied(REFUSAL)
    if made := TypicalCase.objects.filter(alliance=locked, form_token=token).first():
        return made
    case = TypicalCase(alliance=locked, form_token=token, written_on=localdate(now))
    _write(actor, case, entry)
    step_add(case, actor, Action.WRITE, now)
    return case


@transaction.atomic
def case_update(*, actor: Actor, case: TypicalCase, entry: CaseEntry, version: str, now: datetime) -> TypicalCase:
    """Change a draft or a returned case. Raises as `case_create` does, and `ValidationError` when it is submitted or
    somebody else has changed it since `version`."""
    current = own_case(actor, case)
    if current.state not in WRITABLE:
        raise ValidationError(LOCKED)
    if case_version(current) != version:
        raise ValidationError(NEWER)
    _write(actor, current, entry)
    last = step_list(current)[-1]
    if (last.action, last.user_id) != (Action.WRITE, actor.user.pk):
        step_add(current, actor, Action.WRITE, now)
    return current


def _write(actor: Actor, case: TypicalCase, entry: CaseEntry) -> None:
    reachable = participant_candidates(actor=actor, alliance=case.alliance)
    before = list(case.enterprises.order_by("pinyin", "pk")) if case.pk else []
    old, new = {each.pk for each in before}, {each.pk for each in entry.enterprises}
    if reachable.filter(pk__in=new - old).count() != len(new - old):
        raise ValidationError({"enterprises": "选择的企业里有您不能选的，请重新搜索后再选。"})
    case.title = entry.title.strip()
    for name, _ in PARTS:
        lines = (line.strip() for line in getattr(entry, name).splitlines())
        setattr(case, name, "\n".join(line for line in lines if line))
    case.full_clean()
    case.save()
    CaseEnterprise.objects.filter(case=case, enterprise__in=old - new).delete()
    CaseEnterprise.objects.bulk_create(
        CaseEnterprise(case=case, enterprise=each) for each in entry.enterprises if each.pk not in old
    )
    if old and old != new:
        words = ["、".join(each.name for each in those) for those in (before, entry.enterprises)]
        record(AuditEntry.Verb.UPDATE, label=str(case), obj=case, details={"涉及企业": words})
    search.index([case])


@transaction.atomic
def photos_add(*, actor: Actor, case: TypicalCase, uploads: Sequence[UploadedFile], caption: str) -> None:
    """Add photos, drawn anew without metadata. Raises `ValidationError` naming the file that is refused (none is
    kept), and when the case is submitted."""
    current = own_case(actor, case)
    if current.state not in WRITABLE:
        raise ValidationError(LOCKED)
    kept = uploads_keep(
        actor=actor,
        uploads=uploads,
        held=[each.file.sha256 for each in photo_list(current)],
        most=PHOTOS_MOST,
        subject="一个案例",
        accept=(JPEG, PNG),
    )
    CasePhoto.objects.bulk_create(CasePhoto(case=current, file=each, caption=caption.strip()) for each in kept)
    if kept:
        names = "、".join(each.original_name for each in kept)
        record(AuditEntry.Verb.UPDATE, label=str(current), obj=current, details={"照片": ["", names]})


@transaction.atomic
def photo_remove(*, actor: Actor, photo: CasePhoto) -> None:
    """Remove a photo for good, from the disk as well. Raises `ValidationError` when the case is submitted."""
    current, file = own_case(actor, photo.case), photo.file
    if current.state not in WRITABLE:
        raise ValidationError(LOCKED)
    photo.delete()
    record(AuditEntry.Verb.UPDATE, label=str(current), obj=current, details={"照片": [file.original_name, ""]})
    file_delete(file)


@transaction.atomic
def case_submit(*, actor: Actor, case: TypicalCase, now: datetime) -> TypicalCase:
    """Hand a case to its reviewers: the county's office, or the city's where the county has nobody who may review it.

    Raises `ValidationError` naming what is still empty, and when it was submitted already.
    """
    current = own_case(actor, case)
    writers = writers_of(step_list(current)) | {actor.user.pk}
    county = county_reviewers(current.alliance) - writers
    state = rules.after_writing(Stage(current.state), Action.SUBMIT, county_reviews=bool(county))
    if state is None:
        raise ValidationError(f"案例已经是“{current.get_state_display()}”，不必再提交。")
    empty = [label for name, label in PARTS[1:] if not getattr(current, name)]
    if empty:
        raise ValidationError(f"还没有填写{'、'.join(empty)}。请点“修改”补齐以后再提交。")
    current.state, current.returned_because = state, ""
    current.full_clean()
    current.save(update_fields=["state", "returned_because"])
    step_add(current, actor, Action.SUBMIT, now)
    tell(current, county or city_reviewers() - writers, "请审核典型案例")
    return current


@transaction.atomic
def case_take_back(*, actor: Actor, case: TypicalCase, now: datetime) -> TypicalCase:
    """Make a draft of a case that waits for its review. Raises `ValidationError` when it does not."""
    current = own_case(actor, case)
    state = rules.after_writing(Stage(current.state), Action.TAKE_BACK, county_reviews=False)
    if state is None:
        raise ValidationError(f"案例是“{current.get_state_display()}”，不能撤回。")
    current.state = state
    current.save(update_fields=["state"])
    step_add(current, actor, Action.TAKE_BACK, now)
    return current


def own_case(actor: Actor, case: TypicalCase) -> TypicalCase:
    """The row of a case whose alliance the actor keeps, which nobody else changes until the end of the transaction."""
    if not kept_alliances(actor).filter(pk=case.alliance_id).exists():
        raise PermissionDenied(REFUSAL)
    return locked_case(case)


def locked_case(case: TypicalCase) -> TypicalCase:
    rows = TypicalCase.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("alliance__region").get(pk=case.pk)


def step_add(case: TypicalCase, actor: Actor, action: Action, now: datetime, note: str = "") -> CaseStep:
    """Write down what somebody did with a case that is locked."""
    return CaseStep.objects.create(
        case=case,
        position=case.steps.count() + 1,
        action=action,
        user=actor.user,
        name=str(actor.user),
        note=note,
        at=now,
    )


def tell(case: TypicalCase, accounts: set[int], what: str, body: str = "") -> None:
    """Tell some accounts of a case what there is to do, or what became of it; once for each step."""
    notices_send(
        [
            Message(
                recipients=tuple(sorted(accounts)),
                key=f"case:{case.pk}:{case.steps.count()}",
                title=f"{what}：{case.title}",
                body=f"{case.alliance.name}。{body}",
                url=reverse("alliances:case", args=[case.pk]),
            )
        ]
    )
