"""This quarter's visits of the sample city's groups. May run again."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from enterprises.models import SupportedEnterprise
from enterprises.selectors import quarter_start
from enterprises.services import VisitEntry, visit_record
from tenants.permissions import Actor

ENTERPRISES = 40
#: (what was seen, what the enterprise asks for)
STORIES = (
    ("到车间了解生产和订单情况，宣讲技改贴息政策。", ""),
    ("与企业负责人、党支部书记座谈，了解四季度用工安排。", "春节前后普工缺口较大，希望帮助组织招聘。"),
    ("送政策上门，逐条核对企业可以申报的惠企政策。", ""),
    ("查看新上项目进度，协调施工用电事宜。", "车间需要增容，希望供电公司上门勘察。"),
    ("了解原材料价格和流动资金情况。", "回款周期变长，希望对接银行续贷。"),
)


def visits_ensure(admin: Actor, today: date) -> None:
    """One visit to each of some key enterprises by the group that serves it, on the days of this quarter so far."""
    served = SupportedEnterprise.objects.filter(enterprise__is_climbing=True).select_related("enterprise", "group")
    days = (today - quarter_start(today)).days + 1
    for number, row in enumerate(served.order_by("group__level", "pk")[:ENTERPRISES]):
        leader = row.group.cadres.order_by("-is_leader", "pk").first()
        content, needs = STORIES[number % len(STORIES)]
        entry = VisitEntry(
            visited_on=quarter_start(today) + timedelta(days=number * 7 % days),
            visitors=leader.name if leader else row.group.name,
            content=content,
            needs=needs,
            group=row.group,
        )
        # One form for each enterprise and quarter: recorded once, whatever happens.
        form = UUID(int=row.pk * 1_000_000 + quarter_start(today).toordinal())
        visit_record(actor=admin, enterprise=row.enterprise, entry=entry, token=form, today=today)
