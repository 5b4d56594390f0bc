"""Writes that decide about coming terms: rosters, requests and the person of a term (domain.md §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NoReturn

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from enterprises.models import PartyOrganisation
from notices.services import notice_send
from tenants.permissions import STAFF, Actor

from .. import rotation
from ..models import Alliance, Roster, RosterSlot, RotationRequest, Term
from ..permissions import keeps, may_request, visible_alliances
from ..rotation import ONE_DAY, PROXY_DAYS, Quarter, needs_acting_holder
from ..rotation_wording import in_words
from ..selectors.rotation import Books, rotation_books
from .turns import rights_write, tenures_write

Kind, State = RotationRequest.Kind, RotationRequest.State


@transaction.atomic
def roster_adopt(
    *,
    actor: Actor,
    alliance: Alliance,
    organisations: Sequence[PartyOrganisation],
    meeting: str,
    adopted_on: date,
    effective_on: date,
    today: date,
) -> Roster:
    """Record an order of rotation that a meeting adopted; it governs the rounds that begin from `effective_on` on.

    Raises `ValidationError` unless it lists every eligible member exactly once and, at first, begins with the
    initiator; and for days that contradict what was already begun. `PermissionDenied` unless the actor keeps the
    alliance's rotation.
    """
    books = _locked(actor, alliance)
    if not keeps(actor, alliance):
        _deny()
    if not alliance.has_rotation:
        raise ValidationError("本联盟不实行季度轮值，不需要轮值名单。")
    if adopted_on > today:
        raise ValidationError({"adopted_on": "通过日期不能晚于今天。请填会议召开的日期。"})
    earliest = alliance.founded_on
    if books.terms and books.rosters:
        earliest = books.terms[-1].starts_on + ONE_DAY
    elif books.terms:
        # Rotation was switched off: that quarter has had its turn.
        last = books.terms[-1]
        earliest = Quarter(last.year, last.quarter).following().starts_on
    elif books.rosters:
        earliest = books.rosters[-1].effective_on
    earliest = max(earliest, adopted_on)
    if effective_on < earliest:
        raise ValidationError({"effective_on": f"生效日期最早是{in_words(earliest)}。请改为这一天或以后。"})
    _check_list(books, organisations, effective_on)
    version = alliance.rosters.count() + 1
    roster = Roster(
        alliance=alliance, version=version, meeting=meeting.strip(), adopted_on=adopted_on, effective_on=effective_on
    )
    roster.full_clean()
    roster.save()
    RosterSlot.objects.bulk_create(
        RosterSlot(roster=roster, organisation=organisation, position=position, entered_on=effective_on)
        for position, organisation in enumerate(organisations, start=1)
    )
    return roster


def _check_list(books: Books, organisations: Sequence[PartyOrganisation], effective_on: date) -> None:
    eligible = {organisation.pk: membership for membership, organisation in books.eligible(effective_on)}
    listed = [organisation.pk for organisation in organisations]
    if not eligible:
        raise ValidationError("本联盟在生效之日没有建立党组织的成员，不能通过轮值名单。请先登记成员和党组织。")
    missing = [books.names[pk] for pk in eligible if pk not in listed]
    foreign = [organisation.name for organisation in organisations if organisation.pk not in eligible]
    if missing:
        raise ValidationError(f"名单里缺少：{'、'.join(missing)}。有党组织的成员单位都要列入。")
    if foreign:
        raise ValidationError(f"{'、'.join(foreign)}在生效之日不是本联盟的成员单位，请从名单中去掉。")
    if len(listed) != len(set(listed)):
        raise ValidationError("名单里有重复的单位。一个单位只能列一次。")
    initiator = next((pk for pk, each in eligible.items() if each.enterprise_id == books.alliance.initiator_id), None)
    if not books.rosters and not books.terms and initiator and listed[0] != initiator:
        raise ValidationError(f"首任由发起单位担任：请把{books.names[initiator]}放在第一位。")


@transaction.atomic
def rotation_request(
    *,
    actor: Actor,
    alliance: Alliance,
    kind: str,
    organisation: PartyOrganisation,
    starts_on: date,
    ends_on: date,
    reason: str,
    now: datetime,
    other: PartyOrganisation | None = None,
    person: str = "",
) -> RotationRequest:
    """Ask the office to skip a unit's turn, to swap it with another's, or to let another unit act for it.

    The days of a skip or swap are those of the unit's quarter. Raises `ValidationError` for what the rules do not
    allow, `PermissionDenied` unless the actor keeps the alliance's rotation or leads the unit.
    """
    books = _locked(actor, alliance)
    if not may_request(actor, alliance, organisation):
        _deny()
    request = RotationRequest(
        alliance=alliance,
        kind=kind,
        organisation=organisation,
        other=None if kind == Kind.SKIP else other,
        person=(person.strip() or other.secretary) if kind == Kind.ACTING and other else "",
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip(),
        requested_by=actor.user,
        requested_at=now,
    )
    _check_request(books, request, localdate(now))
    same = alliance.rotation_requests.filter(organisation=organisation, kind=kind, starts_on=request.starts_on)
    if same.exclude(state=State.REFUSED).exists():
        raise ValidationError("这个单位同一时间的同类申请已经提交过，不必重复提交。")
    request.full_clean()
    request.save()
    return request


def _check_request(books: Books, request: RotationRequest, today: date) -> None:
    """Refuse what the rules do not allow as things stand; a swap gets the days of the earlier of the two turns."""
    turns = [term for term in books.preview(today).terms if term.is_regular]
    name = books.names.get(request.organisation_id, request.organisation.name)
    if request.kind == Kind.ACTING:
        _check_acting(books, request, name, today)
        return
    quarter = request.quarter
    parties = {request.organisation_id} | ({request.other_id} if request.kind == Kind.SWAP else set())
    turn = next((each for each in turns if each.quarter == quarter), None)
    if turn is None or turn.holder not in parties:
        planned = f"轮值单位是{books.names[turn.holder]}" if turn else "还没有安排轮值单位"
        raise ValidationError(f"按现有安排，{quarter}{planned}，{name}不能就这个季度提出申请。")
    if turn.starts_on <= today:
        raise ValidationError(f"{quarter}的任期已经开始。顺延和对调要在任期开始之前提出。")
    if request.kind == Kind.SWAP:
        turn = _earlier_of_swap(request, turns, turn, today)
    request.starts_on, request.ends_on = turn.quarter.starts_on, turn.quarter.ends_on
    changed = replace(books, decisions=[*books.decisions, request]).preview(today).terms
    if turn in changed:
        raise ValidationError(f"{quarter}没有其他单位可以接替{name}，不能顺延或对调。")


def _earlier_of_swap(
    request: RotationRequest, turns: list[rotation.Term], wanted: rotation.Term, today: date
) -> rotation.Term:
    if request.other is None or request.other_id == request.organisation_id:
        raise ValidationError({"other": "请选择与哪个单位对调。"})
    coming: dict[int, rotation.Term] = {}
    for each in turns:
        if each.starts_on > today:
            coming.setdefault(each.holder, each)
    if request.other_id not in coming:
        raise ValidationError({"other": f"今后八个季度内没有安排{request.other.name}轮值，不能对调。"})
    own, theirs = coming[request.organisation_id], coming[request.other_id]
    if wanted not in (own, theirs):
        raise ValidationError(f"只能对调最近的一次轮值（{own.quarter}）。")
    return min(own, theirs, key=lambda each: each.starts_on)


def _check_acting(books: Books, request: RotationRequest, name: str, today: date) -> None:
    if request.ends_on < request.starts_on:
        raise ValidationError({"ends_on": "结束日期不能早于开始日期。"})
    if not needs_acting_holder(request.starts_on, request.ends_on):
        raise ValidationError(
            {"ends_on": f"离岗不超过{PROXY_DAYS}天的，书面委托他人参加会议即可，不需要代理。超过{PROXY_DAYS}天再申请。"}
        )
    if request.ends_on < today:
        raise ValidationError({"ends_on": "这段时间已经过去，不能再申请代理。"})
    eligible = {organisation.pk for _, organisation in books.eligible(max(today, request.starts_on))}
    if request.other is None or request.other_id not in eligible - {request.organisation_id}:
        raise ValidationError({"other": "请选择一个有党组织的成员单位代理。"})
    terms = [term for term in books.preview(today).terms if term.holder == request.organisation_id]
    if not any(max(request.starts_on, term.starts_on, today) <= min(request.ends_on, term.ends_on) for term in terms):
        raise ValidationError(f"{name}在这段时间没有轮值任期，不需要代理。")


@transaction.atomic
def rotation_request_approve(*, actor: Actor, request: RotationRequest, now: datetime) -> None:
    """Approve a request; an acting holder leads from his first day on, at once if that is today or past.

    Raises `ValidationError` when it was decided already or is no longer possible, `PermissionDenied` for everybody but
    the office.
    """
    actor.require(*STAFF)
    books = _locked(actor, request.alliance)
    today = localdate(now)
    _take_up(request)
    _check_request(books, request, today)
    _decide(actor, request, State.APPROVED, now, "")
    if request.kind == Kind.ACTING:
        books = rotation_books([request.alliance])[request.alliance_id]
        serving = [term for term in books.terms if term.outcome == Term.Outcome.SERVING]
        tenures_write([books], serving, today)
        rights_write([request.alliance_id], today)


@transaction.atomic
def rotation_request_refuse(*, actor: Actor, request: RotationRequest, answer: str, now: datetime) -> None:
    """Refuse a request with the reason. Raises `ValidationError` without one or when it was decided already."""
    actor.require(*STAFF)
    _locked(actor, request.alliance)
    _take_up(request)
    if not answer.strip():
        raise ValidationError({"answer": "请写明不同意的理由，申请单位会看到。"})
    _decide(actor, request, State.REFUSED, now, answer.strip())


def _take_up(request: RotationRequest) -> None:
    request.refresh_from_db(fields=["state"])
    if request.state != State.PENDING:
        raise ValidationError(f"这件申请已经审批过（{request.get_state_display()}）。")


def _decide(actor: Actor, request: RotationRequest, state: RotationRequest.State, now: datetime, answer: str) -> None:
    request.state, request.decided_by, request.decided_at, request.answer = state, actor.user, now, answer
    request.full_clean()
    request.save()
    outcome = "" if state == State.APPROVED else f"理由：{answer}"
    notice_send(
        recipients=[request.requested_by],
        key=f"rotation-request:{request.pk}",
        title=f"{request.get_kind_display()}申请{request.get_state_display()}：{request.organisation.name}",
        body=f"{request.alliance.name}，{in_words(request.starts_on)}至{in_words(request.ends_on)}。{outcome}",
        url=reverse("alliances:rotation", args=[request.alliance_id]),
    )


@transaction.atomic
def person_change(*, actor: Actor, term: Term, person: str, since: date, today: date) -> None:
    """Let a new secretary of the holder go on with its term from `since` on; the unit keeps its turn.

    The organisation's record gets the new secretary too. Raises `ValidationError` for a term that is over or a day
    outside it, `PermissionDenied` unless the actor keeps the alliance's rotation.
    """
    books = _locked(actor, term.alliance)
    if not keeps(actor, term.alliance):
        _deny()
    term.refresh_from_db()
    if term.outcome != Term.Outcome.SERVING:
        raise ValidationError("这个任期已经结束，不能再换人。")
    if not person.strip():
        raise ValidationError({"person": "请填写新任书记的姓名。"})
    if not term.starts_on <= since <= today:
        raise ValidationError({"since": f"换人日期要在{in_words(term.starts_on)}和今天之间。"})
    organisation = PartyOrganisation.objects.get(pk=term.organisation_id)
    organisation.secretary = person.strip()
    organisation.full_clean()
    organisation.save(update_fields=["secretary"])
    books.organisations[organisation.pk] = organisation
    tenures_write([books], [term], since)


def _locked(actor: Actor, alliance: Alliance) -> Books:
    """The books of a visible alliance, which nobody else changes until the end of the transaction."""
    visible = visible_alliances(actor).filter(pk=alliance.pk).values("pk")
    locked = Alliance.objects.select_for_update(no_key=True).filter(pk__in=visible)
    found = rotation_books(locked)
    if alliance.pk not in found:
        _deny()
    return found[alliance.pk]


def _deny() -> NoReturn:
    raise PermissionDenied("轮值由联盟秘书长和两新工委办理。如工作需要，请联系本单位的系统管理员。")
