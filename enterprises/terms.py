"""Terms of the support forces: from a day to a day, and how strong a team is (domain.md §2). No ORM, no clock."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

#: 红帆指导员 team: one leader and two to three members.
MEMBERS_LEAST, MEMBERS_MOST = 2, 3


#: From so many days before its last day on, a certificate runs out.
EXPIRING_DAYS = 60


class Certificate(StrEnum):
    """How a full-time worker's certificate stands on a day; the values are those of the list's filter."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"


def certificate(until: date | None, day: date) -> Certificate | None:
    """Valid through its last day; None where no last day is known."""
    if until is None:
        return None
    if day > until:
        return Certificate.EXPIRED
    return Certificate.EXPIRING if (until - day).days <= EXPIRING_DAYS else Certificate.VALID


class Standing(StrEnum):
    """Where a day stands to a term."""

    AHEAD = "ahead"
    PRESENT = "present"
    OVER = "over"


def standing(starts_on: date, ends_on: date | None, day: date) -> Standing:
    """The first and the last day belong to the term; without a last day it goes on."""
    if day < starts_on:
        return Standing.AHEAD
    return Standing.OVER if ends_on is not None and day > ends_on else Standing.PRESENT


def strength(leaders: int, members: int) -> str:
    """What a team lacks against 1 leader + 2–3 members, as a sentence; empty where nothing is amiss.

    A warning: who was sent stays sent, the office completes the team.
    """
    amiss = []
    if leaders < 1:
        amiss.append("没有团长")
    if members < MEMBERS_LEAST:
        amiss.append(f"成员只有 {members} 名，还差 {MEMBERS_LEAST - members} 名" if members else "没有成员")
    elif members > MEMBERS_MOST:
        amiss.append(f"成员有 {members} 名，超过 {MEMBERS_MOST} 名")
    return "，".join(amiss)


def overlapping(starts_on: date, ends_on: date | None, other_starts_on: date, other_ends_on: date | None) -> bool:
    """Whether two terms have a day in common."""
    return (ends_on is None or other_starts_on <= ends_on) and (other_ends_on is None or starts_on <= other_ends_on)


def in_words(day: date) -> str:
    """`2026年11月22日`."""
    return f"{day.year}年{day.month}月{day.day}日"
