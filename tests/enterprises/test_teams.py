"""红帆指导员 teams: dated people and enterprises; the account's scope follows them, and ends by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enterprises.models import EnterprisePermission, InstructorTeam, TeamAssignment, TeamMember
from enterprises.selectors import visit_coverage
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, queries_of
from tests.factories import Sample

ONE_DAY = timedelta(days=1)


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.COUNTY_STAFF, region=sample.county)


@pytest.fixture
def team(sample: Sample, tenant: Tenant) -> InstructorTeam:
    """A team without people and without enterprises."""
    with tenant_scope(tenant):
        return factories.team(name="任城区红帆一团", region=sample.county)


def joining(**values: Any) -> dict[str, Any]:
    said = {"person": "刘洋", "position": "区财政局副局长", "starts_on": "2026-03-01", "token": str(uuid4())}
    return said | values


def sending(**values: Any) -> dict[str, Any]:
    return {"starts_on": "2026-03-01", "token": str(uuid4())} | values


def post(client: Client, route: str, pk: int, data: dict[str, Any]) -> Any:
    return client.post(reverse(f"enterprises:{route}", args=[pk]), data)


def test_a_county_registers_a_team_once(staff: Client, sample: Sample, tenant: Tenant) -> None:
    data = {"name": "任城区红帆二团", "region": sample.county.pk, "studio": "李敏工作室"}
    for _ in range(2):
        assert staff.post(reverse("enterprises:team_create"), data).status_code == 302
    with tenant_scope(tenant):
        made = InstructorTeam.objects.get(name="任城区红帆二团")
    listed = staff.get(reverse("enterprises:team_list"), {"q": "hfet"})
    assert list(listed.context["page"].object_list) == [made]
    assert "没有团长" in listed.content.decode()


def test_a_county_registers_no_team_elsewhere(staff: Client, sample: Sample) -> None:
    data = {"name": "鱼台县红帆团", "region": sample.other_county.pk, "studio": ""}
    page = staff.post(reverse("enterprises:team_create"), data)
    assert page.status_code == 422
    assert "没有这个选项" in page.content.decode()
    assert post(staff, "team_join", sample.other_team.pk, joining()).status_code == 404


def test_a_name_is_taken_once(staff: Client, sample: Sample, team: InstructorTeam) -> None:
    data = {"name": team.name, "region": sample.county.pk, "studio": "别的工作室"}
    page = staff.post(reverse("enterprises:team_create"), data)
    assert page.status_code == 422
    assert "已有名为" in page.content.decode()
    assert "别的工作室" in page.content.decode()


def test_a_small_team_is_warned_about_and_stands(staff: Client, team: InstructorTeam) -> None:
    address = reverse("enterprises:team_detail", args=[team.pk])
    assert staff.get(address).context["warning"] == "没有团长，没有成员"
    for person, leads in (("王静", "leader"), ("刘洋", ""), ("陈晨", "")):
        assert post(staff, "team_join", team.pk, joining(person=person, is_leader=leads)).status_code == 302
    page = staff.get(address)
    assert page.context["warning"] == ""
    assert [each.person for each in page.context["members"]] == ["王静", "刘洋", "陈晨"]


def test_a_form_sent_twice_makes_one_member(staff: Client, team: InstructorTeam, tenant: Tenant) -> None:
    data = joining()
    for _ in range(2):
        assert post(staff, "team_join", team.pk, data).status_code == 302
    with tenant_scope(tenant):
        assert team.members.count() == 1


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"person": "王静"}, "person", "已在团队里"),
        ({"is_leader": "leader"}, "is_leader", "请先登记他退出"),
        ({"starts_on": "2206-03-01"}, "starts_on", "请核对年份"),
        ({"ends_on": "2026-02-01"}, "ends_on", "不能早于"),
        ({"person": ""}, "person", "请填写“姓名”"),
    ],
)
def test_wrong_entries_are_named_and_nothing_is_lost(
    staff: Client, team: InstructorTeam, tenant: Tenant, values: dict[str, str], field: str, sentence: str
) -> None:
    with tenant_scope(tenant):
        factories.team_member(team, "王静", is_leader=True)
    page = post(staff, "team_join", team.pk, joining(position="区财政局副局长") | values)
    assert page.status_code == 422
    assert sentence in page.context["form"].errors[field][0]
    assert "区财政局副局长" in page.content.decode()
    with tenant_scope(tenant):
        assert team.members.count() == 1


def test_a_new_leader_follows_the_old_one_and_history_stays(
    staff: Client, team: InstructorTeam, tenant: Tenant
) -> None:
    with tenant_scope(tenant):
        leader = factories.team_member(team, "王静", is_leader=True, starts_on=date(2026, 1, 1))
    end = {"ends_on": "2026-06-30", "reason": "工作调动"}
    for _ in range(2):
        assert post(staff, "team_leave", leader.pk, end).status_code == 302
    page = post(staff, "team_join", team.pk, joining(person="孙伟", is_leader="leader", starts_on="2026-07-01"))
    assert page.status_code == 302
    shown = staff.get(reverse("enterprises:team_detail", args=[team.pk]))
    assert [each.person for each in shown.context["former"]] == ["王静"]
    assert "工作调动" in shown.content.decode()


def test_the_right_opens_with_the_assignment_and_closes_with_its_last_day(
    staff: Client, sample: Sample, team: InstructorTeam, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_scope(tenant):
        actor = factories.actor(Role.INSTRUCTOR)
        factories.team_member(team, "刘洋", account=actor.user, starts_on=date(2026, 1, 1))
    client = factories.sign_in(actor.user)
    today = timezone.localdate()
    starts_on, ends_on = today + 2 * ONE_DAY, today + 5 * ONE_DAY
    data = sending(enterprise=sample.enterprise.name, starts_on=str(starts_on), ends_on=str(ends_on))
    for _ in range(2):
        assert post(staff, "team_assign", team.pk, data).status_code == 302
    with tenant_scope(tenant):
        assert TeamAssignment.objects.filter(team=team).count() == 1
        assert not EnterprisePermission.objects.filter(user=actor.user).exists()

    def seen(day: date) -> tuple[int, int]:
        """What the instructor gets on a day: the enterprise's page, the form of a visit."""
        monkeypatch.setattr("enterprises.permissions.localdate", lambda: day)
        detail, visit = (
            client.get(reverse(each, args=[sample.enterprise.pk])).status_code
            for each in ("enterprises:detail", "enterprises:visit_create")
        )
        return detail, visit

    # No job runs in between: the days alone decide.
    assert seen(starts_on - ONE_DAY) == (404, 404)
    assert seen(starts_on) == (200, 200)
    assert seen(ends_on) == (200, 200)
    assert seen(ends_on + ONE_DAY) == (404, 404)


@pytest.mark.parametrize("ended", ["member", "assignment", "role"])
def test_the_right_needs_member_assignment_and_role_alike(
    sample: Sample, team: InstructorTeam, tenant: Tenant, ended: str
) -> None:
    yesterday = timezone.localdate() - ONE_DAY
    with tenant_scope(tenant):
        actor = factories.actor(Role.INSTRUCTOR if ended != "role" else Role.ENTERPRISE)
        member = factories.team_member(team, "刘洋", account=actor.user)
        row = TeamAssignment.objects.create(
            team=team, enterprise=sample.enterprise, starts_on=member.starts_on, form_token=uuid4()
        )
    client = factories.sign_in(actor.user)
    address = reverse("enterprises:detail", args=[sample.enterprise.pk])
    assert client.get(address).status_code == (404 if ended == "role" else 200)
    with tenant_scope(tenant):
        TeamMember.objects.filter(pk=member.pk if ended == "member" else 0).update(ends_on=yesterday)
        TeamAssignment.objects.filter(pk=row.pk if ended == "assignment" else 0).update(ends_on=yesterday)
    assert client.get(address).status_code == 404


def test_an_instructor_works_for_the_teams_enterprise(sample: Sample, team: InstructorTeam, tenant: Tenant) -> None:
    """Everything that asks for the right finds it: demands, alliances, visits, the lists."""
    with tenant_scope(tenant):
        actor = factories.actor(Role.INSTRUCTOR)
        factories.team_member(team, "刘洋", account=actor.user)
        TeamAssignment.objects.create(
            team=team, enterprise=sample.enterprise, starts_on=date(2026, 1, 1), form_token=uuid4()
        )
    client = factories.sign_in(actor.user)
    found = client.get(reverse("enterprises:list")).context["page"].object_list
    assert [each.pk for each in found] == [sample.enterprise.pk]
    for route, row in (
        ("alliances:detail", sample.alliance),
        ("alliances:members", sample.alliance),
        ("alliances:meetings", sample.alliance),
        ("enterprises:team_detail", team),
    ):
        assert client.get(reverse(route, args=[row.pk])).status_code == 200, route
    for demand, status in ((sample.demand, 200), (sample.other_demand, 404)):
        assert client.get(reverse("demands:detail", args=[demand.number])).status_code == status


def test_an_assignment_is_ended_with_a_reason(
    staff: Client, sample: Sample, team: InstructorTeam, tenant: Tenant
) -> None:
    assert post(staff, "team_assign", team.pk, sending(enterprise=sample.enterprise.credit_code)).status_code == 302
    again = post(staff, "team_assign", team.pk, sending(enterprise=sample.enterprise.name, starts_on="2026-05-01"))
    assert again.status_code == 422
    assert "已派驻" in again.context["form"].errors["enterprise"][0]
    with tenant_scope(tenant):
        row = team.assignments.get()
    early = post(staff, "team_unassign", row.pk, {"ends_on": "2026-01-01", "reason": "企业迁出"})
    assert "不能早于" in early.context["form"].errors["ends_on"][0]
    assert post(staff, "team_unassign", row.pk, {"ends_on": "2026-04-30", "reason": "企业迁出"}).status_code == 302
    assert post(staff, "team_assign", team.pk, sending(enterprise=sample.enterprise.name, starts_on="2026-05-01"))
    page = staff.get(reverse("enterprises:team_detail", args=[team.pk]))
    assert [each.pk for each in page.context["ended"]] == [row.pk]
    assert len(page.context["assignments"]) == 1


def test_a_county_sends_its_team_to_what_it_sees(staff: Client, sample: Sample, team: InstructorTeam) -> None:
    page = post(staff, "team_assign", team.pk, sending(enterprise=sample.other_enterprise.name))
    assert page.status_code == 422
    assert "您能看到的企业里没有" in page.context["form"].errors["enterprise"][0]


def test_the_enterprise_shows_who_guides_it(staff: Client, sample: Sample, team: InstructorTeam) -> None:
    post(staff, "team_join", team.pk, joining(person="欧阳明"))
    post(staff, "team_assign", team.pk, sending(enterprise=sample.enterprise.name))
    page = staff.get(reverse("enterprises:forces", args=[sample.enterprise.pk])).content.decode()
    assert team.name in page
    assert "欧阳明" in page


def test_key_enterprises_without_any_force_are_shown(sample: Sample, tenant: Tenant) -> None:
    today = timezone.localdate()
    with tenant_scope(tenant):
        alone, guided, left, served = (
            factories.enterprise(name=f"{name}有限公司", region=sample.county, is_climbing=True)
            for name in ("无人", "有团", "曾有团", "有组")
        )
        factories.team(guided)
        factories.team(left).assignments.update(ends_on=today - ONE_DAY)
        factories.support_group(served)
        coverage = visit_coverage(actor=sample.admin, today=today)
    client = browser(tenant, Role.CITY_STAFF)
    figures = {each["label"]: each for each in client.get(reverse("enterprises:visit_list")).context["figures"]}
    assert figures["未安排力量"]["value"] == str(coverage.unserved)
    found = client.get(figures["未安排力量"]["url"]).context["page"].object_list
    assert {alone.pk, left.pk} <= {each.pk for each in found}
    assert not {guided.pk, served.pk} & {each.pk for each in found}
    assert len(found) == coverage.unserved


def test_the_list_takes_as_many_queries_for_sixty_teams_as_for_two(tenant: Tenant, sample: Sample) -> None:
    client = browser(tenant, Role.CITY_STAFF)
    few = queries_of(client, reverse("enterprises:team_list"))
    with tenant_scope(tenant):
        for _ in range(60):
            factories.team_member(factories.team(sample.enterprise))
    assert queries_of(client, reverse("enterprises:team_list")) == few <= LIST_QUERIES
