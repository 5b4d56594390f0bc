"""Agreements and shared venues."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from alliances.models import Agreement, AgreementParty, Alliance, Venue, VenueBooking
from enterprises.models import Enterprise
from tenants import search
from tenants.models import User


def agreement(alliance: Alliance, *parties: Enterprise, **values: Any) -> Agreement:
    defaults = {
        "kind": Agreement.Kind.FINANCE,
        "subject": "产业链专项授信",
        "outside": "济宁银行",
        "signed_on": date(2026, 1, 5),
        "form_token": uuid4(),
    }
    made = Agreement.objects.create(alliance=alliance, **(defaults | values))
    AgreementParty.objects.bulk_create(AgreementParty(agreement=made, enterprise=each) for each in parties)
    search.index([made])
    return made


def venue(alliance: Alliance, enterprise: Enterprise, **values: Any) -> Venue:
    defaults = {
        "name": "报告厅",
        "place": "办公楼一楼",
        "opens": time(8, 30),
        "closes": time(17, 30),
        "contact_name": "王静",
        "contact_phone": "13905370002",
        "form_token": uuid4(),
    }
    made = Venue.objects.create(alliance=alliance, enterprise=enterprise, **(defaults | values))
    search.index([made])
    return made


def booking(venue: Venue, user: User, **values: Any) -> VenueBooking:
    """Two hours tomorrow afternoon."""
    day = timezone.localdate() + timedelta(days=1)
    defaults = {
        "enterprise": venue.enterprise,
        "purpose": "技能培训",
        "starts_at": timezone.make_aware(datetime.combine(day, time(14, 0))),
        "ends_at": timezone.make_aware(datetime.combine(day, time(16, 0))),
        "booked_by": user,
        "form_token": uuid4(),
    }
    return VenueBooking.objects.create(venue=venue, **(defaults | values))
