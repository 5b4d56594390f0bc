"""A city with two counties whose numbers one can add up by heart, and a neighbour that must never show."""

from datetime import date

from alliances.models import Activity
from demands.models import Demand
from enterprises.models import PartyOrganisationCount, SupportGroup
from tenants.models import DictionaryEntry
from tests import factories

Kind = DictionaryEntry.Kind
#: What stands in the neighbour's rows and nowhere else.
SECRET = "绝密机械"


def build() -> None:
    """Third quarter of 2026 in 任城区 and 鱼台县; one demand in the quarter before. In the open tenant scope."""
    here, there = factories.county("任城区"), factories.county("鱼台县")
    first = factories.enterprise("甲公司", region=here, is_climbing=True)
    second = factories.enterprise("乙公司", region=there)
    third = factories.enterprise("丙公司", region=there)
    one = factories.alliance(first, second, name="甲链联盟", region=here)
    other = factories.alliance(second, name="乙链联盟", region=there)
    factories.membership(other, third, joined_on=date(2025, 7, 1), left_on=date(2026, 7, 1))
    group = factories.support_group(first, region=here, level=SupportGroup.Level.CITY)
    factories.cadre(group)
    factories.cadre(group, "钱亮", assigned_on=date(2026, 1, 1), relieved_on=date(2026, 8, 1))
    organisation = factories.party_organisation(first)
    PartyOrganisationCount.objects.create(
        organisation=organisation, reported_on=date(2026, 7, 31), members=5, developed=1, activists=2
    )
    PartyOrganisationCount.objects.filter(reported_on=date(2026, 9, 30)).update(developed=3, activists=4)
    factories.activity(one, held_on=date(2026, 8, 9), head_count=40, outcome="达成意向3项")
    factories.activity(
        other, topic="招聘会", held_on=date(2026, 9, 1), type=factories.entry(Kind.ACTIVITY_TYPE, "用工招聘")
    )
    factories.activity(one, topic="旧事", held_on=date(2026, 6, 30))
    closed = {"state": Demand.State.CLOSED, "result": Demand.Result.SOLVED, "closed_on": date(2026, 7, 20)}
    factories.demand(
        first,
        "需要贷款",
        alliance=one,
        raised_on=date(2026, 7, 10),
        due_on=date(2026, 7, 19),
        rating=5,
        loan="939.5",
        **closed,
    )
    factories.demand(
        second, "需要焊工", raised_on=date(2026, 7, 1), due_on=date(2026, 7, 31), rating=2, talent=20, **closed
    )
    factories.demand(second, "需要厂房", raised_on=date(2026, 9, 30), due_on=date(2026, 10, 9))
    factories.demand(third, "上季度的事", raised_on=date(2026, 6, 30))
    factories.policy()
    factories.resource(first, alliance=one, published_on=date(2026, 8, 1))


def neighbour() -> None:
    """Rows of another tenant in the same period, with numbers that would stand out."""
    enterprise = factories.enterprise(f"{SECRET}有限公司", is_climbing=True)
    alliance = factories.alliance(enterprise, name=f"{SECRET}联盟")
    factories.activity(
        alliance, topic=f"{SECRET}大会", held_on=date(2026, 8, 1), head_count=9999, outcome=f"{SECRET}签约"
    )
    for number in range(7):
        factories.demand(
            enterprise,
            f"{SECRET}诉求{number}",
            raised_on=date(2026, 8, 1),
            state=Demand.State.CLOSED,
            result=Demand.Result.SOLVED,
            closed_on=date(2026, 8, 2),
            loan="777777",
            rating=5,
        )
    assert Activity.objects.filter(topic__contains=SECRET).exists()
