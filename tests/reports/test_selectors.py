"""Figures over real rows: what is counted, for whom, in how many statements."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliances.models import Alliance
from enterprises.models import Enterprise
from reports.figures import Figures
from reports.periods import quarter_period
from reports.permissions import office_actor
from reports.selectors import cases_for, figures_for, overview_for
from tenants.models import Region, Role, Tenant
from tenants.permissions import Actor
from tests import factories

QUARTER = quarter_period(2026, 3)
TODAY = date(2026, 11, 23)


def figures_of(actor: Actor, region: Region | None = None) -> Figures:
    return figures_for(actor=actor, period_from=QUARTER.start, period_to=QUARTER.end, region=region)


def test_everything_is_counted_once_and_as_of_the_last_day(inside: Tenant):
    found = figures_of(office_actor())
    expected = {
        "alliances": 2,
        "member_enterprises": 2,  # 乙 is in two alliances, 丙 has left
        "enterprises": 3,
        "climbing_enterprises": 1,
        "support_groups_city": 1,
        "support_groups_county": 0,
        "cadres": 1,  # the other was relieved in August
        "party_activities": 1,
        "recruitment_events": 1,
        "members_developed": 3,  # the latest of two reports
        "activists": 4,
        "demands": 3,
        "demands_solved": 2,
        "resolution_rate": Decimal("66.67"),
        "on_time_rate": Decimal("50.00"),
        "satisfaction_rate": Decimal("50.00"),
        "average_days": Decimal("14.5"),
        "loans_wan_yuan": Decimal("939.5000"),
        "talent_introduced": 20,
        "land_mu": 0,
        "policies": 1,
        "resources": 1,
    }
    assert {key: found[key].value for key in expected} == expected


def test_the_period_before_is_compared_where_there_is_one(inside: Tenant):
    found = figures_of(office_actor())
    assert (found["demands"].previous, found["party_activities"].previous) == (1, 1)
    assert found["member_enterprises"].previous == 3
    assert found["cadres"].previous == 2
    assert found["members_developed"].previous is None


def test_county_staff_see_their_county_and_nothing_else(inside: Tenant):
    there = factories.county("鱼台县")
    clerk = factories.actor(Role.COUNTY_STAFF, region=there)
    found = figures_of(clerk)
    assert (found["demands"].value, found["alliances"].value, found["enterprises"].value) == (2, 1, 2)
    assert found["resources"].value == 0, "what another county shares is not counted here"
    overview = overview_for(actor=clerk, period=QUARTER, region=None, today=TODAY)
    assert [part.place.name for part in overview.parts] == ["鱼台县"]
    assert overview.place.name == "鱼台县"
    assert figures_of(office_actor(), there) == found


def test_park_staff_see_the_enterprises_of_their_park(inside: Tenant):
    park = factories.park(parent=factories.county("鱼台县"))
    Enterprise.objects.filter(name="乙公司").update(park=park)
    overview = overview_for(
        actor=factories.actor(Role.COUNTY_STAFF, region=park), period=QUARTER, region=None, today=TODAY
    )
    assert (overview.figures["demands"].value, overview.figures["enterprises"].value) == (2, 1)
    assert overview.parts[0].figures["demands"].value == 2


def test_secretaries_see_their_alliances(inside: Tenant):
    secretary = factories.actor(Role.ALLIANCE_SECRETARY, alliance=Alliance.objects.get(name="甲链联盟"))
    overview = overview_for(actor=secretary, period=QUARTER, region=None, today=TODAY)
    assert overview.place.name == "我的联盟"
    assert (overview.figures["alliances"].value, overview.figures["demands"].value) == (1, 1)
    assert overview.figures["party_activities"].value == 1


@pytest.mark.parametrize("role", [Role.DEPARTMENT, Role.INSTRUCTOR])
def test_others_have_no_figures(inside: Tenant, role: Role):
    actor = factories.actor(role, unit=factories.unit() if role == Role.DEPARTMENT else None)
    with pytest.raises(PermissionDenied):
        figures_of(actor)


def test_table_by_region_adds_up(inside: Tenant):
    overview = overview_for(actor=office_actor(), period=QUARTER, region=None, today=TODAY)
    assert [part.place.name for part in overview.parts] == ["任城区", "鱼台县"]
    for key in ("demands", "demands_solved", "alliances", "party_activities", "loans_wan_yuan"):
        assert sum(part.figures[key].value for part in overview.parts) == overview.figures[key].value


def test_lights_are_those_of_the_day(inside: Tenant):
    def red(today: date) -> int:
        chart = overview_for(actor=office_actor(), period=QUARTER, region=None, today=today).chart("demand-lights")
        return sum(next(series for series in chart.series if series.name == "超期").data)

    assert red(date(2026, 10, 9)) == 0
    assert red(date(2026, 10, 10)) == 1


def test_two_statements_however_many_rows(inside: Tenant):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            overview_for(actor=office_actor(), period=QUARTER, region=None, today=TODAY)
        return len(captured)

    statements()  # reads the calendar, which a transaction does once
    before = statements()
    enterprise = Enterprise.objects.get(name="甲公司")
    for number in range(20):
        factories.demand(enterprise, f"诉求{number}", raised_on=date(2026, 8, 1))
    assert before == statements() == 2


def test_cases_are_the_largest_gains_of_satisfied_enterprises(inside: Tenant):
    place = overview_for(actor=office_actor(), period=QUARTER, region=None, today=TODAY).place
    titles = [case.title for case in cases_for(actor=office_actor(), period=QUARTER, place=place)]
    # 乙公司 was dissatisfied, so its 20 people are no case.
    assert titles == ["为甲公司协调发放贷款939.5万元", "学习党的二十大精神"]
