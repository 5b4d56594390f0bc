"""The pages about how messages leave the portal."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from notices.models import Channel, Delivery
from tenants.crypto import decrypt
from tenants.models import AuditEntry, Role, Tenant, Unit, User
from tenants.scope import tenant_scope
from tests import factories
from tests.factories.messages import KEY

WEBHOOK = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"


@pytest.fixture
def unit(tenant: Tenant) -> Unit:
    with tenant_scope(tenant):
        return factories.unit()


@pytest.fixture
def admin(tenant: Tenant) -> Client:
    with tenant_scope(tenant):
        return factories.sign_in(factories.actor(Role.TENANT_ADMIN).user)


@pytest.fixture
def user(tenant: Tenant) -> User:
    with tenant_scope(tenant):
        return factories.actor(Role.ENTERPRISE, email="limin@factory.example").user


def add(client: Client, unit: Unit, **values: str):
    return client.post(
        reverse("notices:robot_create"), {"unit": unit.pk, "kind": "wecom", "name": "人社组群", "key": WEBHOOK} | values
    )


def test_a_pasted_address_gives_the_key_which_nobody_sees_again(admin: Client, tenant: Tenant, unit: Unit) -> None:
    assert add(admin, unit).status_code == 302
    with tenant_scope(tenant):
        robot = Channel.objects.get()
        assert decrypt(robot.sealed_key) == KEY
        assert KEY not in robot.sealed_key
        assert not any(KEY in str(entry.changes) for entry in AuditEntry.objects.all())
    for address in (reverse("notices:robot_list"), reverse("notices:robot_update", args=[robot.pk])):
        page = admin.get(address).content.decode()
        assert "人社组群" in page
        assert KEY not in page
        assert robot.sealed_key not in page


@pytest.mark.parametrize(
    "key", ["短", "https://evil.example/", "../../etc/passwd-of-somebody", "key with spaces in it!"]
)
def test_what_cannot_be_a_key_is_refused_beside_its_field(admin: Client, tenant: Tenant, unit: Unit, key: str) -> None:
    answer = add(admin, unit, key=key)
    assert answer.status_code == 422
    assert "这不像机器人的密钥" in answer.content.decode()
    assert "人社组群" in answer.content.decode()
    with tenant_scope(tenant):
        assert not Channel.objects.exists()


def test_a_change_without_a_key_keeps_the_old_one(admin: Client, tenant: Tenant, unit: Unit) -> None:
    with tenant_scope(tenant):
        robot = factories.robot(unit)
    address = reverse("notices:robot_update", args=[robot.pk])
    assert admin.post(address, {"unit": unit.pk, "name": "新群名", "key": ""}).status_code == 302
    with tenant_scope(tenant):
        robot.refresh_from_db()
        assert (robot.name, robot.is_active, decrypt(robot.sealed_key)) == ("新群名", False, KEY)


def test_two_clicks_on_test_send_one(admin: Client, tenant: Tenant, unit: Unit) -> None:
    with tenant_scope(tenant):
        robot = factories.robot(unit)
    for expected in ("测试消息一分钟内发出", "上一条测试消息还在发"):
        page = admin.post(reverse("notices:robot_test", args=[robot.pk]), follow=True)
        assert expected in page.content.decode()
    with tenant_scope(tenant):
        assert Delivery.objects.get().is_test


def test_why_nothing_went_out_stands_in_the_list(admin: Client, tenant: Tenant, unit: Unit) -> None:
    with tenant_scope(tenant):
        factories.delivery(factories.robot(unit), state=Delivery.State.FAILED, error="群机器人没有收下。")
    assert "未发出：群机器人没有收下。" in admin.get(reverse("notices:robot_list")).content.decode()


def test_everybody_switches_his_own_mail_on_and_off(tenant: Tenant, user: User) -> None:
    client, address = factories.sign_in(user), reverse("notices:delivery")
    assert "发到我的邮箱" in client.get(address).content.decode()
    client.post(address, {"on": "1"})
    client.post(address, {"on": "1"})
    assert "停止发到邮箱" in client.get(address).content.decode()
    with tenant_scope(tenant):
        assert [(each.user, each.is_active) for each in Channel.objects.all()] == [(user, True)]
    client.post(address, {"off": "1"})
    with tenant_scope(tenant):
        assert not Channel.objects.get().is_active


def test_without_an_address_the_account_is_told_what_to_do(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        client = factories.sign_in(factories.actor(Role.ENTERPRISE).user)
    page = client.post(reverse("notices:delivery"), {"on": "1"}, follow=True)
    assert "您的账号没有登记邮箱" in page.content.decode()
    with tenant_scope(tenant):
        assert not Channel.objects.exists()
