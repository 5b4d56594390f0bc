"""Joining and leaving an alliance: an enterprise applies, a meeting decides, the membership is a dated fact.

The rotation follows from that fact (docs/adr/0040): it is worked out anew at once.
"""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate

from enterprises.models import Enterprise
from notices.services import Message, notice_send, notices_send
from tenants.permissions import Actor

from ..models import Alliance, Membership, MembershipRequest
from ..permissions import keeps, visible_alliances
from ..rotation_wording import in_words
from ..selectors.handovers import secretaries_of
from ..selectors.memberships import speaks_for
from .turns import rotation_turn

Kind, State = MembershipRequest.Kind, MembershipRequest.State
REFUSAL = "入盟、退盟由联盟秘书长和两新工委办理。如工作需要，请联系本单位的系统管理员。"


@transaction.atomic
def membership_request(
    *, actor: Actor, alliance: Alliance, kind: str, enterprise: Enterprise, reason: str, now: datetime
) -> MembershipRequest:
    """Register an enterprise's application to join or to leave; its secretaries are told.

    Raises `ValidationError` when it is a member (or none) already, when it was closed, and when an application is
    open; `PermissionDenied` unless the actor keeps the alliance or speaks for the enterprise.
    """
    own = speaks_for(actor, enterprise)
    if not (own or _is_kept(actor, alliance)):
        raise PermissionDenied(REFUSAL)
    present = Membership.objects.filter(alliance=alliance, enterprise=enterprise, left_on__isnull=True).first()
    if kind == Kind.JOIN and present:
        raise ValidationError(f"{enterprise.name}已是本联盟成员（{in_words(present.joined_on)}入盟），不必再申请。")
    if kind == Kind.JOIN and not enterprise.is_operating:
        raise ValidationError(f"{enterprise.name}在企业名册中已不是正常经营，不能申请入盟。")
    if kind == Kind.EXIT and not present:
        raise ValidationError(f"{enterprise.name}现在不是本联盟成员，不必申请退盟。")
    request = MembershipRequest(
        alliance=alliance,
        kind=kind,
        enterprise=enterprise,
        reason=reason.strip(),
        requested_by=actor.user,
        requested_at=now,
    )
    request.clean_fields()
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        raise ValidationError(f"{enterprise.name}已有一件申请在办理，请等办结以后再提。") from error
    others = [account for account in secretaries_of([alliance.pk])[alliance.pk] if account != actor.user.pk]
    notices_send(
        [
            Message(
                recipients=tuple(others),
                key=f"membership-request:{request.pk}",
                title=f"{request.get_kind_display()}申请待办理：{enterprise.name}",
                body=f"{alliance.name}。理由：{request.reason}",
                url=reverse("alliances:members", args=[alliance.pk]),
            )
        ]
    )
    return request


@transaction.atomic
def membership_approve(
    *, actor: Actor, request: MembershipRequest, meeting: str, effective_on: date, now: datetime
) -> Membership:
    """Register that a meeting approved an application: the membership begins, or ends, on `effective_on`.

    Raises `ValidationError` when it was decided already and for days that cannot be.
    """
    request = _taken_up(actor, request)
    alliance, enterprise = request.alliance, request.enterprise
    memberships = Membership.objects.filter(alliance=alliance, enterprise=enterprise)
    present = memberships.filter(left_on__isnull=True).first()
    if effective_on > localdate(now):
        raise ValidationError({"effective_on": "生效日期不能晚于今天。到了那一天再登记。"})
    if request.kind == Kind.JOIN:
        if present:
            raise ValidationError(f"{enterprise.name}已是本联盟成员，请改为不同意并说明。")
        last = memberships.order_by("-left_on").first()
        earliest = max(alliance.founded_on, last.left_on) if last and last.left_on else alliance.founded_on
        if effective_on < earliest:
            what = "联盟成立" if earliest == alliance.founded_on else "上次退盟"
            raise ValidationError({"effective_on": f"入盟日期不能早于{what}的{in_words(earliest)}。"})
        membership = Membership(alliance=alliance, enterprise=enterprise, joined_on=effective_on)
    else:
        if present is None:
            raise ValidationError(f"{enterprise.name}现在不是本联盟成员，请改为不同意并说明。")
        if effective_on <= present.joined_on:
            raise ValidationError({"effective_on": f"退盟日期要在入盟（{in_words(present.joined_on)}）以后。"})
        membership = present
        membership.left_on = effective_on
    membership.full_clean()
    membership.save()
    request.meeting, request.effective_on = meeting.strip(), effective_on
    _decide(actor, request, State.APPROVED, now)
    if alliance.has_rotation:
        rotation_turn(at=now)
    return membership


@transaction.atomic
def membership_refuse(*, actor: Actor, request: MembershipRequest, answer: str, now: datetime) -> None:
    """Refuse an application with the reason. Raises `ValidationError` when it was decided already."""
    request = _taken_up(actor, request)
    request.answer = answer.strip()
    _decide(actor, request, State.REFUSED, now)


def _is_kept(actor: Actor, alliance: Alliance) -> bool:
    return keeps(actor, alliance) and visible_alliances(actor).filter(pk=alliance.pk).exists()


def _taken_up(actor: Actor, request: MembershipRequest) -> MembershipRequest:
    """The application, which nobody else decides meanwhile."""
    if not _is_kept(actor, request.alliance):
        raise PermissionDenied(REFUSAL)
    locked = MembershipRequest.objects.select_for_update(of=("self",), no_key=True)
    current = locked.select_related("alliance", "enterprise", "requested_by").get(pk=request.pk)
    if current.state != State.PENDING:
        raise ValidationError(f"这件申请已经办理过（{current.get_state_display()}）。")
    return current


def _decide(actor: Actor, request: MembershipRequest, state: MembershipRequest.State, now: datetime) -> None:
    request.state, request.decided_by, request.decided_at = state, actor.user, now
    request.full_clean()
    request.save()
    if state == State.APPROVED and request.effective_on:
        outcome = f"{request.meeting}决定，{in_words(request.effective_on)}起{request.get_kind_display()}。"
    else:
        outcome = f"理由：{request.answer}"
    notice_send(
        recipients=[request.requested_by] if request.requested_by != actor.user else [],
        key=f"membership-decision:{request.pk}",
        title=f"{request.get_kind_display()}申请{request.get_state_display()}：{request.enterprise.name}",
        body=f"{request.alliance.name}。{outcome}",
        url=reverse("alliances:of_enterprise", args=[request.enterprise_id]),
    )
