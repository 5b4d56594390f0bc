"""Meetings as a calendar that other programs subscribe to (RFC 5545). Plain function: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

#: Meetings have no end in the books; calendars want one.
LASTS = timedelta(hours=2)
PRODUCT = "-//alliance-portal//meetings//ZH"


@dataclass(frozen=True)
class Entry:
    """One meeting: what its title, time and place are, and whether it is off. `changed` counts its edits."""

    uid: str
    title: str
    starts_at: datetime
    place: str
    note: str
    url: str
    is_off: bool
    changed: int


def calendar_ics(name: str, entries: Iterable[Entry], now: datetime) -> bytes:
    """The calendar's file; `now` is when it was asked for."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", now)
        event.add("dtstart", entry.starts_at)
        event.add("dtend", entry.starts_at + LASTS)
        event.add("summary", entry.title)
        event.add("location", entry.place)
        event.add("description", entry.note)
        event.add("url", entry.url)
        event.add("sequence", entry.changed)
        event.add("status", "CANCELLED" if entry.is_off else "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
