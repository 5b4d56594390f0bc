"""The trail in words, its pages, showing masked data, and how long entries are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from tenants.masking import masked_phone
from tenants.models import AuditEntry, PlatformEntry, Role, Tenant, Unit, User
from tenants.scope import cross_tenant, tenant_scope
from tenants.trail import trail
from tenants.wording import object_words, references, sentence
from tests import factories
from tests.factories import Sample

from .conftest import Browse, Member
from .signing import entries, post_sign_in

Verb = AuditEntry.Verb
TABLE = "enterprises_enterprise"
PHONE = "13912341234"


@pytest.fixture
def admin(member: Member) -> User:
    return member("guanli", Role.TENANT_ADMIN, full_name="管理员")


def update(table: str, **changes: list[object]) -> AuditEntry:
    return AuditEntry(verb=Verb.UPDATE, object_type=table, changes=changes)


# Words


@pytest.mark.parametrize(
    ("table", "changes", "words"),
    [
        (TABLE, {"founded_on": ["2026-03-01", "2026-03-08"]}, "把 成立日期 由 2026年3月1日 改为 2026年3月8日"),
        (TABLE, {"scale": ["small", "leader"]}, "把 企业类型 由 中小微 改为 链主"),
        (TABLE, {"is_climbing": [False, True]}, "把 助企攀登企业 由 否 改为 是"),
        (TABLE, {"revenue": [1200.5, None]}, "把 年营业收入（万元） 由 1200.5 改为 空"),
        (TABLE, {"honours": [[], ["瞪羚企业", "专精特新"]]}, "把 资质荣誉 由 空 改为 瞪羚企业、专精特新"),
        (TABLE, {"contact_phone": ["***", "***"]}, "修改了 联系电话（内容不显示）"),
        (TABLE, {"contact_phone": ["", PHONE]}, "把 联系电话 由 空 改为 139****1234"),
        (TABLE, {"pinyin": ["a", "b"], "initials": ["a", "b"], "tenant_id": [1, 2]}, ""),
        (
            TABLE,
            {"name": ["甲", "乙"], "staff": [None, 30]},
            "把 企业名称 由 甲 改为 乙；把 从业人数（人） 由 空 改为 30",
        ),
        ("tenants_user", {"is_active": [True, False]}, "把 启用 由 是 改为 否"),
        (
            "tenants_job",
            {"finished_at": [None, "2026-03-08T02:30:00+00:00"]},
            "把 结束时间 由 空 改为 2026年3月8日 10:30",
        ),
        ("gone_table", {"name": ["甲", "乙"]}, ""),
    ],
)
def test_changes_are_told_as_a_clerk_knows_them(table: str, changes: dict[str, list[object]], words: str) -> None:
    assert sentence(update(table, **changes), {}) == words


def test_references_are_told_by_name() -> None:
    entry = update("tenants_user", unit_id=[7, 9])
    assert references([entry]) == {(Unit, 7), (Unit, 9)}
    assert sentence(entry, {(Unit, 7): "市人社局"}) == "把 单位 由 市人社局 改为 （已删除）"


def test_acts_are_told_with_their_reason() -> None:
    entry = AuditEntry(verb=Verb.REVEAL, object_type=TABLE, object_label="甲厂", changes={"reason": "联系企业"})
    assert sentence(entry, {}) == "查看未脱敏信息（事由：联系企业）"
    assert object_words(entry) == "企业“甲厂”"
    deleted = AuditEntry(verb=Verb.DELETE, object_type=TABLE, changes={"contact_phone": PHONE})
    assert sentence(deleted, {}) == "删除"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(PHONE, "139****1234"), ("+86 13912341234", "+86 139****1234"), ("2345678", "****678"), ("", ""), (None, "")],
)
def test_phones_are_masked(number: str | None, shown: str) -> None:
    assert masked_phone(number) == shown


def test_a_records_trail_tells_what_the_database_saw(admin: User, office: Tenant) -> None:
    with tenant_scope(office, actor_id=admin.pk):
        enterprise = factories.enterprise(name="金大丰", contact_phone="")
        other = Enterprise.objects.get(pk=enterprise.pk)
        other.name, other.contact_phone, other.region = "金大丰机械", PHONE, factories.county("鱼台县")
        other.save()
        newest, first = trail({Enterprise: {enterprise.pk: ""}})
    assert (first.text, first.who) == ("新增", "管理员")
    assert "把 企业名称 由 金大丰 改为 金大丰机械" in newest.text
    assert "把 县（市、区） 由 任城区 改为 鱼台县" in newest.text
    assert "修改了 联系电话（内容不显示）" in newest.text
    assert PHONE not in newest.text


def test_names_are_fetched_together(admin: User, office: Tenant, django_assert_num_queries: object) -> None:
    with tenant_scope(office):
        made = [factories.enterprise(name=f"厂{number}") for number in range(5)]
        Enterprise.objects.update(region=factories.county("鱼台县"))
        with django_assert_num_queries(2):
            trail({Enterprise: {each.pk: each.name for each in made}})


# Pages


def test_the_operation_log_tells_who_did_what(admin: User, browse: Browse, office: Tenant) -> None:
    client = browse(admin)
    client.post(reverse("tenants:user_create"), {"login": "wangfang", "full_name": "王芳", "role": Role.CITY_STAFF})
    page = client.get(reverse("tenants:operation_log"))
    told = {(line.who, line.about, line.text) for line in page.context["keyset"]["rows"]}
    assert ("管理员", "用户“王芳”", "新增") in told
    assert "登录" not in {line.text for line in page.context["keyset"]["rows"]}


def test_the_logs_filter(admin: User, member: Member, browse: Browse, office: Tenant) -> None:
    clerk = member("limin", Role.CITY_STAFF, full_name="李敏")
    with tenant_scope(office, actor_id=clerk.pk):
        enterprise = factories.enterprise()
        enterprise.name = "新名"
        enterprise.save()
    post_sign_in(Client(), clerk.username, "no")
    client, log = browse(admin), reverse("tenants:operation_log")
    today = timezone.localdate()

    def lines(url: str) -> list[AuditEntry]:
        return [line.entry for line in client.get(url).context["keyset"]["rows"]]

    assert {entry.actor for entry in lines(f"{log}?person={clerk.pk}")} == {clerk}
    assert {entry.verb for entry in lines(f"{log}?verb=update")} == {Verb.UPDATE}
    assert {entry.object_type for entry in lines(f"{log}?kind={TABLE}")} == {TABLE}
    assert not lines(f"{log}?since={today + timedelta(days=1)}")
    assert not lines(f"{log}?until={today - timedelta(days=1)}")
    assert lines(f"{log}?since={today}&until={today}")
    signs = reverse("tenants:sign_in_log")
    assert [entry.verb for entry in lines(f"{signs}?person={clerk.pk}")] == [Verb.SIGN_IN_FAILED]
    assert [entry.verb for entry in lines(f"{signs}?verb=sign_in")] == [Verb.SIGN_IN]


def test_the_log_goes_back_and_forth_without_gap(admin: User, browse: Browse, office: Tenant) -> None:
    client, url = browse(admin), reverse("tenants:operation_log")
    with tenant_scope(office):
        AuditEntry.objects.bulk_create(AuditEntry(verb=Verb.EXPORT, object_label=str(number)) for number in range(45))

    def labels(address: str) -> tuple[list[str], dict[str, object]]:
        keyset = client.get(address).context["keyset"]
        return [line.entry.object_label for line in keyset["rows"]], keyset

    seen, keyset = labels(f"{url}?verb=export&size=20")
    assert keyset["previous_url"] is None
    second, keyset = labels(url + keyset["next_url"])
    back, first_again = labels(url + keyset["previous_url"])
    third, last = labels(url + keyset["next_url"])
    assert back == seen
    assert first_again["previous_url"] is None
    assert last["next_url"] is None
    assert seen + second + third == [str(number) for number in reversed(range(45))]
    assert client.get(f"{url}?after=x&before=9{'9' * 30}").status_code == 200


def test_another_tenants_entries_are_not_there(admin: User, browse: Browse, neighbour: Tenant) -> None:
    with tenant_scope(neighbour):
        factories.enterprise(name="邻市的厂")
    assert "邻市的厂" not in browse(admin).get(reverse("tenants:operation_log")).content.decode()


# Masked data


def reveal_url(enterprise: Enterprise, field: str = "contact_phone") -> str:
    return reverse("tenants:reveal", args=["enterprise", enterprise.pk, field])


@pytest.fixture
def enterprise(office: Tenant) -> Enterprise:
    with tenant_scope(office):
        return factories.enterprise(name="金大丰", contact_phone=PHONE)


def test_a_phone_is_shown_for_a_reason_that_is_kept(member: Member, browse: Browse, enterprise: Enterprise) -> None:
    user = member("limin", Role.CITY_STAFF, full_name="李敏")
    client = browse(user)
    assert PHONE not in client.get(reverse("enterprises:detail", args=[enterprise.pk])).content.decode()
    page = client.post(reveal_url(enterprise), {"reason": "联系企业"}, REMOTE_ADDR="10.1.2.3")
    assert PHONE in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    entry = entries(user.tenant, Verb.REVEAL)[0]
    assert (entry.actor, entry.object_id, entry.address) == (user, enterprise.pk, "10.1.2.3")
    assert entry.changes == {"field": "联系电话", "reason": "联系企业"}
    assert PHONE not in str(vars(entry))


def test_htmx_gets_the_number_alone(member: Member, browse: Browse, enterprise: Enterprise) -> None:
    client = browse(member("limin", Role.CITY_STAFF))
    page = client.post(reveal_url(enterprise), {"reason": "联系企业"}, headers={"HX-Request": "true"})
    assert PHONE in page.content.decode()
    assert "<html" not in page.content.decode()


def test_without_a_reason_nothing_is_shown(member: Member, browse: Browse, enterprise: Enterprise) -> None:
    user = member("limin", Role.CITY_STAFF)
    client = browse(user)
    for reason in ("", "  ", "长" * 101):
        page = client.post(reveal_url(enterprise), {"reason": reason})
        assert page.status_code == 422
        assert PHONE not in page.content.decode()
    assert client.get(reveal_url(enterprise)).status_code == 405
    assert not entries(user.tenant, Verb.REVEAL)


def test_only_masked_fields_of_visible_objects_are_shown(
    member: Member, browse: Browse, enterprise: Enterprise, neighbour: Tenant
) -> None:
    reason = {"reason": "联系企业"}
    insider = browse(member("limin", Role.CITY_STAFF))
    assert insider.post(reveal_url(enterprise, "name"), reason).status_code == 404
    assert insider.post(reverse("tenants:reveal", args=["nothing", 1, "phone"]), reason).status_code == 404
    # A colleague who may not see the enterprise, and somebody of another tenant.
    assert browse(member("qiye", Role.ENTERPRISE)).post(reveal_url(enterprise), reason).status_code == 404
    stranger = member("limin", Role.CITY_STAFF, tenant=neighbour)
    assert browse(stranger).post(reveal_url(enterprise), reason).status_code == 404
    assert browse(member("nobody")).post(reveal_url(enterprise), reason).status_code == 403
    assert Client().post(reveal_url(enterprise), reason).status_code == 302


def test_a_users_phone_is_the_administrators_to_see(admin: User, member: Member, browse: Browse) -> None:
    user = member("limin", Role.CITY_STAFF, phone=PHONE)
    url, reason = reverse("tenants:reveal", args=["user", user.pk, "phone"]), {"reason": "通知改密码"}
    assert PHONE not in browse(admin).get(reverse("tenants:user_detail", args=[user.pk])).content.decode()
    assert PHONE in browse(admin).post(url, reason).content.decode()
    assert browse(user).post(url, reason).status_code == 403


# What leaves the portal


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ("enterprises:list", ""),
        ("ledgers:export", "enterprises"),
        ("ledgers:errors", "run"),
        ("reports:figures_export", ""),
        ("reports:briefing_download", "briefing"),
    ],
)
def test_everything_that_leaves_is_in_the_trail_once(sample: Sample, tenant: Tenant, page: str, target: str) -> None:
    row = getattr(sample, target, None)
    args = [row.pk] if row else [target] if target else []
    client = factories.sign_in(sample.admin.user)
    response = client.get(reverse(page, args=args) + ("" if target else "?format=xlsx"))
    assert (response.status_code, "attachment" in response["Content-Disposition"]) == (200, True)
    if response.streaming:
        response.getvalue()
    (entry,) = entries(tenant, Verb.EXPORT, Verb.DOWNLOAD)
    assert (entry.actor, bool(entry.object_label), bool(entry.request_id)) == (sample.admin.user, True, True)


# Refused access


def test_refused_access_stands_in_the_trail(member: Member, browse: Browse, office: Tenant) -> None:
    clerk = member("limin", Role.CITY_STAFF)
    client = browse(clerk)
    assert client.get(f"{reverse('tenants:user_list')}?q=secret").status_code == 403
    assert client.post(reverse("tenants:unit_create"), {}).status_code == 403
    assert client.get(reverse("desk")).status_code == 200
    page, button = entries(office, Verb.REFUSED)
    assert (page.actor, page.object_label, page.address) == (clerk, "GET /system/users/", "127.0.0.1")
    assert button.object_label == "POST /system/units/new/"
    assert page.request_id


def test_refusals_of_the_api_and_of_forged_forms_count(member: Member, office: Tenant) -> None:
    nobody = member("limin")
    client = Client(enforce_csrf_checks=True)
    factories.sign_in(nobody, client)
    assert client.get(reverse("api:enterprise-list")).status_code == 403
    assert client.post(reverse("notices:read_all")).status_code == 403
    labels = [entry.object_label for entry in entries(office, Verb.REFUSED)]
    assert labels == ["GET /api/v1/enterprises/", "POST /notices/read/"]


# How long


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_old_entries_go_and_the_legal_half_year_stays(capsys: pytest.CaptureFixture[str]) -> None:
    offices = [factories.city(), factories.city("linshi", "邻市")]
    now = timezone.now()
    with cross_tenant(reason="operator command"):
        for days in (184, 400):
            PlatformEntry.objects.create(verb=Verb.SIGN_IN, at=now - timedelta(days=days), label=str(days))
    for tenant in offices:
        with tenant_scope(tenant):
            for days in (184, 185, 400):
                AuditEntry.objects.create(verb=Verb.EXPORT, at=now - timedelta(days=days), object_label=str(days))
    call_command("audit_prune", keep_days=200)
    assert "3 条" in capsys.readouterr().out
    call_command("audit_prune", keep_days=184)
    for tenant in offices:
        assert not [entry for entry in entries(tenant, Verb.EXPORT) if int(entry.object_label) > 184]
    with cross_tenant(reason="operator page"):
        assert not PlatformEntry.objects.filter(label="400").exists()


@pytest.mark.parametrize("days", [183, 0, -1])
def test_less_than_half_a_year_is_refused(days: int) -> None:
    with pytest.raises(CommandError, match="至少保存 184 天"):
        call_command("audit_prune", keep_days=days)
