"""Writes about brand and demonstration projects: planning, correcting, progress and end, photos and papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from enterprises.models import Enterprise, PartyOrganisation
from tenants import search
from tenants.audit import record
from tenants.files import file_delete
from tenants.models import AuditEntry
from tenants.permissions import Actor

from ..brands import NEXT, YEARLY_MOST, free_place, year_refusal
from ..models import Alliance, BrandAttachment, BrandProgress, BrandProject
from ..permissions import kept_alliances
from ..rotation_wording import in_words
from ..selectors.brands import brand_attachment_list, brand_version, responsible_candidates
from .attachments import uploads_keep

State = BrandProject.State
ATTACHMENTS_MOST = 20
REFUSAL = "品牌项目和示范项目由联盟秘书长和两新工委登记。如工作需要，请联系本单位的系统管理员。"
NEWER = "您填写时，有人改过这个项目。请对照上面现在的内容核对，再点保存。"


@dataclass(frozen=True)
class BrandEntry:
    """What somebody says about a project; one of enterprise and organisation carries it out."""

    year: int
    kind: str
    name: str
    goal: str
    due_on: date
    enterprise: Enterprise | None = None
    organisation: PartyOrganisation | None = None


@transaction.atomic
def brand_create(*, actor: Actor, alliance: Alliance, entry: BrandEntry, token: UUID, today: date) -> BrandProject:
    """Plan a project; a form (`token`) sent twice makes one.

    Raises `ValidationError` for a third one of a year and for years, days and responsible units that cannot be;
    `PermissionDenied` unless the actor keeps the alliance.
    """
    locked = _locked_alliance(actor, alliance)
    if made := BrandProject.objects.filter(alliance=locked, form_token=token).first():
        return made
    brand = BrandProject(alliance=locked, form_token=token)
    _write(brand, entry, today)
    return brand


@transaction.atomic
def brand_update(*, actor: Actor, brand: BrandProject, entry: BrandEntry, version: str, today: date) -> BrandProject:
    """Correct a project that has not ended. Raises as `brand_create` does, and `ValidationError` when somebody else
    has changed it since `version`."""
    _locked_alliance(actor, brand.alliance)
    current = _locked(brand)
    if brand_version(current) != version:
        raise ValidationError(NEWER)
    if not NEXT[current.state]:
        raise ValidationError(f"项目{current.get_state_display()}，不能再改。")
    _write(current, entry, today)
    return current


def _write(brand: BrandProject, entry: BrandEntry, today: date) -> None:
    """Put an entry on a row whose alliance is locked, and find it a place in its year."""
    alliance = brand.alliance
    if refusal := year_refusal(year=entry.year, founded_on=alliance.founded_on, today=today):
        raise ValidationError({"year": refusal})
    if entry.due_on.year < entry.year:
        raise ValidationError({"due_on": f"早于{entry.year}年。请填{entry.year}年或以后的日期。"})
    members, organisations = responsible_candidates(alliance)
    same = (brand.enterprise_id, brand.organisation_id)
    given = (entry.enterprise and entry.enterprise.pk, entry.organisation and entry.organisation.pk)
    if given != same and entry.enterprise not in members and entry.organisation not in organisations:
        raise ValidationError({"responsible": "责任单位要是本联盟的成员企业或它的党组织。请重新选择。"})
    if brand.place is None or entry.year != brand.year:
        brand.place = _place(alliance, entry.year)
    for name in BrandEntry.__dataclass_fields__:
        setattr(brand, name, getattr(entry, name))
    brand.full_clean()
    brand.save()
    search.index([brand])


def _place(alliance: Alliance, year: int) -> int:
    others = list(BrandProject.objects.filter(alliance=alliance, year=year, place__isnull=False).order_by("place"))
    place = free_place([each.place for each in others])
    if place is None:
        names = "、".join(f"“{each.name}”" for each in others)
        raise ValidationError(
            {"year": f"一个联盟一年最多 {YEARLY_MOST} 个项目，{year}年已有{names}。请改年度，或先终止其中一个。"}
        )
    return place


@transaction.atomic
def brand_progress(
    *, actor: Actor, brand: BrandProject, noted_on: date, text: str, state: str, result: str, token: UUID, today: date
) -> BrandProgress:
    """Note how far a project is, and let it begin, end or stop; a form (`token`) sent twice makes one note.

    Raises `ValidationError` for days that cannot be, for a state that cannot follow and for an end without result;
    `PermissionDenied` unless the actor keeps the alliance.
    """
    _locked_alliance(actor, brand.alliance)
    current = _locked(brand)
    if made := BrandProgress.objects.filter(brand=current, form_token=token).first():
        return made
    if noted_on > today:
        raise ValidationError({"noted_on": "日期不能晚于今天。"})
    if noted_on.year < current.year - 1:
        raise ValidationError({"noted_on": f"这是{current.year}年的项目，请核对年份。"})
    if not NEXT[current.state]:
        raise ValidationError(f"项目{current.get_state_display()}，不能再登记进展。")
    if state != current.state and state not in NEXT[current.state]:
        raise ValidationError({"state": f"项目现在是“{current.get_state_display()}”，不能改为“{State(state).label}”。"})
    if state in (State.DONE, State.STOPPED):
        if not result.strip():
            told = "做成了什么" if state == State.DONE else "为什么终止"
            raise ValidationError({"result": f"请写明{told}。"})
        current.result = result.strip()
    if state == State.STOPPED:
        current.place = None
    current.state = state
    current.full_clean()
    current.save(update_fields=["state", "place", "result"])
    note = BrandProgress(
        brand=current, noted_on=noted_on, text=text.strip(), state=state, noted_by=actor.user, form_token=token
    )
    note.full_clean()
    note.save()
    record(
        AuditEntry.Verb.UPDATE,
        label=str(current),
        obj=current,
        details={"进展": ["", f"{in_words(noted_on)}：{note.text}"]},
    )
    return note


@transaction.atomic
def brand_attachments_add(*, actor: Actor, brand: BrandProject, uploads: Sequence[UploadedFile]) -> None:
    """Add photos and papers, also after the end. Raises `ValidationError` naming the file that is refused; none is
    kept."""
    _locked_alliance(actor, brand.alliance)
    current = _locked(brand)
    held = [each.file.sha256 for each in brand_attachment_list(current)]
    kept = uploads_keep(actor=actor, uploads=uploads, held=held, most=ATTACHMENTS_MOST, subject="一个项目")
    BrandAttachment.objects.bulk_create(BrandAttachment(brand=current, file=each) for each in kept)
    if kept:
        names = "、".join(each.original_name for each in kept)
        record(AuditEntry.Verb.UPDATE, label=str(current), obj=current, details={"附件": ["", names]})


@transaction.atomic
def brand_attachment_remove(*, actor: Actor, attachment: BrandAttachment) -> None:
    """Remove a photo or paper for good, from the disk as well: a person's picture must be able to go."""
    brand, file = attachment.brand, attachment.file
    _locked_alliance(actor, brand.alliance)
    attachment.delete()
    record(AuditEntry.Verb.UPDATE, label=str(brand), obj=brand, details={"附件": [file.original_name, ""]})
    file_delete(file)


def _locked_alliance(actor: Actor, alliance: Alliance) -> Alliance:
    """The row of an alliance that the actor keeps; behind it, two who plan at once count each other's project."""
    kept = kept_alliances(actor).filter(pk=alliance.pk).values("pk")
    locked = Alliance.objects.select_for_update(no_key=True).filter(pk__in=kept).first()
    if locked is None:
        raise PermissionDenied(REFUSAL)
    return locked


def _locked(brand: BrandProject) -> BrandProject:
    rows = BrandProject.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("alliance", "enterprise", "organisation").get(pk=brand.pk)
