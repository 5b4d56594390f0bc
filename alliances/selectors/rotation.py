"""Reads about rotation: the facts that decide about an alliance's terms, gathered for many alliances at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.shortcuts import get_object_or_404

from enterprises.models import PartyOrganisation
from tenants.permissions import Actor

from .. import rotation
from ..models import Alliance, Membership, Roster, RosterSlot, RotationRequest, Term, TermHolder
from ..permissions import visible_alliances
from ..rotation import ONE_DAY, Candidate, Facts, Held, Plan, Quarter, Seat, Skip, Swap, plan, proposed_order
from ..rotation import Roster as Order
from ..rotation_wording import explained
from ..tenures import Tenure

Kind, State = RotationRequest.Kind, RotationRequest.State
#: The widest organisation of an enterprise stands for it.
RANK = {PartyOrganisation.Kind.COMMITTEE: 0, PartyOrganisation.Kind.GENERAL_BRANCH: 1, PartyOrganisation.Kind.BRANCH: 2}
PREVIEW_QUARTERS = 8
#: What rotation needs of an organisation; a turn reads them by the ten thousand.
OF_ORGANISATION = ("name", "kind", "enterprise", "secretary")


@dataclass(frozen=True)
class Books:
    """All that stands in the books about the rotation of one alliance."""

    alliance: Alliance
    #: Those in use: what was switched off counts no more.
    rosters: list[Roster]
    slots: list[RosterSlot]
    memberships: list[Membership]
    #: The organisation that stands for each enterprise; enterprises without one are missing.
    standing_for: dict[int, PartyOrganisation]
    #: Every organisation that is mentioned, by id, with what rotation needs of it; and their names.
    organisations: dict[int, PartyOrganisation]
    names: dict[int, str]
    #: The earliest first.
    terms: list[Term]
    #: Approved ones.
    decisions: list[RotationRequest]

    @cached_property
    def seated(self) -> dict[int, RosterSlot]:
        """By membership: the first slot that seats its enterprise."""
        found: dict[int, RosterSlot] = {}
        for slot in self.slots:
            enterprise = self.organisations[slot.organisation_id].enterprise_id
            for membership in self.memberships:
                if membership.enterprise_id == enterprise and _covers(membership, slot.entered_on):
                    found.setdefault(membership.pk, slot)
        return found

    def entries(self, on: date) -> list[RosterSlot]:
        """Members that the rosters do not list yet, as slots behind the last one; not saved.

        They enter on the day they joined, or after the term that had begun before they came to be eligible: what was
        begun is never decided anew. Only when nobody leads does such a member enter at once.
        """
        if not self.rosters:
            return []
        latest, entries = self.rosters[-1], []
        position = max((slot.position for slot in self.slots if slot.roster_id == latest.pk), default=0)
        for membership in self.memberships:
            organisation = self.standing_for.get(membership.enterprise_id)
            entered_on = max(membership.joined_on, self._open_from(membership, on))
            if organisation and membership.pk not in self.seated and _covers(membership, entered_on):
                position += 1
                entries.append(
                    RosterSlot(roster=latest, organisation=organisation, position=position, entered_on=entered_on)
                )
        return entries

    def _open_from(self, membership: Membership, on: date) -> date:
        if not self.terms:
            return self.rosters[0].effective_on
        last = self.terms[-1]
        if last.outcome == Term.Outcome.SERVING or membership.joined_on > last.starts_on:
            return last.starts_on + ONE_DAY
        return on

    def entered(self, entries: list[RosterSlot]) -> Books:
        """The books with further slots."""
        return replace(self, slots=[*self.slots, *entries]) if entries else self

    @property
    def facts(self) -> Facts:
        """The same for `alliances.rotation.plan`."""
        left_on = {membership.pk: membership.left_on for membership in self.memberships}
        seats = [Seat(slot.organisation_id, slot.entered_on, left_on[pk]) for pk, slot in self.seated.items()]
        orders: dict[int, list[RosterSlot]] = defaultdict(list)
        for slot in self.slots:
            orders[slot.roster_id].append(slot)
        skips, swaps = [], []
        for decision in self.decisions:
            if decision.kind == Kind.SKIP:
                skips.append(Skip(decision.quarter, decision.organisation_id))
            elif decision.kind == Kind.SWAP and decision.other_id:
                # Whichever of the two comes first in that quarter.
                swaps.append(Swap(decision.quarter, decision.organisation_id, decision.other_id))
                swaps.append(Swap(decision.quarter, decision.other_id, decision.organisation_id))
        return Facts(
            rosters=tuple(
                Order(roster.effective_on, tuple(dict.fromkeys(slot.organisation_id for slot in orders[roster.pk])))
                for roster in self.rosters
            ),
            seats=tuple(sorted(seats, key=lambda seat: seat.entered_on)),
            skips=tuple(skips),
            swaps=tuple(swaps),
            held=tuple(
                Held(term.organisation_id, term.starts_on, term.ends_on, term.outcome != Term.Outcome.SERVING)
                for term in self.terms
            ),
        )

    def acting_for(self, term: Term) -> list[Tenure]:
        """The approved acting holders of a term, for no day beyond their own unit's membership."""
        members = {membership.pk: membership for membership in self.memberships}
        left_on = {slot.organisation_id: members[pk].left_on for pk, slot in self.seated.items()}
        found = []
        for decision in self.decisions:
            acting = decision.other_id
            if decision.kind != Kind.ACTING or acting is None or decision.organisation_id != term.organisation_id:
                continue
            leaves_on = left_on.get(acting)
            first, last = max(decision.starts_on, term.starts_on), min(decision.ends_on, term.ends_on)
            last = min(last, leaves_on - ONE_DAY) if leaves_on else last
            if first <= last:
                found.append(Tenure(acting, decision.person, first, last, is_acting=True))
        return found

    def plan(self, until: date) -> Plan:
        return plan(self.facts, until)

    def preview(self, on: date) -> Plan:
        """What comes up to eight quarters after that of `on`, as it looks today, with members not listed yet."""
        ahead = self.entered(self.entries(on))
        return ahead.plan(Quarter.of(on).following(PREVIEW_QUARTERS).starts_on)

    def without_organisation(self, on: date) -> list[Membership]:
        """Members on a day that cannot take part, because they have no Party organisation."""
        found = [each for each in self.memberships if _covers(each, on) and each.enterprise_id not in self.standing_for]
        prefetch_related_objects(found, "enterprise")
        return found

    def eligible(self, on: date) -> list[tuple[Membership, PartyOrganisation]]:
        """Members on a day that can take part, each with the organisation that stands for it."""
        return [
            (each, self.standing_for[each.enterprise_id])
            for each in self.memberships
            if _covers(each, on) and each.enterprise_id in self.standing_for
        ]

    def proposed(self, on: date) -> list[PartyOrganisation]:
        """The list to put before the meeting, in the order of the rule."""
        eligible = self.eligible(on)
        prefetch_related_objects([membership for membership, _ in eligible], "enterprise")
        candidates = [
            Candidate(
                organisation.pk,
                membership.enterprise_id == self.alliance.initiator_id,
                membership.joined_on,
                membership.enterprise.credit_code,
            )
            for membership, organisation in eligible
        ]
        return [self.organisations[pk] for pk in proposed_order(candidates)]


@dataclass(frozen=True)
class Coming:
    """A term that has not begun, as it looks today."""

    term: rotation.Term
    organisation: PartyOrganisation
    explanation: str


@dataclass(frozen=True)
class Rotation:
    """What the tab 轮值 of an alliance shows."""

    #: The roster in force, or the one to come when none is yet; None before the first was adopted.
    roster: Roster | None
    listed: list[RosterSlot]
    #: The term of today with its persons.
    present: Term | None
    #: Who leads today.
    leader: TermHolder | None
    #: The latest first.
    terms: list[Term]
    coming: list[Coming]
    #: Members that cannot take part.
    without_organisation: list[Membership]


def rotation_of(*, alliance: Alliance, today: date) -> Rotation:
    """The rotation of a visible alliance: what was, what is, and what comes in the next eight quarters."""
    books = rotation_books([alliance])[alliance.pk]
    terms = list(
        Term.objects.filter(alliance=alliance)
        .select_related("organisation")
        .prefetch_related("holders__organisation")
        .order_by("-starts_on")
    )
    present = next((term for term in terms if term.starts_on <= today <= term.ends_on), None)
    leaders = present.holders.all() if present else ()
    roster = next((each for each in reversed(books.rosters) if each.effective_on <= today), None)
    roster = roster or next(iter(books.rosters), None)
    listed = RosterSlot.objects.filter(roster=roster).select_related("organisation__enterprise") if roster else ()
    future = [term for term in books.preview(today).terms if term.starts_on > today] if alliance.has_rotation else []
    return Rotation(
        roster=roster,
        listed=list(listed),
        present=present,
        leader=next((each for each in leaders if each.starts_on <= today <= each.ends_on), None),
        terms=terms,
        coming=[Coming(term, books.organisations[term.holder], explained(term, books.names)) for term in future],
        without_organisation=books.without_organisation(today),
    )


def eligible_units(*, alliance: Alliance, on: date) -> list[PartyOrganisation]:
    """The Party organisations that stand for the members of a visible alliance on a day."""
    return [organisation for _, organisation in rotation_books([alliance])[alliance.pk].eligible(on)]


def proposed_units(*, alliance: Alliance, on: date) -> list[PartyOrganisation]:
    """The same in the order of the rule: what is put before the meeting."""
    return rotation_books([alliance])[alliance.pk].proposed(on)


def rotation_request_list(*, actor: Actor, alliance: Alliance) -> QuerySet[RotationRequest]:
    """The requests of a visible alliance, the latest first."""
    requests = RotationRequest.objects.filter(alliance=alliance, alliance__in=visible_alliances(actor))
    return requests.select_related("organisation", "other", "decided_by").order_by("-pk")


def rotation_request_get(*, actor: Actor, pk: int) -> RotationRequest:
    """A request of a visible alliance, or 404."""
    requests = RotationRequest.objects.filter(alliance__in=visible_alliances(actor))
    return get_object_or_404(requests.select_related("alliance", "organisation", "other", "requested_by"), pk=pk)


def term_get(*, actor: Actor, pk: int) -> Term:
    """A term of a visible alliance, or 404."""
    terms = Term.objects.filter(alliance__in=visible_alliances(actor))
    return get_object_or_404(terms.select_related("alliance", "organisation"), pk=pk)


def _covers(membership: Membership, day: date) -> bool:
    return membership.joined_on <= day and (membership.left_on is None or day < membership.left_on)


def rotation_books(alliances: Iterable[Alliance]) -> dict[int, Books]:
    """The books of some visible alliances, in a fixed number of queries."""
    by_id = {alliance.pk: alliance for alliance in alliances}
    in_use = Roster.objects.filter(alliance__in=by_id, ended_on__isnull=True)
    rosters = _grouped(in_use.order_by("version"))
    alliance_of = {roster.pk: roster.alliance_id for group in rosters.values() for roster in group}
    slots: dict[int, list[RosterSlot]] = defaultdict(list)
    for slot in RosterSlot.objects.filter(roster__in=alliance_of).order_by("roster__version", "position"):
        slots[alliance_of[slot.roster_id]].append(slot)
    terms = _grouped(Term.objects.filter(alliance__in=by_id).order_by("starts_on"))
    approved = RotationRequest.objects.filter(alliance__in=by_id, state=State.APPROVED)
    decisions = _grouped(approved.order_by("decided_at", "pk"))
    joined = Membership.objects.filter(alliance__in=by_id)
    memberships = _grouped(joined.order_by("joined_on", "enterprise__credit_code"))
    members = {each.enterprise_id for group in memberships.values() for each in group}
    mentioned = {each.organisation_id for rows in (slots, terms) for group in rows.values() for each in group}
    wanted = PartyOrganisation.objects.filter(Q(enterprise__in=members) | Q(pk__in=mentioned))
    organisations = {organisation.pk: organisation for organisation in wanted.only(*OF_ORGANISATION)}
    names = {pk: organisation.name for pk, organisation in organisations.items()}
    widest = {each.enterprise_id: each for each in sorted(organisations.values(), key=_narrowest_first)}
    books = {}
    for pk, alliance in by_id.items():
        standing_for = {
            each.enterprise_id: widest[each.enterprise_id] for each in memberships[pk] if each.enterprise_id in widest
        }
        for slot in slots[pk]:
            listed = organisations[slot.organisation_id]
            standing_for[listed.enterprise_id] = listed
        books[pk] = Books(
            alliance=alliance,
            rosters=rosters[pk],
            slots=slots[pk],
            memberships=memberships[pk],
            standing_for=standing_for,
            organisations=organisations,
            names=names,
            terms=terms[pk],
            decisions=decisions[pk],
        )
    return books


def _narrowest_first(organisation: PartyOrganisation) -> tuple[int, int]:
    return -RANK[PartyOrganisation.Kind(organisation.kind)], -organisation.pk


def _grouped(rows: QuerySet) -> dict[int, list]:
    groups: dict[int, list] = defaultdict(list)
    for row in rows:
        groups[row.alliance_id].append(row)
    return groups
