"""Publishing the lists of an alliance: what stands in them, versions that stay, who may, who is told."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from alliances.handover import Handed
from alliances.models import Alliance
from demands.handover import SECTIONS
from demands.list_changes import Row
from demands.models import Demand, ListKind, ListOmission, PublishedList
from demands.selectors import published_lists
from demands.selectors.published_lists import KindOfList, kind_get, kind_list, preview
from demands.services import published_lists as services
from enterprises.models import Enterprise
from notices.models import Notice
from tenants.models import Job, Role, Tenant
from tenants.permissions import Actor
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, queries_of

SHANGHAI = timezone.get_default_timezone()
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
DEMANDS, RESOURCES, POLICIES = ListKind.Kind.DEMANDS, ListKind.Kind.RESOURCES, ListKind.Kind.POLICIES


@pytest.fixture
def members(scope: Tenant) -> list[Enterprise]:
    return [factories.enterprise(f"{letter}公司") for letter in "甲乙"]


@pytest.fixture
def alliance(members: list[Enterprise]) -> Alliance:
    return factories.alliance(*members)


@pytest.fixture
def secretary(alliance: Alliance) -> Actor:
    return factories.actor(Role.ALLIANCE_SECRETARY, alliance=alliance)


@pytest.fixture
def demands(alliance: Alliance, members: list[Enterprise]) -> list[Demand]:
    return [factories.demand(each, f"{each.name}缺少焊工", alliance=alliance) for each in members]


def _publish(actor: Actor, alliance: Alliance, kind: str = DEMANDS, now: datetime = NOW) -> PublishedList:
    found = preview(alliance=alliance, kind=kind_get(kind), today=localdate(now))
    return services.list_publish(
        actor=actor, alliance=alliance, kind=kind, version=found.version, seen=found.seen, now=now
    )


def _names(published: PublishedList) -> list[str]:
    """What names the rows: policies by their name, demands by their number."""
    place = 1 if published.kind == DEMANDS else 0
    return [row["cells"][place] for row in published.content["rows"]]


# What stands in a list


def test_demands_that_are_open_or_were_closed_this_quarter(
    alliance: Alliance, members: list[Enterprise], demands: list[Demand], secretary: Actor
) -> None:
    def made(**values: object) -> Demand:
        return factories.demand(members[0], alliance=alliance, **values)

    solved = {"state": "closed", "result": "solved"}
    closed = made(closed_on=date(2026, 10, 1), **solved)
    made(closed_on=date(2026, 9, 30), **solved)
    for state in ("draft", "submitted", "returned"):
        made(state=state)
    for state in ("refused", "merged"):
        made(state=state, closed_on=date(2026, 11, 1))
    made(state="closed", result="withdrawn", closed_on=date(2026, 11, 1))
    factories.demand(members[0], "不属于联盟")
    published = _publish(secretary, alliance)
    assert set(_names(published)) == {*(each.number for each in demands), closed.number}
    states = {row["cells"][1]: row["cells"][-1] for row in published.content["rows"]}
    assert states[closed.number] == "已解决"
    assert states[demands[0].number] == "办理中"


def test_resources_that_are_valid_with_masked_phones(
    alliance: Alliance, members: list[Enterprise], secretary: Actor
) -> None:
    factories.resource(members[0], "共享仓库", alliance=alliance, valid_until=date(2026, 11, 23), contact_name="王芳")
    factories.resource(members[0], "过期的", alliance=alliance, valid_until=date(2026, 11, 22))
    published = _publish(secretary, alliance, RESOURCES)
    assert [row["cells"] for row in published.content["rows"]] == [
        ["共享仓库", "甲公司", "生产能力", "全市", "2026年11月23日", "王芳", "139****0000"]
    ]
    assert "13900000000" not in str(published.content)


def test_policies_in_force_for_the_chain_of_the_alliance(alliance: Alliance, secretary: Actor) -> None:
    other = factories.entry("cluster", "高端化工")
    factories.policy("通用政策", contact_phone="13912345678")
    factories.policy("本链政策", cluster=alliance.cluster)
    factories.policy("别的链的政策", cluster=other)
    factories.policy("到期的政策", valid_until=date(2026, 11, 22))
    published = _publish(secretary, alliance, POLICIES)
    assert set(_names(published)) == {"通用政策", "本链政策"}
    assert "139****5678" in str(published.content)


# Versions


def test_the_first_version_is_frozen_with_its_day_and_digest(
    alliance: Alliance, demands: list[Demand], secretary: Actor
) -> None:
    published = _publish(secretary, alliance)
    assert (published.version, published.published_on, published.period) == (1, date(2026, 11, 23), date(2026, 10, 1))
    assert (published.name, published.row_count, published.summary) == ("需求清单", 2, "首次发布，共 2 项")
    assert len(published.sha256) == 64
    demands[0].content = "改过的内容"
    demands[0].save()
    published.refresh_from_db()
    assert "改过的内容" not in str(published.content)


def test_the_next_version_tells_what_is_different(alliance: Alliance, demands: list[Demand], secretary: Actor) -> None:
    _publish(secretary, alliance)
    factories.demand(demands[0].enterprise, "要扩产用地", alliance=alliance)
    demands[0].state = "answered"
    demands[0].save()
    second = _publish(secretary, alliance)
    assert (second.version, second.summary) == (2, "新增 1 项，变动 1 项")


def test_each_kind_and_alliance_counts_its_own_versions(
    alliance: Alliance, demands: list[Demand], members: list[Enterprise], secretary: Actor
) -> None:
    factories.resource(members[0], alliance=alliance)
    _publish(secretary, alliance)
    assert _publish(secretary, alliance, RESOURCES).version == 1


def test_the_database_refuses_to_change_or_delete_a_version(
    alliance: Alliance, demands: list[Demand], secretary: Actor
) -> None:
    published = _publish(secretary, alliance)
    for statement in ("UPDATE demands_publishedlist SET name = 'x'", "DELETE FROM demands_publishedlist"):
        refused = pytest.raises(DatabaseError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    published.name = "改名"
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        published.save()


def test_sent_twice_it_is_one_version_and_one_notice(
    alliance: Alliance, demands: list[Demand], members: list[Enterprise], secretary: Actor
) -> None:
    member = factories.actor(Role.ENTERPRISE, enterprise=members[1])
    former = factories.actor(Role.ENTERPRISE, enterprise=factories.enterprise("外面的公司"))
    found = preview(alliance=alliance, kind=kind_get(DEMANDS), today=localdate(NOW))
    sent = {"alliance": alliance, "kind": DEMANDS, "version": 1, "seen": found.seen, "now": NOW}
    first = services.list_publish(actor=secretary, **sent)
    assert services.list_publish(actor=secretary, **sent) == first
    assert Job.objects.filter(task=services.LIST_TASK).count() == 1
    notices = Notice.objects.filter(key=f"list:{first.pk}")
    assert {each.recipient_id for each in notices} == {member.user.pk, secretary.user.pk}
    assert not notices.filter(recipient=former.user).exists()
    assert "需求清单第1版，共 2 项" in notices[0].body


def test_who_comes_second_is_told_who_was_first(alliance: Alliance, demands: list[Demand], secretary: Actor) -> None:
    found = preview(alliance=alliance, kind=kind_get(DEMANDS), today=localdate(NOW))
    _publish(secretary, alliance)
    staff = factories.actor(Role.CITY_STAFF, full_name="张伟")
    with pytest.raises(ValidationError, match=r"李敏已经发布了第 1 版.*您这次没有发布"):
        services.list_publish(actor=staff, alliance=alliance, kind=DEMANDS, version=1, seen=found.seen, now=NOW)
    assert PublishedList.objects.filter(alliance=alliance).count() == 1


def test_what_changed_since_the_page_was_opened_is_not_published(
    alliance: Alliance, demands: list[Demand], secretary: Actor
) -> None:
    found = preview(alliance=alliance, kind=kind_get(DEMANDS), today=localdate(NOW))
    demands[0].content = "改过的内容"
    demands[0].save()
    with pytest.raises(ValidationError, match="没有发布"):
        services.list_publish(actor=secretary, alliance=alliance, kind=DEMANDS, version=1, seen=found.seen, now=NOW)
    assert not PublishedList.objects.filter(alliance=alliance).exists()


def test_nothing_new_is_published_again_only_in_a_new_quarter(
    alliance: Alliance, demands: list[Demand], secretary: Actor
) -> None:
    _publish(secretary, alliance)
    with pytest.raises(ValidationError, match="没有变动，不用再发布"):
        _publish(secretary, alliance)
    again = _publish(secretary, alliance, now=NOW + timedelta(days=60))
    assert (again.version, again.summary, str(again.quarter)) == (2, "没有变动", "2027年第一季度")


def test_an_empty_first_version_is_refused_a_list_that_became_empty_is_not(
    alliance: Alliance, secretary: Actor
) -> None:
    with pytest.raises(ValidationError, match="没有可以列入的内容"):
        _publish(secretary, alliance)
    demand = factories.demand(alliance.initiator, alliance=alliance)
    _publish(secretary, alliance)
    demand.delete()
    assert _publish(secretary, alliance).summary == "减少 1 项"


def test_a_list_that_nobody_would_read_is_refused(
    alliance: Alliance, demands: list[Demand], secretary: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published_lists, "ROWS_MOST", 1)
    with pytest.raises(ValidationError, match="上限 1 项"):
        _publish(secretary, alliance)
    left = {"kind": DEMANDS, "record": demands[0].pk, "reason": "企业不愿公开", "now": NOW}
    services.list_leave_out(actor=secretary, alliance=alliance, **left)
    assert _names(_publish(secretary, alliance)) == [demands[1].number]


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_two_at_once_make_one_version(second_tenant: Tenant) -> None:
    tenant = second_tenant
    with tenant_scope(tenant):
        alliance = Alliance.objects.order_by("pk").first()
        kind, today = kind_get(RESOURCES), localdate()
        found = preview(alliance=alliance, kind=kind, today=today)
        actors = [factories.actor(Role.CITY_STAFF) for _ in range(2)]
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def publish(actor: Actor) -> None:
        try:
            with tenant_scope(tenant):
                ready.wait()
                made = services.list_publish(
                    actor=actor,
                    alliance=alliance,
                    kind=RESOURCES,
                    version=found.version,
                    seen=found.seen,
                    now=timezone.now(),
                )
                outcomes.append(f"第{made.version}版")
        except ValidationError as error:
            outcomes.append("".join(error.messages))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publish, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome[:3] for outcome in outcomes) == ["李敏已", "第1版"]
    with tenant_scope(tenant):
        assert [each.version for each in PublishedList.objects.filter(alliance=alliance, kind=RESOURCES)] == [1]


# Leaving out


def test_a_row_is_left_out_with_its_reason_until_it_is_put_back(
    alliance: Alliance, demands: list[Demand], secretary: Actor
) -> None:
    left = {"alliance": alliance, "kind": DEMANDS, "record": demands[0].pk}
    for reason in ("企业不愿公开", "再点一次"):
        services.list_leave_out(actor=secretary, reason=reason, now=NOW, **left)
    assert ListOmission.objects.get().reason == "企业不愿公开"
    assert _names(_publish(secretary, alliance)) == [demands[1].number]
    for _ in range(2):
        services.list_put_back(actor=secretary, **left)
    assert _publish(secretary, alliance).summary == "新增 1 项"


def test_only_what_stands_in_the_list_can_be_left_out(
    alliance: Alliance, demands: list[Demand], secretary: Actor
) -> None:
    foreign = factories.demand(factories.enterprise(), "别的联盟的")
    with pytest.raises(ValidationError, match="现在不在清单里"):
        services.list_leave_out(
            actor=secretary, alliance=alliance, kind=DEMANDS, record=foreign.pk, reason="x", now=NOW
        )


# Who


def test_the_leading_department_publishes_policies_and_nothing_else(
    alliance: Alliance, demands: list[Demand], members: list[Enterprise]
) -> None:
    alliance.lead_unit = factories.unit()
    alliance.save()
    department = factories.actor(Role.DEPARTMENT, unit=alliance.lead_unit)
    factories.policy()
    assert _publish(department, alliance, POLICIES).version == 1
    with pytest.raises(PermissionDenied):
        _publish(department, alliance)
    with pytest.raises(PermissionDenied):
        _publish(factories.actor(Role.ENTERPRISE, enterprise=members[0]), alliance, POLICIES)


# Kinds


def test_a_kind_has_the_tenants_name_and_is_used_or_not(
    alliance: Alliance, demands: list[Demand], secretary: Actor
) -> None:
    first = _publish(secretary, alliance)
    admin = factories.actor(Role.TENANT_ADMIN)
    kinds = {each.kind: each for each in kind_list()}
    kinds[DEMANDS] = KindOfList(DEMANDS, "企业诉求清单", is_used=True)
    kinds[RESOURCES] = KindOfList(RESOURCES, "资源清单", is_used=False)
    services.list_kinds_write(actor=admin, kinds=kinds.values())
    first.refresh_from_db()
    assert str(first) == "需求清单第1版"
    factories.demand(alliance.initiator, alliance=alliance)
    assert str(_publish(secretary, alliance)) == "企业诉求清单第2版"
    client = factories.sign_in(secretary.user)
    assert client.get(reverse("demands:list_publish", args=[alliance.pk, RESOURCES])).status_code == 404
    assert "资源清单" not in client.get(reverse("demands:of_alliance", args=[alliance.pk])).content.decode()


def test_two_kinds_exchange_their_names_but_do_not_share_one(scope: Tenant) -> None:
    admin = factories.actor(Role.TENANT_ADMIN)
    others = [each for each in kind_list() if each.kind not in (DEMANDS, RESOURCES)]

    def write(first: str, second: str) -> None:
        named = [KindOfList(DEMANDS, first, is_used=True), KindOfList(RESOURCES, second, is_used=True)]
        services.list_kinds_write(actor=admin, kinds=[*named, *others])

    write("甲清单", "乙清单")
    write("乙清单", "甲清单")
    assert [each.name for each in kind_list()][:2] == ["乙清单", "甲清单"]
    with pytest.raises(ValidationError, match="有两种清单都叫"):
        write("丙清单", "丙清单 ")


# The handover pack


def test_the_pack_of_a_term_names_the_versions_of_its_days(alliance: Alliance, scope: Tenant) -> None:

    by = factories.user("by")
    factories.published_list(alliance, by, published_on=date(2026, 6, 30))
    inside = factories.published_list(alliance, by, published_on=date(2026, 7, 1))
    factories.published_list(alliance, by, published_on=date(2026, 10, 1))
    section = next(each for each in SECTIONS if each.key == "published_lists")
    handed = Handed(alliance.pk, date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 3))
    part = section.compile(handed)
    assert [row.pk for row in part.rows] == [inside.pk]
    assert part.rows[0].cells[:2] == ("需求清单第2版", "2026年7月1日")
    assert part.summary == "发布清单 1 版。"


# Pages


@pytest.fixture
def client(secretary: Actor, demands: list[Demand]) -> Client:
    return factories.sign_in(secretary.user)


def _page(client: Client, name: str, *args: object, query: str = "") -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_secretary_looks_leaves_one_out_publishes_and_compares(
    client: Client, alliance: Alliance, demands: list[Demand]
) -> None:
    address = reverse("demands:list_publish", args=[alliance.pk, "demands"])
    assert "会列入的内容（2 项）" in _page(client, "demands:list_publish", alliance.pk, "demands")
    leave_out = reverse("demands:list_leave_out", args=[alliance.pk, "demands"])
    refused = client.post(leave_out, {"record": demands[0].pk, "reason": ""})
    assert refused.status_code == 422
    assert "请填写“不列入的原因”" in refused.content.decode()
    client.post(leave_out, {"record": demands[0].pk, "reason": "企业不愿公开"})
    shown = client.get(address)
    assert "企业不愿公开" in shown.content.decode()
    found = shown.context["preview"]
    response = client.post(address, {"version": found.version, "seen": found.seen}, follow=True)
    assert "已发布需求清单第1版，正在生成 Excel 和 PDF 文件。" in response.content.decode()
    assert demands[0].number not in response.content.decode()
    client.post(reverse("demands:list_put_back", args=[alliance.pk, "demands"]), {"record": demands[0].pk})
    found = client.get(address).context["preview"]
    client.post(address, {"version": found.version, "seen": found.seen})
    compared = _page(client, "demands:list_compare", alliance.pk, "demands")
    assert "第1版到第2版：新增 1 项" in compared
    assert demands[0].number in compared
    assert "需求清单第2版" in _page(client, "demands:list_versions", alliance.pk, "demands")


def test_a_stale_page_shows_what_is_there_now_and_says_why(client: Client, alliance: Alliance) -> None:
    address = reverse("demands:list_publish", args=[alliance.pk, "demands"])
    for sent in ({"version": "1", "seen": "x"}, {"version": "abc"}, {}):
        response = client.post(address, sent)
        assert response.status_code == 422
        assert "清单内容有了变动，没有发布" in response.content.decode()
        assert "会列入的内容（2 项）" in response.content.decode()


def test_versions_are_compared_the_older_first(client: Client, alliance: Alliance, secretary: Actor) -> None:
    assert "还不能对照" in _page(client, "demands:list_compare", alliance.pk, "demands")
    for number in range(3):
        factories.published_list(alliance, secretary.user, Row(str(number), (f"XQ-{number}", "内容", "办理中")))
    assert "第1版到第3版" in _page(client, "demands:list_compare", alliance.pk, "demands", query="?old=1&new=3")
    for query, said in (("?old=3&new=1", "旧版要比新版早"), ("?old=7&new=x", "没有这个选项")):
        assert said in _page(client, "demands:list_compare", alliance.pk, "demands", query=query)


def test_an_enterprise_reads_its_alliances_lists_and_no_others(
    alliance: Alliance, members: list[Enterprise], secretary: Actor, scope: Tenant
) -> None:
    published = factories.published_list(alliance, secretary.user)
    factories.list_omission(alliance, secretary.user, reason="不想让人知道")
    hidden = factories.published_list(factories.alliance(factories.enterprise()), secretary.user)
    member = factories.sign_in(factories.actor(Role.ENTERPRISE, enterprise=members[1]).user)
    page = _page(member, "demands:list_version", published.pk)
    assert "缺少焊工" in page
    assert "操作日志" not in page
    tab = _page(member, "demands:of_alliance", alliance.pk)
    assert "需求清单" in tab
    assert reverse("demands:list_publish", args=[alliance.pk, "demands"]) not in tab
    assert "不想让人知道" not in tab + page
    assert member.get(reverse("demands:list_version", args=[hidden.pk])).status_code == 404
    assert member.get(reverse("demands:list_file", args=[hidden.pk, "pdf"])).status_code == 404
    assert member.get(reverse("demands:list_publish", args=[alliance.pk, "demands"])).status_code == 403


def test_files_that_failed_are_made_again_by_who_publishes(
    client: Client, alliance: Alliance, members: list[Enterprise], secretary: Actor
) -> None:
    published = _publish(secretary, alliance)
    address = reverse("demands:list_paper_make", args=[published.pk])
    for _ in range(2):
        client.post(address)
    assert Job.objects.filter(task=services.LIST_TASK).count() == 1
    assert "排队中" in _page(client, "demands:list_version", published.pk)
    Job.objects.filter(task=services.LIST_TASK).update(state=Job.State.FAILED, message="空间已满。")
    page = _page(client, "demands:list_version", published.pk)
    assert "空间已满。" in page
    assert "生成文件" in page
    client.post(address)
    assert Job.objects.filter(task=services.LIST_TASK, state=Job.State.QUEUED).count() == 1
    missing = reverse("demands:list_file", args=[published.pk, "pdf"])
    assert client.get(missing).status_code == 404


def test_an_administrator_names_the_kinds(scope: Tenant) -> None:
    admin = factories.sign_in(factories.actor(Role.TENANT_ADMIN).user)
    address = reverse("demands:list_kinds")
    fields = {f"{each.kind}_name": each.name for each in kind_list()} | {"demands_used": "on"}
    assert admin.post(address, fields | {"demands_name": "企业诉求清单"}).status_code == 302
    assert [(each.name, each.is_used) for each in kind_list()][:2] == [("企业诉求清单", True), ("资源清单", False)]
    refused = admin.post(address, fields | {"demands_name": "资源清单"})
    assert refused.status_code == 422
    assert "有两种清单都叫“资源清单”" in refused.content.decode()


def test_pages_take_as_many_queries_for_thirty_rows_as_for_two(
    client: Client, alliance: Alliance, secretary: Actor
) -> None:
    published = factories.published_list(alliance, secretary.user)
    pages = [
        reverse("demands:of_alliance", args=[alliance.pk]),
        reverse("demands:list_versions", args=[alliance.pk, "demands"]),
        reverse("demands:list_publish", args=[alliance.pk, "demands"]),
        reverse("demands:list_version", args=[published.pk]),
    ]
    few = [queries_of(client, page) for page in pages]
    for _ in range(28):
        demand = factories.demand(alliance.initiator, alliance=alliance)
        factories.published_list(alliance, secretary.user)
        if demand.pk % 2:
            factories.list_omission(alliance, secretary.user, record=demand.pk)
    assert [queries_of(client, page) for page in pages] == few
    # The scope of the test itself stands around the page's: three statements more.
    assert few[1] <= LIST_QUERIES + 3
