"""Reads of handover packs: which somebody sees, for whom he signs, and what a pack holds now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate

from enterprises.models import PartyOrganisationPermission
from enterprises.permissions import LEAD
from tenants.permissions import Actor
from tenants.selectors.calendar import calendar_current

from ..handover import Handed, Light, Part, content_of, digest, light, section_list, section_of
from ..models import Alliance, AlliancePermission, Handover, HandoverSignature, Term
from ..permissions import MANAGE, SEES_DEMANDS, holds, visible_alliances
from ..rotation_wording import in_words

Party = HandoverSignature.Party


def handover_list(*, actor: Actor) -> QuerySet[Handover]:
    """The packs of alliances whose demands the actor works with, and those that he gives or receives himself.

    A former holder sees his alliance no longer, but his pack he does.
    """
    handovers = Handover.objects.all()
    if actor.sees_whole_tenant:
        return handovers
    led = _led(actor)
    own = Q(outgoing__organisation__in=led) | Q(incoming__organisation__in=led)
    # An acting holder stands for the unit at the moment of the turn.
    own |= Q(outgoing__holders__organisation__in=led, outgoing__holders__ends_on=F("outgoing__ends_on"))
    own |= Q(incoming__holders__organisation__in=led, incoming__holders__starts_on=F("incoming__starts_on"))
    seen = Q(pk__in=handovers.filter(own).order_by().values("pk"))
    if actor.roles & SEES_DEMANDS:
        seen |= Q(alliance__in=visible_alliances(actor).order_by().values("pk"))
    return handovers.filter(seen)


def _led(actor: Actor) -> QuerySet:
    """The ids of the Party organisations whose secretary's account it is."""
    return PartyOrganisationPermission.objects.filter(user=actor.user, permission__codename=LEAD).values(
        "content_object_id"
    )


def led_by(actor: Actor) -> set[int]:
    """The same as a set."""
    return set(_led(actor).values_list("content_object_id", flat=True))


def with_units(handovers: QuerySet[Handover]) -> QuerySet[Handover]:
    """Packs with what a list of them shows."""
    return handovers.select_related("alliance", "outgoing__organisation", "incoming__organisation")


def with_parties(handovers: QuerySet[Handover]) -> QuerySet[Handover]:
    """The same with the persons of both terms and the signatures, in a fixed number of queries."""
    return with_units(handovers).prefetch_related("outgoing__holders", "incoming__holders", "signatures")


def handover_get(*, actor: Actor, pk: int) -> Handover:
    """One of them, or 404."""
    return get_object_or_404(with_parties(handover_list(actor=actor)), pk=pk)


def handovers_of(*, actor: Actor, alliance: Alliance) -> list[Handover]:
    """The packs of a visible alliance, the latest first; none for those who see no pack."""
    if not actor.roles & SEES_DEMANDS:
        return []
    return list(with_units(handover_list(actor=actor).filter(alliance=alliance)).order_by("-incoming__starts_on"))


def handover_list_open(*, actor: Actor) -> QuerySet[Handover]:
    """Those that are not signed by all three yet, the most pressing first."""
    return with_units(handover_list(actor=actor)).exclude(state=Handover.State.DONE).order_by("due_on", "pk")


def light_up(handovers: Iterable[Handover], *, today: date) -> None:
    """Give each pack its `light` of `today`."""
    for handover in handovers:
        handover.light = light_of(handover, today=today)


def light_of(handover: Handover, *, today: date) -> Light:
    """Whether a pack is in time."""
    completed_on = localdate(handover.completed_at) if handover.completed_at else None
    return light(due_on=handover.due_on, completed_on=completed_on, today=today, calendar=calendar_current())


def units_of(handover: Handover) -> dict[str, set[int]]:
    """The Party organisations that give and receive: each term's own, and who acts for it at the turn."""
    outgoing, incoming = handover.outgoing, handover.incoming
    acting_last = {each.organisation_id for each in outgoing.holders.all() if each.ends_on == outgoing.ends_on}
    acting_first = {each.organisation_id for each in incoming.holders.all() if each.starts_on == incoming.starts_on}
    return {
        Party.GIVING: {outgoing.organisation_id} | acting_last,
        Party.RECEIVING: {incoming.organisation_id} | acting_first,
    }


def parties_of(*, actor: Actor, handover: Handover) -> set[str]:
    """For which parties of a visible pack the actor may sign: the units he leads, and the office as supervisor."""
    led = led_by(actor)
    found: set[str] = {party for party, units in units_of(handover).items() if units & led}
    if actor.is_staff and visible_alliances(actor).filter(pk=handover.alliance_id).exists():
        found.add(Party.SUPERVISING)
    return found


def may_write(*, actor: Actor, handover: Handover, parties: Iterable[str]) -> bool:
    """Whether the actor supplements the texts of a pack: who gives it, or the alliance's secretary for him."""
    return Party.GIVING in parties or holds(actor, handover.alliance, MANAGE)


def content_now(handover: Handover, *, today: date) -> dict[str, Any]:
    """What a pack holds: as it was first signed, or else compiled from the rows as they are now."""
    if handover.content is not None:
        return handover.content
    outgoing, incoming = handover.outgoing, handover.incoming
    handed = Handed(handover.alliance_id, outgoing.starts_on, outgoing.ends_on, incoming.starts_on, today)
    parts = {section.key: section.compile(handed) for section in section_list()}
    texts = [("季度工作小结", handover.summary), ("工作建议", handover.suggestions)]
    return content_of(_facts(handover, parts.values()), parts, texts)


def _facts(handover: Handover, parts: Iterable[Part]) -> list[tuple[str, str]]:
    outgoing, incoming = handover.outgoing, handover.incoming
    return [
        ("联盟", handover.alliance.name),
        ("移交单位", outgoing.organisation.name),
        ("移交人", _person(outgoing, last=True)),
        ("任期", f"{in_words(outgoing.starts_on)}至{in_words(outgoing.ends_on)}"),
        ("接收单位", incoming.organisation.name),
        ("接收人", _person(incoming, last=False)),
        ("移交日期", in_words(incoming.starts_on)),
        ("本期情况", "".join(part.summary for part in parts)),
    ]


def _person(term: Term, *, last: bool) -> str:
    """Who leads on the last (first) day of a term."""
    holders = sorted(term.holders.all(), key=lambda each: each.starts_on)
    return holders[-1 if last else 0].person if holders else ""


@dataclass(frozen=True)
class OpenRow:
    """A row of a pack as somebody sees it: with its address only if he may open it."""

    cells: list[tuple[str, str]]
    url: str
    colour: str
    words: str


def parts_seen(*, actor: Actor, content: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a pack's content for the page: columns, and rows whose first cell is a link where it opens."""
    return [_part_seen(actor, part) for part in content["parts"]]


def _part_seen(actor: Actor, part: dict[str, Any]) -> dict[str, Any]:
    section, ids = section_of(part["key"]), {row["pk"] for row in part["rows"]}
    opens = set()
    if section is not None and ids:
        opens = set(section.visible(actor=actor).filter(pk__in=ids).values_list("pk", flat=True))
    rows = []
    for row in part["rows"]:
        cells = list(zip(part["columns"], row["cells"], strict=True))
        words = cells.pop()[1] if row["colour"] else ""
        rows.append(OpenRow(cells, row["url"] if row["pk"] in opens else "", row["colour"], words))
    return {**part, "rows": rows}


def texts_version(handover: Handover) -> str:
    """A digest of what was written into a pack: an edit that started from another one is not written over it."""
    return digest({"summary": handover.summary, "suggestions": handover.suggestions})


def accounts_of(organisation_ids: Iterable[int]) -> dict[int, list[int]]:
    """The active accounts (ids) of the secretaries of some Party organisations."""
    leads = PartyOrganisationPermission.objects.filter(permission__codename=LEAD)
    return _holders(leads, organisation_ids)


def secretaries_of(alliance_ids: Iterable[int]) -> dict[int, list[int]]:
    """The active accounts (ids) of the secretaries (秘书长、联络员) of some alliances."""
    return _holders(AlliancePermission.objects.filter(permission__codename=MANAGE), alliance_ids)


def _holders(permissions: QuerySet, object_ids: Iterable[int]) -> dict[int, list[int]]:
    held = permissions.filter(content_object__in=list(object_ids), user__is_active=True)
    found: dict[int, list[int]] = defaultdict(list)
    for pk, user in held.order_by("pk").values_list("content_object_id", "user_id"):
        found[pk].append(user)
    return found
