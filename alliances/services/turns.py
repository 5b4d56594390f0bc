"""The turn of the quarter: what the facts say as of a moment is written down, each thing once (domain.md §3).

State decides what is due, not the schedule: a run at any moment, late or repeated, brings the books to what they should
be then, in one transaction. A moment before what was already begun changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.timezone import localdate

from notices.services import Message, notices_send

from .. import rotation
from ..models import Alliance, AlliancePermission, Roster, RosterSlot, Term, TermHolder
from ..permissions import CHAIR
from ..rotation_wording import explained, in_words
from ..selectors.handovers import accounts_of, secretaries_of
from ..selectors.rotation import Books, rotation_books
from ..tenures import Tenure, fitted, overlaid, own_only, with_person
from .handovers import handovers_open

#: How many days before a turn the units are told.
NOTICE_DAYS = (15, 7, 1)
Outcome = Term.Outcome


@dataclass
class Turned:
    """What one run changed: the terms it opened and closed, and how many messages it wrote."""

    opened: list[Term] = field(default_factory=list)
    closed: list[Term] = field(default_factory=list)
    notices: int = 0


@transaction.atomic
def rotation_turn(*, at: datetime) -> Turned:
    """Bring terms, their persons, rights and messages of the open tenant to what they should be at `at`."""
    on, turned = localdate(at), Turned()
    alliances = Alliance.objects.filter(Exists(Roster.objects.filter(alliance=OuterRef("pk"), ended_on__isnull=True)))
    # Always in the same order, so that two runs at once wait for each other instead of deadlocking.
    locked = rotation_books(alliances.select_for_update(no_key=True).order_by("pk")).values()
    due = [books for books in locked if not _is_ahead(books, on)]
    ended = _rotations_end([books for books in due if not books.alliance.has_rotation], on)
    all_books = [books for books in due if books.alliance.has_rotation]
    entries = {books.alliance.pk: books.entries(on) for books in all_books}
    RosterSlot.objects.bulk_create(entry for group in entries.values() for entry in group)
    all_books = [books.entered(entries[books.alliance.pk]) for books in all_books]
    plans = {books.alliance.pk: books.plan(on + timedelta(days=max(NOTICE_DAYS))).terms for books in all_books}
    _terms_write(all_books, plans, on, turned)
    known = [term for books in all_books for term in books.terms]
    serving = [term for term in (*known, *turned.opened) if term.outcome == Outcome.SERVING]
    tenures_write(all_books, [*serving, *turned.closed], on)
    rights_write(plans, on)
    turned.closed += ended
    turned.notices = handovers_open(_successions(all_books, turned.opened)) + _notices_write(all_books, plans, on)
    return turned


def _successions(all_books: Iterable[Books], opened: Iterable[Term]) -> list[tuple[Term, Term]]:
    """Each term opened now with the one before it. An alliance whose rotation had none yet is being laid out: its
    earlier turns were handed over on paper."""
    opened_of: dict[int, list[Term]] = defaultdict(list)
    for term in opened:
        opened_of[term.alliance_id].append(term)
    pairs: list[tuple[Term, Term]] = []
    for books in all_books:
        opened_now = opened_of[books.alliance.pk]
        if opened_now and books.terms and books.terms[-1].starts_on >= books.rosters[0].effective_on:
            last = books.terms[-1]
            last.organisation = books.organisations[last.organisation_id]
            pairs += pairwise([last, *opened_now])
    return pairs


def _rotations_end(all_books: list[Books], on: date) -> list[Term]:
    """Where rotation was switched off: the present term ends on that day, the right with it; the rosters are done with.

    Switched on again, an alliance needs a new roster: the time between was nobody's turn. Returns the terms ended.
    """
    if not all_books:
        return []
    ended = []
    for books in all_books:
        for term in books.terms:
            if term.outcome == Outcome.SERVING:
                over = term.ends_on < on
                term.outcome = Outcome.COMPLETED if over else Outcome.TERMINATED
                term.ends_on = term.ends_on if over else on
                term.alliance, term.organisation = books.alliance, books.organisations[term.organisation_id]
                ended.append(term)
    _ends_update(ended)
    tenures_write(all_books, ended, on)
    Roster.objects.filter(pk__in=[roster.pk for books in all_books for roster in books.rosters]).update(ended_on=on)
    rights_write([books.alliance.pk for books in all_books], on)
    return ended


def _is_ahead(books: Books, on: date) -> bool:
    return bool(books.terms) and books.terms[-1].starts_on > on


def _terms_write(all_books: list[Books], plans: dict[int, tuple[rotation.Term, ...]], on: date, turned: Turned) -> None:
    changed = []
    for books in all_books:
        known = {term.starts_on: term for term in books.terms}
        for planned in plans[books.alliance.pk]:
            if planned.starts_on > on:
                break
            outcome = _outcome(planned, on)
            term = known.get(planned.starts_on)
            if term is None:
                term = _new_term(books, planned)
                turned.opened.append(term)
            elif term.outcome != Outcome.SERVING or (term.ends_on, term.outcome) == (planned.ends_on, outcome):
                continue
            else:
                term.alliance, term.organisation = books.alliance, books.organisations[planned.holder]
                changed.append(term)
            term.ends_on, term.outcome = planned.ends_on, outcome
            if outcome != Outcome.SERVING:
                turned.closed.append(term)
    # First what ends, then what follows: the database lets no two terms of an alliance overlap.
    _ends_update(changed)
    Term.objects.bulk_create(turned.opened)


def _ends_update(terms: Iterable[Term]) -> None:
    """Write how terms end. Most end alike, so one statement for each day and outcome is cheaper than one with a case
    for each term."""
    alike: dict[tuple[date, str], list[int]] = defaultdict(list)
    for term in terms:
        alike[term.ends_on, term.outcome].append(term.pk)
    for (ends_on, outcome), ids in alike.items():
        Term.objects.filter(pk__in=ids).update(ends_on=ends_on, outcome=outcome)


def _outcome(planned: rotation.Term, on: date) -> Outcome:
    if planned.ends_on >= on:
        return Outcome.SERVING
    return Outcome.TERMINATED if planned.ends_early else Outcome.COMPLETED


def _new_term(books: Books, planned: rotation.Term) -> Term:
    return Term(
        alliance=books.alliance,
        organisation=books.organisations[planned.holder],
        year=planned.quarter.year,
        quarter=planned.quarter.number,
        is_regular=planned.is_regular,
        reason=planned.reason.value,
        explanation=explained(planned, books.names),
        starts_on=planned.starts_on,
    )


def tenures_write(all_books: Sequence[Books], terms: Sequence[Term], on: date) -> None:
    """Divide terms among the persons that exercise them: the unit's secretary and approved acting holders.

    In a serving term a secretary who changed meanwhile takes over as of `on`.
    """
    books_of = {books.alliance.pk: books for books in all_books}
    kept: dict[int, list[TermHolder]] = defaultdict(list)
    for holder in TermHolder.objects.filter(term__in=[term.pk for term in terms]).order_by("starts_on"):
        kept[holder.term_id].append(holder)
    outdated: list[int] = []
    new: list[TermHolder] = []
    for term in terms:
        before = tuple(
            Tenure(each.organisation_id, each.person, each.starts_on, each.ends_on, each.is_acting)
            for each in kept[term.pk]
        )
        after = _tenures(books_of[term.alliance_id], term, before, on)
        if after != before:
            outdated += [each.pk for each in kept[term.pk]]
            new += [_holder(term, tenure) for tenure in after]
    if outdated:
        TermHolder.objects.filter(pk__in=outdated).delete()
    TermHolder.objects.bulk_create(new)


def _tenures(books: Books, term: Term, before: tuple[Tenure, ...], on: date) -> tuple[Tenure, ...]:
    secretary = books.organisations[term.organisation_id].secretary
    whole = Tenure(term.organisation_id, secretary, term.starts_on, term.ends_on)
    tenures = fitted(own_only(before) or (whole,), term.ends_on)
    if term.outcome == Outcome.SERVING and secretary:
        tenures = with_person(tenures, secretary, max(on, term.starts_on))
    for acting in books.acting_for(term):
        tenures = overlaid(tenures, acting)
    return tenures


def _holder(term: Term, tenure: Tenure) -> TermHolder:
    return TermHolder(
        term=term,
        organisation_id=tenure.holder,
        person=tenure.person,
        starts_on=tenure.starts_on,
        ends_on=tenure.ends_on,
        is_acting=tenure.is_acting,
    )


def rights_write(alliance_ids: Iterable[int], on: date) -> None:
    """Give the right to lead each alliance to whoever exercises its term on `on`, until his last day, and take it from
    all others."""
    serving = TermHolder.objects.filter(
        term__alliance__in=alliance_ids, term__outcome=Outcome.SERVING, starts_on__lte=on, ends_on__gte=on
    ).values_list("term__alliance", "organisation", "ends_on")
    leading = accounts_of({unit for _, unit, _ in serving})
    wanted = {
        (alliance, user): ends_on for alliance, organisation, ends_on in serving for user in leading[organisation]
    }
    permission = Permission.objects.get(codename=CHAIR, content_type__app_label="alliances")
    granted = AlliancePermission.objects.filter(permission=permission, content_object__in=alliance_ids)
    held = {
        (alliance, user): (pk, until)
        for pk, alliance, user, until in granted.values_list("pk", "content_object_id", "user_id", "until")
    }
    outdated = [pk for pair, (pk, until) in held.items() if pair not in wanted or wanted[pair] != until]
    AlliancePermission.objects.filter(pk__in=outdated).delete()
    AlliancePermission.objects.bulk_create(
        AlliancePermission(content_object_id=alliance, user_id=user, permission=permission, until=until)
        for (alliance, user), until in sorted(wanted.items())
        if (alliance, user) not in held or held[alliance, user][1] != until
    )


def _notices_write(all_books: list[Books], plans: dict[int, tuple[rotation.Term, ...]], on: date) -> int:
    """Tell the next unit, the present one and the alliance's secretary of a turn 15, 7 and 1 days ahead.

    A run that comes late tells once of what is due now, not of each day it missed.
    """
    due = []
    for books in all_books:
        coming = next((term for term in plans[books.alliance.pk] if term.starts_on > on), None)
        if coming:
            due.append((books, coming))
    if not due:
        return 0
    present = {books.alliance.pk: _holders_on(plans[books.alliance.pk], on) for books, _ in due}
    units = {coming.holder for _, coming in due}.union(*present.values())
    leading = accounts_of(units)
    secretaries = secretaries_of(present)
    messages = []
    for books, coming in due:
        alliance = books.alliance
        days = (coming.starts_on - on).days
        step = min(step for step in NOTICE_DAYS if days <= step)
        told = [coming.holder, *present[alliance.pk]]
        recipients = [*secretaries[alliance.pk], *(user for unit in told for user in leading[unit])]
        messages.append(
            Message(
                recipients=tuple(recipients),
                key=f"rotation:{alliance.pk}:{coming.starts_on}:{coming.holder}:{step}",
                title=f"{days}天后轮值：{books.names[coming.holder]}接任{alliance.name}",
                body=(
                    f"{in_words(coming.starts_on)}起，{alliance.name}由{books.names[coming.holder]}轮值，"
                    f"至{in_words(coming.ends_on)}。{explained(coming, books.names)}"
                ),
                url=reverse("alliances:rotation", args=[alliance.pk]),
            )
        )
    return notices_send(messages)


def _holders_on(terms: Iterable[rotation.Term], on: date) -> set[int]:
    return {term.holder for term in terms if term.starts_on <= on <= term.ends_on}
