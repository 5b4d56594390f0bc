"""Operators open tenants and see whether they work; what is in them is none of their business."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from tenants.models import BodyName, Region, Role, Tenant, User
from tenants.scope import bootstrap_scope, cross_tenant, tenant_scope
from tenants.services import operator_create, tenant_create
from tests import factories

from .conftest import Browse, Member
from .signing import PASSWORD, post_sign_in

NEW = "Jining-2027"


@pytest.fixture
def operator(db: None) -> User:
    user = operator_create(login="ops", full_name="运维", password=PASSWORD, now=timezone.now())
    with bootstrap_scope():
        User.objects.filter(pk=user.pk).update(must_change_password=False)
    return user


@pytest.fixture
def client(operator: User) -> Client:
    client = Client()
    response = post_sign_in(client, "ops@platform")
    assert response["Location"] == reverse("tenants:operator_home")
    return client


FIELDS = {
    "slug": "zoucheng",
    "name": "邹城市",
    "body_name": "邹城市委两新工委",
    "regions": "城区，太平镇、\n北宿镇",
    "admin_name": "管理员",
    "admin_login": "admin",
}


def test_an_operator_opens_a_tenant_and_hands_over_its_link(client: Client) -> None:
    page = client.post(reverse("tenants:operator_tenant_create"), FIELDS)
    link, admin = page.context["link"], Client()
    admin.post(link, {"password1": NEW, "password2": NEW})
    assert post_sign_in(admin, "admin@zoucheng", NEW).status_code == 302
    assert admin.get(reverse("tenants:user_list")).status_code == 200
    tenant = page.context["tenant"]
    with tenant_scope(tenant):
        counties = Region.objects.filter(level=Region.Level.COUNTY)
        assert [region.name for region in counties] == ["城区", "太平镇", "北宿镇"]
        assert BodyName.objects.get().name == "邹城市委两新工委"


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"slug": "shili"}, "slug", "已经有了"),
        ({"slug": "platform"}, "slug", "留给平台运维"),
        ({"slug": "Bad Slug"}, "slug", "小写字母"),
        ({"regions": "城区,城区"}, "regions", "重复"),
        ({"admin_login": "a b"}, "admin_login", "登录名"),
    ],
)
def test_a_refused_tenant_leaves_nothing(
    client: Client, office: Tenant, wrong: dict[str, str], field: str, sentence: str
) -> None:
    page = client.post(reverse("tenants:operator_tenant_create"), FIELDS | wrong)
    assert page.status_code == 422
    assert sentence in "".join(page.context["form"].errors[field])
    with cross_tenant(reason="operator page"):
        assert Tenant.objects.count() == 1


def test_the_list_shows_health_and_no_business(client: Client, office: Tenant, member: Member) -> None:
    member("limin", Role.CITY_STAFF)
    with tenant_scope(office):
        factories.enterprise(name="金大丰机械")
        factories.job()
    page = client.get(reverse("tenants:operator_home"))
    row = page.context["tenants"][0]
    assert (row.tenant, row.users, row.jobs_waiting, row.jobs_failed) == (office, 1, 1, 0)
    assert "金大丰" not in page.content.decode()


def test_an_operator_finds_his_way_out_and_no_messages(client: Client) -> None:
    page = client.get(reverse("tenants:operator_home")).content.decode()
    assert f'action="{reverse("account_logout")}"' in page
    assert reverse("notices:list") not in page


def test_a_switched_off_tenant_is_shut_at_once(client: Client, member: Member, browse: Browse, office: Tenant) -> None:
    user = member("limin", Role.CITY_STAFF)
    theirs, url = browse(user), reverse("tenants:operator_tenant_switch", args=[office.pk])
    assert client.post(url, {"off": "1"}).status_code == 302
    assert theirs.get(reverse("desk"))["Location"].startswith(reverse("account_login"))
    assert post_sign_in(Client(), user.username).status_code == 200
    client.post(url, {"on": "1"})
    assert post_sign_in(Client(), user.username).status_code == 302


@pytest.mark.parametrize("page", ["enterprises:list", "demands:list", "tenants:user_list", "search"])
def test_business_pages_are_closed_to_operators(client: Client, office: Tenant, page: str) -> None:
    assert client.get(reverse(page)).status_code == 403


@pytest.mark.parametrize("page", ["operator_home", "operator_log", "operator_tenant_create"])
def test_operator_pages_are_closed_to_tenants(member: Member, browse: Browse, page: str) -> None:
    url = reverse(f"tenants:{page}")
    assert browse(member("guanli", Role.TENANT_ADMIN)).get(url).status_code == 403
    assert Client().get(url)["Location"].startswith(reverse("account_login"))


def test_an_operator_reads_no_row_of_a_tenant(operator: User, office: Tenant) -> None:
    with tenant_scope(office):
        factories.enterprise()
    with cross_tenant(reason="operator page"):
        assert Enterprise._base_manager.count() == 0


def test_the_command_opens_a_tenant_with_its_administrator(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("tenant_create", "zoucheng", "邹城市", regions="城区,太平镇", admin_login="admin")
    out = capsys.readouterr().out
    link = next(line for line in out.splitlines() if line.startswith("/accounts/invitation/"))
    assert Client().get(link).status_code == 200
    assert "admin@zoucheng" in out


def test_the_command_says_why_not(office: Tenant) -> None:
    with pytest.raises(CommandError, match="已经有了"):
        call_command("tenant_create", "shili", "示例市", regions="城区")


def test_the_command_makes_an_operator_who_must_change_his_password(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("operator_create", "yunwei")
    password = capsys.readouterr().out.split("初始密码：")[1].split()[0]
    client = Client()
    post_sign_in(client, "yunwei@platform", password)
    assert client.get(reverse("tenants:operator_home"))["Location"] == reverse("account_change_password")
    with pytest.raises(CommandError):
        call_command("operator_create", "yunwei")


def test_the_platforms_name_is_no_tenant(db: None) -> None:
    with pytest.raises(ValidationError):
        tenant_create(slug="platform", name="x", body_name="x", regions=[], since=timezone.localdate())


def _trail(client: Client) -> list[tuple[str, str, str]]:
    """(who, what about, what) of the platform's log, oldest first."""
    lines = client.get(reverse("tenants:operator_log")).context["lines"]
    return [(str(entry.actor or ""), entry.label, said) for entry, said in reversed(lines)]


def test_every_sign_in_of_an_operator_is_in_the_platforms_trail(operator: User) -> None:
    client = Client(headers={"user-agent": "x"})
    post_sign_in(client, operator.username, "wrong")
    post_sign_in(client, operator.username)
    client.post(reverse("account_logout"))
    post_sign_in(client, operator.username)
    assert _trail(client)[-4:] == [
        ("运维", "运维", "登录失败（账号或密码不对）"),
        ("运维", "运维", "登录"),
        ("运维", "运维", "退出"),
        ("运维", "运维", "登录"),
    ]
    newest, _ = client.get(reverse("tenants:operator_log")).context["lines"][0]
    assert (newest.address, bool(newest.request_id)) == ("127.0.0.1", True)


def test_attempts_on_accounts_of_no_tenant_are_kept_without_the_name(client: Client) -> None:
    post_sign_in(Client(), "my-secret@nowhere")
    assert _trail(client)[-1] == ("", "没有这个账号", "登录失败（账号或密码不对）")


def test_what_an_operator_does_is_in_the_platforms_trail(client: Client, office: Tenant) -> None:
    client.post(reverse("tenants:operator_tenant_create"), FIELDS)
    switch = reverse("tenants:operator_tenant_switch", args=[office.pk])
    client.post(switch, {"off": "1"})
    client.post(switch, {"on": "1"})
    call_command("operator_create", "yunwei")
    assert _trail(client)[-4:] == [
        ("运维", "租户 邹城市", "新增"),
        ("运维", f"租户 {office.name}", "停用"),
        ("运维", f"租户 {office.name}", "启用"),
        ("", "运维账号 yunwei@platform", "新增"),
    ]


def test_a_new_password_of_an_operator_is_in_the_platforms_trail(client: Client) -> None:
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post(reverse("account_change_password"), fields).status_code == 302
    assert _trail(client)[-1] == ("运维", "密码 ops@platform", "修改")


def test_an_operator_refused_stands_in_the_platforms_trail(client: Client) -> None:
    assert client.get(reverse("enterprises:list")).status_code == 403
    assert _trail(client)[-1] == ("运维", f"GET {reverse('enterprises:list')}", "拒绝访问")
