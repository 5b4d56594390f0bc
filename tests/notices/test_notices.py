"""Messages: sent once, read by their recipient only."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from notices.models import Notice
from notices.services import notice_send
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, queries_of

LIST = "notices:list"


@pytest.fixture
def user(tenant: Tenant) -> User:
    with tenant_scope(tenant):
        return factories.actor(Role.CITY_STAFF).user


@pytest.fixture
def client(user: User) -> Client:
    return factories.sign_in(user)


def shown(client: Client, **params: str) -> list[str]:
    return [notice.title for notice in client.get(reverse(LIST), params).context["page"].object_list]


def test_sent_again_it_reaches_nobody_twice(scope: Tenant):
    first, second = (factories.actor(Role.CITY_STAFF).user for _ in range(2))
    assert notice_send(recipients=[first, first], key="import:1", title="导入完成") == 1
    assert notice_send(recipients=[first, second], key="import:1", title="导入完成") == 1
    assert notice_send(recipients=[first], key="import:2", title="导入完成") == 1
    assert Notice.objects.filter(recipient=first).count() == 2
    assert Notice.objects.filter(recipient=second).count() == 1


def test_sent_to_nobody_it_does_nothing(scope: Tenant):
    assert notice_send(recipients=[], key="import:1", title="导入完成") == 0


def test_a_title_that_is_too_long_is_cut(scope: Tenant):
    user = factories.actor(Role.CITY_STAFF).user
    notice_send(recipients=[user], key="long", title="长" * 200)
    title = Notice.objects.get(recipient=user).title
    assert len(title) == 120
    assert title.endswith("…")


def test_the_badge_counts_what_is_unread(client: Client, user: User, tenant: Tenant):
    with tenant_scope(tenant):
        for number in range(3):
            factories.notice(user, f"第 {number} 条")
        factories.notice(factories.actor(Role.CITY_STAFF).user, "别人的消息")
    assert client.get(reverse("desk")).context["unread_count"] == 3
    client.post(reverse("notices:read_all"))
    assert client.get(reverse("desk")).context["unread_count"] == 0


def test_the_list_shows_own_messages_newest_first(client: Client, user: User, tenant: Tenant):
    with tenant_scope(tenant):
        factories.notice(user, "旧消息")
        factories.notice(user, "新消息")
        factories.notice(factories.actor(Role.CITY_STAFF).user, "别人的消息")
    assert shown(client) == ["新消息", "旧消息"]


def test_opening_marks_it_as_read_and_goes_where_it_points(client: Client, user: User, tenant: Tenant):
    with tenant_scope(tenant):
        notice = factories.notice(user, url="/demands/?light=red")
        plain = factories.notice(user)
    assert client.get(reverse("notices:open", args=[notice.pk])).status_code == 405
    assert client.post(reverse("notices:open", args=[notice.pk])).headers["Location"] == "/demands/?light=red"
    assert client.post(reverse("notices:open", args=[plain.pk])).headers["Location"] == reverse(LIST)
    assert shown(client, read="false") == []
    assert len(shown(client, read="true")) == 2


def test_the_time_of_the_first_reading_stays(client: Client, user: User, tenant: Tenant):
    with tenant_scope(tenant):
        notice = factories.notice(user)
    client.post(reverse("notices:open", args=[notice.pk]))
    with tenant_scope(tenant):
        first = Notice.objects.get(pk=notice.pk).read_at
    client.post(reverse("notices:open", args=[notice.pk]))
    client.post(reverse("notices:read_all"))
    with tenant_scope(tenant):
        assert Notice.objects.get(pk=notice.pk).read_at == first


def test_an_address_elsewhere_is_not_followed(client: Client, user: User, tenant: Tenant):
    with tenant_scope(tenant):
        notice = factories.notice(user, url="https://elsewhere.example/")
    assert client.post(reverse("notices:open", args=[notice.pk])).headers["Location"] == reverse(LIST)


def test_somebody_elses_message_does_not_exist(client: Client, tenant: Tenant):
    with tenant_scope(tenant):
        notice = factories.notice(factories.actor(Role.CITY_STAFF).user)
    assert client.post(reverse("notices:open", args=[notice.pk])).status_code == 404
    with tenant_scope(tenant):
        assert Notice.objects.get(pk=notice.pk).read_at is None


def test_the_list_takes_as_many_queries_for_sixty_messages_as_for_one(client: Client, user: User, tenant: Tenant):
    with tenant_scope(tenant):
        factories.notice(user)
    few = queries_of(client, reverse(LIST))
    with tenant_scope(tenant):
        for _ in range(60):
            factories.notice(user)
    assert queries_of(client, reverse(LIST)) == few <= LIST_QUERIES
