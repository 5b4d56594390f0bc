"""Pairings, agreements and shared venues of the sample city's busiest alliance, one in each state. May run again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from alliances.models import Agreement, Alliance
from alliances.selectors.cooperation import members_of
from alliances.services.agreements import AgreementEntry, agreement_end, agreement_register
from alliances.services.venues import VenueEntry, venue_book, venue_offer
from tenants.permissions import Actor

Kind = Agreement.Kind
#: (kind, subject, outside, days since signed, days to go); no days to go: no end named.
AGREEMENTS = (
    (Kind.PAIRED_BRANCHES, "机关支部与企业支部结对共建", "市科学技术局机关党委", 300, None),
    (Kind.PAIRED_RESEARCH, "新产品联合研发", "齐鲁工业大学", 200, 500),
    (Kind.PAIRED_TRADE, "上下游配套供货", "", 345, 20),
    (Kind.FINANCE, "产业链专项授信", "济宁银行", 380, -12),
    (Kind.TRADE, "包装物集中采购", "", 250, 100),
)


def cooperation_ensure(admin: Actor, alliance: Alliance) -> None:
    """Agreements that hold, end soon, have run out and were ended; a venue with two bookings, another not open now."""
    now, members = timezone.now(), list(members_of(alliance)[:4])
    today = timezone.localdate(now)
    if len(members) < 4:
        return
    for number, (kind, subject, outside, since, left) in enumerate(AGREEMENTS, 1):
        entry = AgreementEntry(
            kind=kind,
            subject=subject,
            signed_on=today - timedelta(days=since),
            valid_until=None if left is None else today + timedelta(days=left),
            parties=members[:1] if outside else members[:2],
            outside=outside,
            content="双方党组织定期会商，按需对接生产、技术和人才。",
        )
        made = agreement_register(
            actor=admin, alliance=alliance, entry=entry, token=UUID(int=7_000 + number), today=today
        )
        if kind == Kind.TRADE and made.ended_on is None:
            agreement_end(actor=admin, agreement=made, ended_on=today, reason="改由联盟统一采购。", today=today)
    hall = VenueEntry(
        name="党群服务中心报告厅",
        place="厂区办公楼一楼",
        opens=time(8, 30),
        closes=time(20, 0),
        capacity=120,
        purpose="党课、培训、招聘会；有投影和音响",
        contact_name="王静",
        contact_phone="13905370002",
    )
    closed = VenueEntry(
        name="焊工实训车间",
        place="二号厂房",
        opens=time(8, 0),
        closes=time(17, 0),
        capacity=30,
        purpose="技能培训",
        is_offered=False,
    )
    venue = venue_offer(actor=admin, alliance=alliance, enterprise=members[0], entry=hall, token=UUID(int=7_101))
    venue_offer(actor=admin, alliance=alliance, enterprise=members[1], entry=closed, token=UUID(int=7_102))
    if venue.bookings.exists():
        return
    for number, (unit, purpose) in enumerate(((members[1], "技能比武决赛"), (members[2], "企业家下午茶")), 1):
        day = today + timedelta(days=number)
        venue_book(
            actor=admin,
            venue=venue,
            enterprise=unit,
            starts_at=timezone.make_aware(datetime.combine(day, time(14, 0))),
            ends_at=timezone.make_aware(datetime.combine(day, time(16, 30))),
            purpose=purpose,
            token=UUID(int=7_200 + number),
            now=now,
        )
