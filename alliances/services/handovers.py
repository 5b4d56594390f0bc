"""Writes of handover packs: opened by the turn, supplemented, signed by three parties, sent back (docs/adr/0044)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.timezone import localdate

from enterprises.models import PartyOrganisation
from notices.services import Message, notices_send
from tenants.permissions import Actor
from tenants.selectors.calendar import calendar_current

from ..handover import DAYS, digest, due_on
from ..models import Handover, HandoverSignature, Term, TermHolder
from ..rotation_wording import in_words
from ..selectors.handovers import (
    accounts_of,
    content_now,
    handover_get,
    led_by,
    may_write,
    parties_of,
    secretaries_of,
    texts_version,
    units_of,
)

Party, State = HandoverSignature.Party, Handover.State


def handovers_open(pairs: Iterable[tuple[Term, Term]]) -> int:
    """Open the pack between each two terms of different units and tell both and the secretary; whoever goes on with
    a term of his own hands nothing over. Returns the number of messages.

    Called inside the turn's transaction, where the second of the two terms began: no pair comes twice.
    """
    calendar = calendar_current()
    opened = Handover.objects.bulk_create(
        Handover(
            alliance=incoming.alliance,
            outgoing=outgoing,
            incoming=incoming,
            due_on=due_on(incoming.starts_on, calendar),
        )
        for outgoing, incoming in pairs
        if outgoing.organisation_id != incoming.organisation_id
    )
    acting = TermHolder.objects.filter(is_acting=True)
    terms = [term for each in opened for term in (each.outgoing, each.incoming)]
    prefetch_related_objects(terms, Prefetch("holders", acting))
    both = (Party.GIVING, Party.RECEIVING)
    return _tell(opened, both, "open", lambda each: f"请办理交接：{each.alliance.name}", _request)


def _request(handover: Handover) -> str:
    outgoing, incoming = handover.outgoing.organisation.name, handover.incoming.organisation.name
    return (
        f"{in_words(handover.incoming.starts_on)}起由{incoming}轮值。请{outgoing}补充交接清单并签字，再由{incoming}和监交人"
        f"签字，{in_words(handover.due_on)}前（{DAYS}个工作日内）完成。"
    )


@transaction.atomic
def handover_write(*, actor: Actor, handover: Handover, summary: str, suggestions: str, version: str) -> None:
    """Supplement a pack that nobody has signed yet with the holder's own words.

    `version` is `texts_version` of what the actor started from. Raises `ValidationError` for a pack that is signed or
    that somebody else has changed since, `PermissionDenied` unless the actor gives it or is the alliance's secretary.
    """
    handover = _locked(actor, handover)
    if not may_write(actor=actor, handover=handover, parties=parties_of(actor=actor, handover=handover)):
        raise PermissionDenied("交接清单由移交人或联盟秘书长补充。")
    if handover.state != State.OPEN:
        raise ValidationError("移交人已经签字，内容不能再改。确需修改的，请接收人或监交人退回。")
    if texts_version(handover) != version:
        raise ValidationError("您填写时，有人改过这两项。请对照上面现在的内容核对，再点保存。")
    handover.summary, handover.suggestions = summary.strip(), suggestions.strip()
    handover.save(update_fields=["summary", "suggestions"])


@transaction.atomic
def handover_sign(*, actor: Actor, handover: Handover, party: str, seen: str, now: datetime) -> Handover:
    """Sign for a party what the actor has `seen` (the digest of the content on his page).

    The first to sign is who gives; his signature keeps the content, so that all three sign the same. The third
    completes the pack. Raises `ValidationError` when it is not the party's turn or the content is another by now,
    `PermissionDenied` unless the actor may sign for the party.
    """
    handover, today = _locked(actor, handover), localdate(now)
    if party not in parties_of(actor=actor, handover=handover):
        raise PermissionDenied("交接清单由移交人、接收人和监交人（两新工委）签字。")
    _check_turn(actor, handover, party)
    content = content_now(handover, today=today)
    if digest(content) != seen:
        raise ValidationError("您打开页面以后，清单内容有了变动，没有签字。请重新核对后再签。")
    HandoverSignature.objects.create(
        handover=handover,
        party=party,
        user=actor.user,
        name=str(actor.user),
        unit=_unit(actor, handover, party),
        sha256=seen,
        signed_at=now,
    )
    if handover.state == State.OPEN:
        handover.state, handover.content, handover.sha256 = State.GIVEN, content, seen
        handover.returned_because = ""
    elif _signed(handover) == len(Party):
        handover.state, handover.completed_at = State.DONE, now
    handover.save(update_fields=["state", "content", "sha256", "returned_because", "completed_at"])
    _tell_signed(handover)
    return handover


def _signed(handover: Handover) -> int:
    """How many have signed by now; what was prefetched does not know of the last one."""
    return HandoverSignature.objects.filter(handover=handover).count()


def _check_turn(actor: Actor, handover: Handover, party: str) -> None:
    signed = {signature.party: signature.user_id for signature in handover.signatures.all()}
    if party in signed:
        raise ValidationError(f"{Party(party).label}已经签过字，不必再签。")
    if actor.user.pk in signed.values():
        raise ValidationError("您已经替另一方签过字。三方要由三个人分别签字，请换一个人。")
    if party != Party.GIVING and handover.state == State.OPEN:
        raise ValidationError("移交人还没有签字。请等移交人补充清单并签字以后再签。")
    if party == Party.GIVING and not handover.summary:
        raise ValidationError("还没有填写季度工作小结。请先点“补充”，填好以后再签字。")


def _unit(actor: Actor, handover: Handover, party: str) -> str:
    """For which unit somebody signs, as it is called now."""
    if party == Party.SUPERVISING:
        return "、".join(actor.region_names) + "服务指导办公室"
    mine = led_by(actor) & units_of(handover)[party]
    return PartyOrganisation.objects.filter(pk__in=mine).order_by("pk").values_list("name", flat=True)[0]


def _tell_signed(handover: Handover) -> None:
    """Whoever signed first asks the next; the third signature tells both units that it is done."""
    if handover.state == State.DONE:
        both = (Party.GIVING, Party.RECEIVING)
        _tell([handover], both, "done", lambda each: f"交接已完成：{each.alliance.name}", lambda each: "三方都已签字。")
    elif _signed(handover) == 1:
        _tell(
            [handover],
            (Party.RECEIVING,),
            f"given:{handover.sha256[:16]}",
            lambda each: f"请接收签字：{each.alliance.name}",
            lambda each: f"{each.outgoing.organisation.name}已签字移交，请核对清单后签字。",
        )


@transaction.atomic
def handover_return(*, actor: Actor, handover: Handover, reason: str, now: datetime) -> None:
    """Send a signed pack back to who gives it: the signatures fall, its content is compiled anew.

    Raises `ValidationError` without a reason and for a pack that is not between its first and third signature,
    `PermissionDenied` for everybody but the receiving and the supervising party.
    """
    handover = _locked(actor, handover)
    if not parties_of(actor=actor, handover=handover) & {Party.RECEIVING, Party.SUPERVISING}:
        raise PermissionDenied("交接清单由接收人或监交人退回。")
    if handover.state != State.GIVEN:
        raise ValidationError("只有移交人已经签字、还没有完成的清单可以退回。")
    if not reason.strip():
        raise ValidationError({"reason": "请写明退回的原因，移交人会看到。"})
    handover.signatures.all().delete()
    handover.state, handover.content, handover.sha256 = State.OPEN, None, ""
    handover.returned_because = reason.strip()
    handover.save(update_fields=["state", "content", "sha256", "returned_because"])
    _tell(
        [handover],
        (Party.GIVING,),
        f"returned:{now:%Y%m%d%H%M%S}",
        lambda each: f"交接清单被退回：{each.alliance.name}",
        lambda each: f"原因：{each.returned_because}请修改后重新签字。",
    )


def _locked(actor: Actor, handover: Handover) -> Handover:
    """A visible pack as it is now, which nobody else changes until the end of the transaction."""
    Handover.objects.select_for_update(no_key=True).filter(pk=handover.pk).first()
    return handover_get(actor=actor, pk=handover.pk)


def _tell(
    handovers: Collection[Handover],
    parties: Iterable[str],
    fact: str,
    title: Callable[[Handover], str],
    body: Callable[[Handover], str],
) -> int:
    """Tell the accounts of some parties, and the alliances' secretaries, of one fact about each pack."""
    if not handovers:
        return 0
    units = {each.pk: set().union(*(units_of(each)[party] for party in parties)) for each in handovers}
    accounts = accounts_of(set().union(*units.values()))
    secretaries = secretaries_of([each.alliance_id for each in handovers])
    return notices_send(
        Message(
            recipients=(
                *secretaries[each.alliance_id],
                *(account for unit in sorted(units[each.pk]) for account in accounts[unit]),
            ),
            key=f"handover:{each.alliance_id}:{each.incoming.starts_on}:{fact}",
            title=title(each),
            body=body(each),
            url=reverse("alliances:handover", args=[each.pk]),
        )
        for each in handovers
    )
