"""Reads of typical cases: which somebody sees, what he may do with one, who is told."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404

from enterprises.models import Enterprise
from tenants.models import Role, RoleAssignment
from tenants.permissions import Actor

from .. import cases as rules
from ..cases import PUBLISHED, REVIEWED_BY, Action, Level
from ..cases import State as Stage
from ..models import Alliance, CasePhoto, CaseStep, TypicalCase
from ..permissions import kept_alliances, visible_alliances

State = TypicalCase.State
#: The parts of a case's text: (field, label).
PARTS = (("background", "背景"), ("practice", "做法"), ("effect", "成效"), ("insight", "启示"))


def case_list(*, actor: Actor) -> QuerySet[TypicalCase]:
    """The cases of alliances that the actor may see: all of those whose files he keeps, of the others what has been
    accepted."""
    cases = TypicalCase.objects.all()
    if actor.sees_whole_tenant:
        return cases
    published = Q(state__in=list(PUBLISHED), alliance__in=visible_alliances(actor).order_by().values("pk"))
    return cases.filter(published | Q(alliance__in=kept_alliances(actor).order_by().values("pk")))


def case_get(*, actor: Actor, pk: int) -> TypicalCase:
    """One of them with its alliance, or 404."""
    return get_object_or_404(case_list(actor=actor).select_related("alliance__region"), pk=pk)


def cases_of(*, actor: Actor, alliance: Alliance) -> QuerySet[TypicalCase]:
    """The cases of a visible alliance, the latest first."""
    return case_list(actor=actor).filter(alliance=alliance).order_by("-pk")


def cases_to_compile(*, actor: Actor) -> QuerySet[TypicalCase]:
    """What a booklet may be chosen from: accepted cases, those that no booklet has yet first."""
    accepted = case_list(actor=actor).filter(state__in=list(PUBLISHED))
    return accepted.select_related("alliance__region").order_by("state", "accepted_at", "pk")


def with_contents(cases: QuerySet[TypicalCase]) -> QuerySet[TypicalCase]:
    """Cases with what a booklet quotes of them, in a fixed number of queries."""
    photos = Prefetch("photos", CasePhoto.objects.select_related("file").order_by("pk"))
    enterprises = Prefetch("enterprises", Enterprise.objects.order_by("pinyin", "pk"))
    return cases.select_related("alliance__region").prefetch_related(photos, enterprises)


def step_list(case: TypicalCase) -> list[CaseStep]:
    """What was done with a visible case, in order."""
    return list(case.steps.order_by("position"))


def photo_list(case: TypicalCase) -> QuerySet[CasePhoto]:
    """The photos of a visible case, in the order of the booklet."""
    return CasePhoto.objects.filter(case=case).select_related("file").order_by("pk")


def photo_get(*, actor: Actor, pk: int) -> CasePhoto:
    """A photo of a visible case, or 404."""
    found = CasePhoto.objects.filter(case__in=case_list(actor=actor))
    return get_object_or_404(found.select_related("file", "case__alliance"), pk=pk)


@dataclass(frozen=True)
class CaseRights:
    """What an actor may do with a case now."""

    write: bool
    submit: bool
    take_back: bool
    #: The act by which he agrees; None when it is not his turn.
    approve: Action | None
    send_back: bool


def rights_of(*, actor: Actor, case: TypicalCase, steps: list[CaseStep]) -> CaseRights:
    """The rights of an actor over a visible case whose steps are known."""
    state = Stage(case.state)
    keeps = kept_alliances(actor).filter(pk=case.alliance_id).exists()

    def own(action: Action) -> bool:
        return keeps and rules.after_writing(state, action, county_reviews=False) is not None

    level, is_writer = level_of(actor), actor.user.pk in writers_of(steps)

    def review(action: Action | None) -> bool:
        if level is None or action is None or not keeps:
            return False
        return rules.after_review(state, action, level=level, is_writer=is_writer) is not None

    agrees = rules.approval(state)
    may_agree = review(agrees)
    return CaseRights(
        write=own(Action.WRITE),
        submit=own(Action.SUBMIT),
        # Offices keep alliances' files too; who is to review sends back, with a reason.
        take_back=own(Action.TAKE_BACK) and not may_agree,
        approve=agrees if may_agree else None,
        send_back=review(Action.RETURN),
    )


def level_of(actor: Actor) -> Level | None:
    """As whom the actor reviews: the city's office, or a county's for its own regions."""
    if actor.sees_whole_tenant:
        return Level.CITY
    return Level.COUNTY if Role.COUNTY_STAFF in actor.roles else None


def writers_of(steps: list[CaseStep]) -> set[int]:
    """Who wrote or submitted a case, at any time: none of them reviews it."""
    return {each.user_id for each in steps if each.action in (Action.WRITE, Action.SUBMIT)}


def waiting_for(actor: Actor) -> Q:
    """The condition that a case waits for the actor's review; he did not write or submit it."""
    level = level_of(actor)
    states = [state for state, needed in REVIEWED_BY.items() if needed == level]
    own = CaseStep.objects.filter(user=actor.user, action__in=(Action.WRITE, Action.SUBMIT))
    return Q(state__in=states) & ~Q(pk__in=own.values("case"))


# Who is told


def county_reviewers(alliance: Alliance) -> set[int]:
    """The active accounts (ids) of the county and park offices above an alliance."""
    held = RoleAssignment.objects.filter(role=Role.COUNTY_STAFF, user__is_active=True).select_related("region")
    return {each.user_id for each in held if each.region and alliance.region.path.startswith(each.region.path)}


def city_reviewers() -> set[int]:
    """The active accounts (ids) of the city's office."""
    held = RoleAssignment.objects.filter(role=Role.CITY_STAFF, user__is_active=True)
    return set(held.values_list("user", flat=True))


def case_version(case: TypicalCase) -> str:
    """A digest of what the case says now: an edit that started from another one is not written over it."""
    concerned = sorted(case.concerned.values_list("enterprise_id", flat=True))
    values = [case.title, *(getattr(case, name) for name, _ in PARTS), *map(str, concerned)]
    return sha256("\x1f".join(values).encode()).hexdigest()[:32]
