"""Planning, recording, correcting and withdrawing an activity."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import Activity, AlliancePermission, Membership
from alliances.selectors import activity_version
from alliances.services import ActivityEntry, activity_create
from reports.periods import Period
from reports.services.snapshots import figures_collect
from tenants import search
from tenants.models import DictionaryEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser
from tests.factories import Sample

CREATE, UPDATE = "alliances:activity_create", "alliances:activity_update"
DETAIL, WITHDRAW = "alliances:activity_detail", "alliances:activity_withdraw"


@pytest.fixture
def secretary(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.ALLIANCE_SECRETARY, alliance=sample.alliance)


def filled(tenant: Tenant, **values: Any) -> dict[str, Any]:
    """What a secretary types, as the browser sends it."""
    with tenant_scope(tenant):
        kind = factories.entry(DictionaryEntry.Kind.ACTIVITY_TYPE, "用工招聘").pk
    said = {
        "token": str(uuid4()),
        "state": "held",
        "held_on": "2026-03-05",
        "topic": "春季用工招聘会",
        "type": str(kind),
        "five_joint": "resources",
    }
    return said | values


def send(client: Client, sample: Sample, data: dict[str, Any]) -> Any:
    return client.post(reverse(CREATE, args=[sample.alliance.pk]), data)


def recorded(tenant: Tenant, topic: str = "春季用工招聘会") -> list[Activity]:
    with tenant_scope(tenant):
        return list(Activity.objects.filter(topic=topic))


def of(form_page: Any, name: str) -> list[str]:
    return form_page.context["form"][name].errors


def test_secretary_records_an_activity_with_everything(
    secretary: Client, sample: Sample, tenant: Tenant, settings: Any
) -> None:
    data = filled(
        tenant,
        host_name=sample.enterprise.name,
        head_count="35",
        enterprises=[sample.enterprise.pk],
        outcome="达成意向 12 人",
        loan="500.5",
        hires="12",
        land="3.25",
        agreements="2",
    )
    response = send(secretary, sample, data)
    (made,) = recorded(tenant)
    assert response["Location"] == reverse(DETAIL, args=[made.pk])
    with tenant_scope(tenant):
        assert made.state == Activity.State.HELD
        assert made.host == sample.enterprise
        assert [*made.enterprises.all()] == [sample.enterprise]
        assert list(search.matching(Activity.objects.all(), "春季用工")) == [made]
    page = secretary.get(response["Location"]).content.decode()
    for words in ("已记录活动", "35 人", "500.5 万元", "12 人", "3.25 亩", "2 份", "操作日志", sample.enterprise.name):
        assert words in page


def test_the_form_starts_with_today_and_the_members(secretary: Client, sample: Sample) -> None:
    page = secretary.get(reverse(CREATE, args=[sample.alliance.pk]))
    assert page.context["form"]["held_on"].value() == timezone.localdate()
    assert page.context["picker"].offered == [sample.enterprise]
    assert page.context["last"] == sample.activity


def test_a_plan_is_kept_apart_until_it_is_recorded(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    soon = timezone.localdate() + timedelta(days=7)
    send(secretary, sample, filled(tenant, state="planned", held_on=soon.isoformat()))
    (plan,) = recorded(tenant)
    assert plan.state == Activity.State.PLANNED
    assert "计划" in secretary.get(reverse(DETAIL, args=[plan.pk])).content.decode()
    with tenant_scope(tenant):
        version = activity_version(plan)
    today = timezone.localdate().isoformat()
    secretary.post(reverse(UPDATE, args=[plan.pk]), filled(tenant, held_on=today, head_count="20", version=version))
    (held,) = recorded(tenant)
    assert (held.pk, held.state, held.head_count) == (plan.pk, Activity.State.HELD, 20)


@pytest.mark.parametrize(
    ("state", "counted"), [(Activity.State.HELD, 1), (Activity.State.PLANNED, 0), (Activity.State.WITHDRAWN, 0)]
)
def test_only_what_was_held_is_counted(sample: Sample, tenant: Tenant, state: str, counted: int) -> None:
    day = date(2026, 8, 20)
    with tenant_scope(tenant):
        factories.activity(sample.alliance, held_on=day, state=state, withdrawn_because="重复")
        figures = figures_collect(actor=sample.admin, period=Period(day, day), region=sample.city)
    values = {row["key"]: row["value"] for row in figures["figures"]}
    assert values["party_activities"] == counted
    staff = browser(tenant, Role.CITY_STAFF)
    rows = staff.get(reverse("alliances:activity_list"), {"held_from": day, "held_to": day, "state": "held"})
    assert rows.context["page"].paginator.count == counted


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("held_on", "", "请填写“活动日期”。"),
        ("held_on", "2026-02-30", "“活动日期”不是日期"),
        ("held_on", "2099-01-01", "这一天还没到"),
        ("held_on", "2016-03-05", "早于联盟成立日期（2025年6月1日）"),
        ("topic", "", "请填写“活动主题”。"),
        ("topic", "长" * 201, "最多 200 个字，现在有 201 个"),
        ("type", "", "请选择“活动类型”。"),
        ("type", "0", "没有这个选项"),
        ("five_joint", "", "请选择“五共类别”。"),
        ("head_count", "-1", "不能小于 0"),
        ("head_count", "很多", "“参加人数”不是整数"),
        ("loan", "-5", "不能小于 0"),
        ("loan", "9" * 20, "16"),
        ("state", "", "请点“记录为已开展”或“存为计划”。"),
        ("state", "withdrawn", "请点“记录为已开展”或“存为计划”。"),
    ],
)
def test_wrong_entries_are_named_beside_their_field(
    secretary: Client, sample: Sample, tenant: Tenant, name: str, value: str, sentence: str
) -> None:
    page = send(secretary, sample, filled(tenant, **{name: value}))
    assert page.status_code == 422
    assert sentence in "".join(of(page, name))
    assert "有 1 处需要修改" in page.content.decode()
    assert recorded(tenant) == []


def test_a_plan_cannot_be_in_the_past(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    page = send(secretary, sample, filled(tenant, state="planned"))
    assert "这一天已经过去" in "".join(of(page, "held_on"))


def test_enterprises_out_of_reach_are_refused(
    secretary: Client, sample: Sample, tenant: Tenant, second_tenant: Tenant
) -> None:
    with tenant_scope(second_tenant):
        foreign = Membership.objects.first().enterprise_id
    for pk in (sample.other_enterprise.pk, foreign, "x"):
        page = send(secretary, sample, filled(tenant, enterprises=[pk]))
        assert "请重新搜索后再选" in "".join(of(page, "enterprises"))
    assert recorded(tenant) == []


def test_the_same_form_sent_twice_makes_one_row(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    data = filled(tenant)
    first, second = send(secretary, sample, data), send(secretary, sample, data)
    (made,) = recorded(tenant)
    assert first["Location"] == second["Location"] == reverse(DETAIL, args=[made.pk])
    assert "没有重复登记" in secretary.get(second["Location"]).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_row(sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        kind = factories.entry(DictionaryEntry.Kind.ACTIVITY_TYPE)
    entry = ActivityEntry("held", date(2026, 3, 5), kind, "affairs", "同一次提交")
    token, results = uuid4(), []

    def submit() -> None:
        with tenant_scope(tenant):
            results.append(
                activity_create(
                    actor=sample.admin, alliance=sample.alliance, entry=entry, token=token, today=date(2026, 4, 1)
                )
            )
        connection.close()

    threads = [Thread(target=submit) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made for _, made in results) == [False, True]
    assert len(recorded(tenant, "同一次提交")) == 1


def test_a_used_form_says_so_in_another_alliance(sample: Sample, tenant: Tenant) -> None:
    staff, data = browser(tenant, Role.CITY_STAFF), filled(tenant)
    send(staff, sample, data)
    page = staff.post(reverse(CREATE, args=[sample.other_alliance.pk]), data)
    assert "这张表单已经用过" in page.content.decode()


def test_a_newer_edit_is_shown_and_not_written_over(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    address = reverse(UPDATE, args=[sample.activity.pk])
    opened = secretary.get(address).context["form"]["version"].value()
    with tenant_scope(tenant):
        Activity.objects.filter(pk=sample.activity.pk).update(topic="别人改的主题", head_count=88)
    mine = filled(tenant, topic="我改的主题", version=opened)
    page = secretary.post(address, mine)
    assert page.status_code == 409
    text = page.content.decode()
    for words in ("有人改过这条活动", "别人改的主题", "我改的主题", "88"):
        assert words in text
    with tenant_scope(tenant):
        assert Activity.objects.get(pk=sample.activity.pk).topic == "别人改的主题"
    # Sent once more, knowingly, it is taken.
    again = secretary.post(address, mine | {"version": page.context["form"]["version"].value()})
    assert again.status_code == 302
    with tenant_scope(tenant):
        assert Activity.objects.get(pk=sample.activity.pk).topic == "我改的主题"


def test_an_edit_sent_twice_is_no_conflict(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    address = reverse(UPDATE, args=[sample.activity.pk])
    data = filled(tenant, version=secretary.get(address).context["form"]["version"].value())
    assert [secretary.post(address, data).status_code for _ in range(2)] == [302, 302]


def test_the_log_tells_an_edit_in_words(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    address = reverse(UPDATE, args=[sample.activity.pk])
    version = secretary.get(address).context["form"]["version"].value()
    secretary.post(address, filled(tenant, head_count="40", version=version))
    said = (
        "把 活动主题 由 学习党的二十大精神 改为 春季用工招聘会",
        "把 参加人数（人） 由 空 改为 40",
        f"把 参加企业 由 {sample.enterprise.name} 改为 空",
    )
    log = secretary.get(reverse("alliances:log", args=[sample.alliance.pk])).content.decode()
    detail = secretary.get(reverse(DETAIL, args=[sample.activity.pk])).content.decode()
    for words in said:
        assert words in log
        assert words in detail
    assert "活动“春季用工招聘会”：" in log


def test_what_was_held_cannot_become_a_plan(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    address = reverse(UPDATE, args=[sample.activity.pk])
    version = secretary.get(address).context["form"]["version"].value()
    page = secretary.post(address, filled(tenant, state="planned", version=version))
    assert "已开展的活动不能改回计划" in page.content.decode()


def test_an_imported_activity_from_before_the_founding_can_be_corrected(
    secretary: Client, sample: Sample, tenant: Tenant
) -> None:
    with tenant_scope(tenant):
        old = factories.activity(sample.alliance, held_on=date(2024, 1, 5))
        version = activity_version(old)
    data = filled(tenant, held_on="2024-01-05", version=version)
    assert secretary.post(reverse(UPDATE, args=[old.pk]), data).status_code == 302


def test_an_enterprise_that_left_stays_in_what_it_took_part_in(
    secretary: Client, sample: Sample, tenant: Tenant
) -> None:
    with tenant_scope(tenant):
        gone = factories.activity(sample.alliance, sample.other_enterprise)
    page = secretary.get(reverse(UPDATE, args=[gone.pk]))
    assert page.context["picker"].chosen == [sample.other_enterprise]
    data = filled(tenant, enterprises=[sample.other_enterprise.pk], version=page.context["form"]["version"].value())
    assert secretary.post(reverse(UPDATE, args=[gone.pk]), data).status_code == 302


def test_withdrawing_takes_a_reason_and_leaves_the_row(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    address = reverse(WITHDRAW, args=[sample.activity.pk])
    assert "请写明撤回原因" in secretary.post(address, {"reason": "  "}).content.decode()
    assert secretary.post(address, {"reason": "与上一条重复"}).status_code == 302
    page = secretary.get(reverse(DETAIL, args=[sample.activity.pk])).content.decode()
    assert "原因：与上一条重复" in page
    assert "把 状态 由 已开展 改为 已撤回" in page
    listed = secretary.get(reverse("alliances:activity_list"))
    assert listed.context["page"].paginator.count == 0
    only = secretary.get(reverse("alliances:activity_list"), {"state": "withdrawn"})
    assert list(only.context["page"].object_list) == [sample.activity]
    update = reverse(UPDATE, args=[sample.activity.pk])
    assert secretary.get(update)["Location"] == reverse(DETAIL, args=[sample.activity.pk])
    assert "已经撤回，不能再改" in secretary.post(update, filled(tenant)).content.decode()


def test_copy_takes_over_what_repeats_itself(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        example = factories.activity(
            sample.alliance, sample.enterprise, topic="微党课", host_name="金大丰", head_count=30, outcome="很好"
        )
    page = secretary.get(reverse(CREATE, args=[sample.alliance.pk]), {"copy": example.pk})
    values = {name: page.context["form"][name].value() for name in ("topic", "host_name", "head_count", "outcome")}
    assert values == {"topic": "微党课", "host_name": "金大丰", "head_count": None, "outcome": None}
    assert page.context["form"]["held_on"].value() == timezone.localdate()
    assert page.context["picker"].chosen == [sample.enterprise]
    for other in (sample.other_activity.pk, "x"):
        assert secretary.get(reverse(CREATE, args=[sample.alliance.pk]), {"copy": other}).status_code == 404


# Who may


@pytest.mark.parametrize("route", [CREATE, UPDATE, WITHDRAW])
def test_only_those_who_record_get_the_forms(sample: Sample, tenant: Tenant, route: str) -> None:
    own = sample.alliance if route == CREATE else sample.activity
    other = sample.other_alliance if route == CREATE else sample.other_activity
    rotating = browser(tenant, Role.ROTATING_SECRETARY, alliance=sample.alliance)
    county = browser(tenant, Role.COUNTY_STAFF, region=sample.county)
    for client in (rotating, county):
        assert client.get(reverse(route, args=[own.pk])).status_code == 200
        assert client.get(reverse(route, args=[other.pk])).status_code == 404
        assert client.post(reverse(route, args=[other.pk]), {"reason": "x"}).status_code == 404
    assert (
        browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise).get(reverse(route, args=[own.pk])).status_code
        == 403
    )
    assert Client().get(reverse(route, args=[own.pk]))["Location"].startswith(reverse("account_login"))


def test_seeing_an_alliance_is_not_recording_for_it(sample: Sample, tenant: Tenant) -> None:
    """Somebody in the leading department of one alliance and secretary of another."""
    with tenant_scope(tenant):
        both = factories.actor(Role.ALLIANCE_SECRETARY, alliance=sample.other_alliance, unit=sample.unit)
    client = factories.sign_in(both.user)
    data = filled(tenant)
    assert client.get(reverse(DETAIL, args=[sample.activity.pk])).status_code == 200
    assert "alliances/activities" not in client.get(reverse(DETAIL, args=[sample.activity.pk])).content.decode()
    for address in (
        reverse(CREATE, args=[sample.alliance.pk]),
        reverse(UPDATE, args=[sample.activity.pk]),
        reverse(WITHDRAW, args=[sample.activity.pk]),
    ):
        assert client.get(address).status_code == 403
        assert client.post(address, data).status_code == 403


def test_a_former_holder_is_refused_at_once(sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        holder = factories.actor(Role.ROTATING_SECRETARY, alliance=sample.alliance)
    client = factories.sign_in(holder.user)
    address = reverse(CREATE, args=[sample.alliance.pk])
    assert client.get(address).status_code == 200
    with tenant_scope(tenant):
        AlliancePermission.objects.filter(user=holder.user).delete()
    assert client.post(address, filled(tenant)).status_code == 404
    start = client.get(reverse("alliances:activity_start"))
    assert "您还没有负责的联盟" in start.content.decode()


def test_the_start_leads_staff_to_the_alliance_they_search(sample: Sample, tenant: Tenant) -> None:
    staff, start = browser(tenant, Role.CITY_STAFF), reverse("alliances:activity_start")
    assert len(staff.get(start).context["alliances"]) == 2
    assert "没有找到联盟" in staff.get(start, {"q": "查无此盟"}).content.decode()
    secretary = browser(tenant, Role.ALLIANCE_SECRETARY, alliance=sample.alliance)
    assert secretary.get(start)["Location"] == reverse(CREATE, args=[sample.alliance.pk])


def test_a_service_does_not_trust_the_page(sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        kind = factories.entry(DictionaryEntry.Kind.ACTIVITY_TYPE)
        entry = ActivityEntry("held", date(2026, 3, 5), kind, "affairs", "越权", [sample.other_enterprise])
        staff = factories.actor(Role.COUNTY_STAFF, region=sample.county)
        with pytest.raises(ValidationError, match="不能选"):
            activity_create(actor=staff, alliance=sample.alliance, entry=entry, token=uuid4(), today=date(2026, 4, 1))
