"""Users, roles and grants: the administrator's services and pages."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client
from django.urls import reverse
from rest_framework.authtoken.models import Token

from alliances.models import AlliancePermission
from enterprises.models import EnterprisePermission
from tenants.grants import kind_of
from tenants.models import AuditEntry, Role, RoleAssignment, Tenant, User
from tenants.scope import tenant_scope
from tenants.selectors import user_get, user_list
from tenants.services import (
    role_assign,
    role_revoke,
    sessions_end,
    user_create,
    user_disable,
    user_enable,
    user_update,
)
from tenants.trail import trail
from tests import factories

from .conftest import Acting, Browse, Member
from .signing import entries, post_sign_in

PAGES = ("user_list", "user_create", "region_list", "unit_list", "body_names", "operation_log", "sign_in_log")


@pytest.fixture
def admin(member: Member) -> User:
    return member("guanli", Role.TENANT_ADMIN, full_name="管理员")


# Services


def test_an_account_gets_the_tenants_suffix_and_no_password(admin: User, acting: Acting, office: Tenant) -> None:
    with tenant_scope(office):
        user = user_create(actor=acting(admin), login="WangFang", full_name="王芳", role=Role.CITY_STAFF)
        assert (user.username, user.has_usable_password()) == ("wangfang@shili", False)
        assert user.assignments.get().role == Role.CITY_STAFF


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"login": "guanli"}, "login", "已经有人用"),
        ({"login": "a@b"}, "login", "只填 @ 前面"),
        ({"login": "有 空 格!"}, "login", "只能含"),
        ({"login": "x", "role": Role.COUNTY_STAFF}, "region", "要选所在区域"),
        ({"login": "x", "role": Role.DEPARTMENT}, "unit", "要选单位"),
    ],
)
def test_a_wrong_account_is_refused_beside_its_field(
    admin: User, acting: Acting, office: Tenant, fields: dict[str, str], field: str, sentence: str
) -> None:
    with tenant_scope(office):
        with pytest.raises(ValidationError) as refused:
            user_create(actor=acting(admin), full_name="某人", **fields)
        assert sentence in "".join(refused.value.message_dict[field])
        assert User.objects.count() == 1


def test_two_tenants_may_use_the_same_login(admin: User, member: Member, acting: Acting, neighbour: Tenant) -> None:
    other = member("guanli", Role.TENANT_ADMIN, tenant=neighbour)
    with tenant_scope(neighbour):
        assert user_create(actor=acting(other), login="limin", full_name="李").username == "limin@linshi"
    with tenant_scope(admin.tenant):
        assert user_create(actor=acting(admin), login="limin", full_name="李").username == "limin@shili"


def test_only_administrators_act(admin: User, member: Member, acting: Acting, office: Tenant) -> None:
    clerk = member("limin", Role.CITY_STAFF)
    with tenant_scope(office):
        actor = acting(clerk)
        held = RoleAssignment.objects.get(user=clerk)
        for act in (
            lambda: user_create(actor=actor, login="x", full_name="x"),
            lambda: user_update(actor=actor, user=clerk, full_name="x", phone="", email="", unit=None),
            lambda: user_disable(actor=actor, user=admin),
            lambda: user_enable(actor=actor, user=admin),
            lambda: sessions_end(actor=actor, user=admin),
            lambda: role_assign(actor=actor, user=clerk, role=Role.TENANT_ADMIN),
            lambda: role_revoke(actor=actor, assignment=held),
            lambda: user_list(actor=actor),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_another_tenants_user_does_not_exist(
    admin: User, member: Member, acting: Acting, office: Tenant, neighbour: Tenant
) -> None:
    stranger = member("limin", tenant=neighbour)
    with tenant_scope(office), pytest.raises(Http404):
        user_get(actor=acting(admin), pk=stranger.pk)


def test_an_administrator_cannot_lock_himself_out(admin: User, acting: Acting, office: Tenant) -> None:
    with tenant_scope(office):
        with pytest.raises(ValidationError, match="自己的管理员角色"):
            role_revoke(actor=acting(admin), assignment=admin.assignments.get())
        with pytest.raises(ValidationError, match="自己的账号"):
            user_disable(actor=acting(admin), user=admin)


def test_a_role_is_limited_as_it_must_be(admin: User, member: Member, acting: Acting, office: Tenant) -> None:
    user, actor = member(), acting(admin)
    with tenant_scope(office):
        county, unit = factories.county(), factories.unit()
        held = role_assign(actor=actor, user=user, role=Role.CITY_STAFF, region=county, unit=unit)
        assert (held.region, held.unit) == (None, None)
        held = role_assign(actor=actor, user=user, role=Role.COUNTY_STAFF, region=county, unit=unit)
        assert (held.region, held.unit) == (county, None)
        with pytest.raises(ValidationError, match="不用再加"):
            role_assign(actor=actor, user=user, role=Role.COUNTY_STAFF, region=county)


def test_disabling_ends_sessions_and_tokens_at_once(
    admin: User, member: Member, acting: Acting, browse: Browse, office: Tenant
) -> None:
    user = member("limin", Role.CITY_STAFF)
    client = browse(user)
    with tenant_scope(office):
        token = Token.objects.create(user=user)
        user_disable(actor=acting(admin), user=user)
        assert not UserSession.objects.filter(user=user).exists()
        assert not Token.objects.filter(pk=token.pk).exists()
    assert client.get(reverse("desk"))["Location"].startswith(reverse("account_login"))
    assert post_sign_in(Client(), user.username).status_code == 200
    with tenant_scope(office):
        user_enable(actor=acting(admin), user=user)
    # The ended session stays ended.
    assert client.get(reverse("desk")).status_code == 302
    assert post_sign_in(Client(), user.username).status_code == 302


def test_a_closed_account_cannot_go_on_with_a_session_that_escaped(
    member: Member, browse: Browse, office: Tenant
) -> None:
    user = member("limin", Role.CITY_STAFF)
    client = browse(user)
    with tenant_scope(office):
        User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(reverse("desk"))["Location"].startswith(reverse("account_login"))


def test_changes_of_a_user_stand_in_the_trail_without_his_phone(admin: User, acting: Acting, member: Member) -> None:
    user = member("limin", full_name="李敏")
    with tenant_scope(user.tenant):
        actor = acting(admin)
        user_update(actor=actor, user=user, full_name="李明", phone="13912341234", email="", unit=None)
    last = entries(user.tenant, AuditEntry.Verb.UPDATE)[-1]
    assert last.changes == {"full_name": ["李敏", "李明"], "phone": ["***", "***"]}


# Grants


def test_a_grant_opens_one_enterprise_and_goes_with_the_role(
    admin: User, member: Member, acting: Acting, browse: Browse, office: Tenant
) -> None:
    user, kind = member("qiye", Role.ENTERPRISE), kind_of(Role.ENTERPRISE)
    with tenant_scope(office):
        mine, other = factories.enterprise(name="金大丰机械"), factories.enterprise(name="别的厂")
        assert kind.search(acting(admin), "金大") == [(mine.pk, "金大丰机械")]
        kind.grant(acting(admin), user, [mine.pk])
        kind.grant(acting(admin), user, [mine.pk])
        assert kind.current(user) == [(mine.pk, "金大丰机械")]
    client = browse(user)
    assert client.get(reverse("enterprises:detail", args=[mine.pk])).status_code == 200
    assert client.get(reverse("enterprises:detail", args=[other.pk])).status_code == 404
    with tenant_scope(office):
        role_revoke(actor=acting(admin), assignment=user.assignments.get())
        assert not EnterprisePermission.objects.exists()


def test_another_tenants_enterprise_cannot_be_granted(
    admin: User, member: Member, acting: Acting, office: Tenant, neighbour: Tenant
) -> None:
    user = member("qiye", Role.ENTERPRISE)
    with tenant_scope(neighbour):
        foreign = factories.enterprise()
    with tenant_scope(office), pytest.raises(ValidationError, match="没有找到"):
        kind_of(Role.ENTERPRISE).grant(acting(admin), user, [foreign.pk])


def test_roles_and_grants_stand_in_the_users_own_trail(
    admin: User, member: Member, acting: Acting, office: Tenant
) -> None:
    user, kind, actor = member(), kind_of(Role.ENTERPRISE), acting(admin)
    with tenant_scope(office, actor_id=admin.pk):
        held = role_assign(actor=actor, user=user, role=Role.COUNTY_STAFF, region=factories.county())
        role_revoke(actor=actor, assignment=held)
        enterprise = factories.enterprise(name="金大丰机械")
        kind.grant(actor, user, [enterprise.pk])
        kind.revoke(user, [enterprise.pk])
        told = [line.text for line in reversed(trail({User: {user.pk: ""}}))]
    assert told[-4:] == [
        "把 角色 由 空 改为 县（市、区）工作人员（任城区）",
        "把 角色 由 县（市、区）工作人员（任城区） 改为 空",
        "把 代表的企业 由 空 改为 金大丰机械",
        "把 代表的企业 由 金大丰机械 改为 空",
    ]


def test_each_role_that_works_for_something_has_its_kind_of_grant() -> None:
    bound = {role for role in Role if kind_of(role)}
    assert bound == {Role.ENTERPRISE, Role.INSTRUCTOR, Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}


# Pages


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_the_administrators(admin: User, member: Member, browse: Browse, page: str) -> None:
    url = reverse(f"tenants:{page}")
    assert browse(admin).get(url).status_code == 200
    assert browse(member("limin", Role.CITY_STAFF)).get(url).status_code == 403
    assert Client().get(url)["Location"].startswith(reverse("account_login"))


def test_an_account_is_opened_invited_and_used(admin: User, browse: Browse, office: Tenant) -> None:
    client = browse(admin)
    with tenant_scope(office):
        county = factories.county()
    fields = {"login": "wangfang", "full_name": "王芳", "role": Role.COUNTY_STAFF, "region": county.pk}
    page = client.post(reverse("tenants:user_create"), fields, follow=True)
    assert "已开" in page.content.decode()
    user = page.context["person"]
    shown = client.post(reverse("tenants:user_invite", args=[user.pk]))
    link, other = shown.context["link"], Client()
    assert link.startswith("http://testserver/accounts/invitation/")
    other.post(link, {"password1": "Jining-2027", "password2": "Jining-2027"})
    assert post_sign_in(other, user.username, "Jining-2027").status_code == 302


def test_a_refused_account_keeps_what_was_typed(admin: User, browse: Browse) -> None:
    fields = {"login": "guanli", "full_name": "王芳", "role": Role.CITY_STAFF}
    page = browse(admin).post(reverse("tenants:user_create"), fields)
    assert page.status_code == 422
    assert "已经有人用" in page.content.decode()
    assert 'value="王芳"' in page.content.decode()


def test_the_list_filters_by_name_role_unit_and_state(
    admin: User, member: Member, browse: Browse, office: Tenant
) -> None:
    with tenant_scope(office):
        unit = factories.unit()
    clerk = member("limin", Role.DEPARTMENT, unit=unit, full_name="李敏")
    clerk.unit = unit
    closed = member("tingyong", full_name="老王", is_active=False)
    with tenant_scope(office):
        clerk.save()
    client, url = browse(admin), reverse("tenants:user_list")
    for query, wanted in (
        ("q=李敏", [clerk]),
        ("q=limin", [clerk]),
        (f"role={Role.DEPARTMENT}", [clerk]),
        (f"unit={unit.pk}", [clerk]),
        ("active=false", [closed]),
        ("sort=account", [admin, clerk, closed]),
    ):
        assert list(client.get(f"{url}?{query}").context["page"].object_list) == wanted, query


def test_the_list_costs_the_same_for_many_users(
    admin: User, member: Member, browse: Browse, django_assert_max_num_queries: object
) -> None:
    client, url = browse(admin), reverse("tenants:user_list")
    for number in range(12):
        member(f"user{number}", Role.CITY_STAFF)
    client.get(url)
    # Eight, and what a test's own transaction adds: a savepoint, its release, the outer scope's settings.
    with django_assert_max_num_queries(8 + 3):
        client.get(url)


def test_buttons_do_what_they_say(admin: User, member: Member, browse: Browse, office: Tenant) -> None:
    user, client = member("limin", Role.CITY_STAFF), browse(admin)
    theirs = browse(user)
    client.post(reverse("tenants:user_sessions_end", args=[user.pk]))
    assert theirs.get(reverse("desk")).status_code == 302
    client.post(reverse("tenants:user_disable", args=[user.pk]))
    client.post(reverse("tenants:user_enable", args=[user.pk]))
    page = client.post(reverse("tenants:user_disable", args=[admin.pk]), follow=True)
    assert "不能停用自己的账号" in page.content.decode()
    with tenant_scope(office):
        held = user.assignments.get()
    page = client.post(reverse("tenants:role_revoke", args=[held.pk]), follow=True)
    assert "已取消" in page.content.decode()
    with tenant_scope(office):
        assert not user.assignments.exists()


def test_buttons_do_nothing_by_a_link(admin: User, browse: Browse) -> None:
    client = browse(admin)
    for page in ("user_disable", "user_enable", "user_invite", "user_sessions_end", "user_second_step_reset"):
        assert client.get(reverse(f"tenants:{page}", args=[admin.pk])).status_code == 405


def test_alliances_are_found_and_granted_on_the_page(
    admin: User, member: Member, browse: Browse, office: Tenant
) -> None:
    user, client = member("mishu", Role.ALLIANCE_SECRETARY), browse(admin)
    with tenant_scope(office):
        alliance = factories.alliance()
    url = reverse("tenants:user_detail", args=[user.pk])
    assert "这个角色看不到数据" in client.get(url).content.decode()
    found = client.get(f"{url}?grant=alliance_secretary&q={alliance.name[:2]}").context["bound"][0].found
    assert found == [(alliance.pk, alliance.name)]
    role = {"pk": user.pk, "role": Role.ALLIANCE_SECRETARY}
    client.post(reverse("tenants:grant_add", kwargs=role), {"object": alliance.pk})
    with tenant_scope(office):
        assert AlliancePermission.objects.get().content_object_id == alliance.pk
    client.post(reverse("tenants:grant_remove", kwargs=role), {"object": alliance.pk})
    with tenant_scope(office):
        assert not AlliancePermission.objects.exists()
    assert client.post(reverse("tenants:grant_add", kwargs=role), {"object": "x"}).status_code == 404
    assert client.post(reverse("tenants:grant_add", args=[user.pk, "nothing"]), {"object": "1"}).status_code == 404
