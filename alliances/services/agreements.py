"""Writes about agreements and pairings, and the reminders of their end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse

from enterprises.models import Enterprise
from notices.services import Message, notices_send
from tenants import search
from tenants.files import upload_store
from tenants.permissions import Actor

from ..agreements import REMINDERS, STALE_DAYS, reminder
from ..models import Agreement, AgreementParty, Alliance
from ..permissions import keeps, visible_alliances
from ..rotation_wording import in_words
from ..selectors.cooperation import members_of, with_renewal
from ..selectors.handovers import secretaries_of

REFUSAL = "结对和协议由联盟秘书长和两新工委登记。如工作需要，请联系本单位的系统管理员。"
#: An agreement that runs longer than this is a slip in the year.
YEARS_MOST = 30


@dataclass(frozen=True)
class AgreementEntry:
    """What a form says about an agreement."""

    kind: str
    subject: str
    signed_on: date
    valid_until: date | None
    parties: Sequence[Enterprise]
    outside: str = ""
    content: str = ""


@transaction.atomic
def agreement_register(
    *,
    actor: Actor,
    alliance: Alliance,
    entry: AgreementEntry,
    token: UUID,
    today: date,
    upload: UploadedFile | None = None,
    follows: Agreement | None = None,
) -> Agreement:
    """Register an agreement, or the renewal of one (`follows`); a form (`token`) sent twice makes one.

    Raises `ValidationError` for days and parties that cannot be, for one that is renewed already and for a refused
    file; `PermissionDenied` unless the actor keeps the alliance.
    """
    locked = _locked(actor, alliance)
    if made := Agreement.objects.filter(alliance=locked, form_token=token).first():
        return made
    if follows is not None and Agreement.objects.filter(follows=follows).exists():
        raise ValidationError("这份协议已经续签过。请打开续签的那一份。")
    agreement = Agreement(alliance=locked, follows=follows, form_token=token)
    _write(agreement, entry, today)
    if upload is not None:
        try:
            agreement.file = upload_store(upload=upload, uploaded_by=actor.user)
        except ValidationError as error:
            raise ValidationError({"upload": error.messages}) from error
    agreement.full_clean()
    agreement.save()
    AgreementParty.objects.bulk_create(AgreementParty(agreement=agreement, enterprise=each) for each in entry.parties)
    search.index([agreement])
    return agreement


@transaction.atomic
def agreement_end(*, actor: Actor, agreement: Agreement, ended_on: date, reason: str, today: date) -> None:
    """End an agreement before its time, with the reason. Raises `ValidationError` when it has ended already."""
    _locked(actor, agreement.alliance)
    current = Agreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    if current.ended_on is not None:
        raise ValidationError(f"这份协议{in_words(current.ended_on)}已经终止。")
    if not current.signed_on <= ended_on <= today:
        raise ValidationError({"ended_on": f"终止日期要在{in_words(current.signed_on)}和今天之间。"})
    if not reason.strip():
        raise ValidationError({"reason": "请写明终止原因。"})
    current.ended_on, current.ended_because = ended_on, reason.strip()
    current.full_clean()
    current.save(update_fields=["ended_on", "ended_because"])


@transaction.atomic
def agreements_remind(*, today: date) -> int:
    """Tell the secretaries of the open tenant of agreements that end soon or have ended without renewal.

    State decides: a run that comes late tells of what is due now, a second one tells nothing. Returns the number of
    messages.
    """
    until = today + timedelta(days=max(REMINDERS))
    ending = Agreement.objects.filter(
        valid_until__range=(today - timedelta(days=STALE_DAYS), until), ended_on__isnull=True
    )
    due = list(with_renewal(ending).filter(is_renewed=False).select_related("alliance").order_by("pk"))
    secretaries = secretaries_of({each.alliance_id for each in due})
    return notices_send(_messages(due, secretaries, today))


def _messages(due: Iterable[Agreement], secretaries: dict[int, list[int]], today: date) -> Iterable[Message]:
    for each in due:
        until = cast(date, each.valid_until)
        step = reminder(until, today)
        if step is None:
            continue
        left = (until - today).days
        when = f"{left} 天后到期" if left > 0 else "今天到期" if left == 0 else "已到期，没有续签"
        yield Message(
            recipients=tuple(secretaries[each.alliance_id]),
            key=f"agreement:{each.pk}:{until}:{step}",
            title=f"{each.get_kind_display()}{when}：{each.subject}",
            body=f"{each.alliance.name}，有效期至{in_words(until)}。续签或终止的，请登记。",
            url=reverse("alliances:agreement_detail", args=[each.pk]),
        )


def _locked(actor: Actor, alliance: Alliance) -> Alliance:
    """The row of an alliance that the actor keeps, which nobody else changes until the end of the transaction."""
    visible = visible_alliances(actor).filter(pk=alliance.pk).values("pk")
    locked = Alliance.objects.select_for_update(no_key=True).filter(pk__in=visible).first()
    if locked is None or not keeps(actor, locked):
        raise PermissionDenied(REFUSAL)
    return locked


def _write(agreement: Agreement, entry: AgreementEntry, today: date) -> None:
    if entry.signed_on > today:
        raise ValidationError({"signed_on": "签订日期不能晚于今天。签了以后再登记。"})
    if entry.valid_until is not None and entry.valid_until < entry.signed_on:
        raise ValidationError({"valid_until": "有效期不能早于签订日期。请核对两个日期。"})
    if entry.valid_until is not None and entry.valid_until.year > entry.signed_on.year + YEARS_MOST:
        raise ValidationError({"valid_until": f"{entry.valid_until.year}年太远，请核对年份。"})
    ids = {each.pk for each in entry.parties}
    if members_of(agreement.alliance).filter(pk__in=ids).count() != len(ids):
        raise ValidationError({"parties": "选择的企业里有已经退盟的。请重新选择。"})
    if not ids:
        raise ValidationError({"parties": "请至少选一家签约的成员企业。"})
    if len(ids) < 2 and not entry.outside.strip():
        raise ValidationError({"outside": "只有一家成员企业签约的，请写明对方单位。"})
    for name in ("kind", "subject", "signed_on", "valid_until", "outside", "content"):
        value = getattr(entry, name)
        setattr(agreement, name, value.strip() if isinstance(value, str) else value)
