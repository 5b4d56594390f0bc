"""Registering the versions of an alliance's charter."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from tenants.files import upload_store
from tenants.models import StoredFile
from tenants.permissions import Actor

from ..charter_changes import PARAGRAPHS_MOST, paragraphs
from ..models import Alliance, Charter
from ..permissions import keeps, visible_alliances
from ..rotation_wording import in_words

REFUSAL = "章程由联盟秘书长和两新工委登记。如工作需要，请联系本单位的系统管理员。"
#: A charter is adopted when an alliance is founded; further back than this is a slip in the year.
BEFORE_FOUNDING = timedelta(days=366)


@transaction.atomic
def charter_register(
    *,
    actor: Actor,
    alliance: Alliance,
    adopted_on: date,
    meeting: str,
    text: str,
    note: str,
    upload: UploadedFile | None,
    token: UUID,
    now: datetime,
) -> Charter:
    """Register the version that a meeting adopted; a form (`token`) sent twice makes one.

    Raises `ValidationError` for days that cannot be, for a version without text and file and for a refused file;
    `PermissionDenied` unless the actor keeps the alliance.
    """
    locked = _locked(actor, alliance)
    if made := Charter.objects.filter(alliance=locked, form_token=token).first():
        return made
    last = locked.charters.order_by("-version").first()
    text = "\n".join(paragraphs(text))
    _check(locked, last, adopted_on, text, upload, localdate(now))
    charter = Charter(
        alliance=locked,
        version=last.version + 1 if last else 1,
        adopted_on=adopted_on,
        meeting=meeting.strip(),
        text=text,
        note=note.strip(),
        registered_by=actor.user,
        registered_at=now,
        form_token=token,
    )
    if upload is not None:
        charter.file = _stored(actor, upload)
    charter.full_clean()
    charter.save()
    if not locked.has_charter:
        locked.has_charter = True
        locked.save(update_fields=["has_charter"])
    return charter


def _locked(actor: Actor, alliance: Alliance) -> Alliance:
    """The row of an alliance that the actor keeps, which nobody else changes until the end of the transaction."""
    visible = visible_alliances(actor).filter(pk=alliance.pk).values("pk")
    locked = Alliance.objects.select_for_update(no_key=True).filter(pk__in=visible).first()
    if locked is None or not keeps(actor, locked):
        raise PermissionDenied(REFUSAL)
    return locked


def _check(
    alliance: Alliance, last: Charter | None, adopted_on: date, text: str, upload: UploadedFile | None, today: date
) -> None:
    if adopted_on > today:
        raise ValidationError({"adopted_on": "通过日期不能晚于今天。请填会议召开的日期。"})
    if adopted_on < alliance.founded_on - BEFORE_FOUNDING:
        founded = in_words(alliance.founded_on)
        raise ValidationError({"adopted_on": f"比联盟成立（{founded}）早一年以上，请核对年份。"})
    if last and adopted_on < last.adopted_on:
        raise ValidationError(
            {"adopted_on": f"早于现行第{last.version}版的通过日期（{in_words(last.adopted_on)}）。请按通过的先后登记。"}
        )
    if not text and upload is None:
        raise ValidationError({"text": "正文和附件至少要有一样。请粘贴章程正文，或上传章程文件。"})
    if len(paragraphs(text)) > PARAGRAPHS_MOST:
        raise ValidationError({"text": f"正文最多 {PARAGRAPHS_MOST} 段。请合并过短的段落，或改为上传附件。"})
    if last and text and upload is None and text == last.text:
        raise ValidationError({"text": f"正文和现行第{last.version}版完全一样。没有修改的不必登记新的一版。"})


def _stored(actor: Actor, upload: UploadedFile) -> StoredFile:
    try:
        return upload_store(upload=upload, uploaded_by=actor.user)
    except ValidationError as error:
        raise ValidationError({"upload": error.messages}) from error
