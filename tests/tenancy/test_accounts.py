"""Accounts are read before a scope exists: what that opens, and what it does not."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import DatabaseError, connection, transaction
from rest_framework.authtoken.models import Token

from tenants.middleware import SECOND_STEP_KEY
from tenants.models import AuditEntry, Invitation, Tenant, User
from tenants.schema import USER_OWNED_TABLES
from tenants.scope import bootstrap_scope, cross_tenant, tenant_scope, tenantless_scope
from tests import factories
from tests.factories import Sample


@pytest.fixture
def users(tenant: Tenant, second_tenant: Tenant) -> tuple[User, User]:
    """One of each tenant."""
    made = []
    for each in (tenant, second_tenant):
        with tenant_scope(each):
            made.append(factories.user("wangwei"))
    return made[0], made[1]


def _operator() -> User:
    with cross_tenant(reason="operator command"):
        return User.objects.create(username="yunwei@platform", is_operator=True)


def test_accounts_are_seen_by_their_own_tenant(users: tuple[User, User], tenant: Tenant) -> None:
    mine, theirs = users
    with tenant_scope(tenant, actor_id=theirs.pk):
        assert User.objects.filter(pk=mine.pk).exists()
        assert not User.objects.filter(pk=theirs.pk).exists(), "claiming to be somebody of another tenant"
    assert not User.objects.exists()


def test_operator_sees_himself_only(users: tuple[User, User]) -> None:
    operator = _operator()
    with tenantless_scope(actor_id=operator.pk):
        assert list(User.objects.all()) == [operator]
    with tenantless_scope(actor_id=users[0].pk):
        assert not User.objects.exists(), "somebody of a tenant is no operator"


def test_signing_in_adds_and_deletes_no_account(users: tuple[User, User], tenant: Tenant) -> None:
    with bootstrap_scope():
        assert User.objects.filter(pk=users[1].pk).exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            User.objects.create(username="x@shili", tenant=tenant)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            User.objects.create(username="x@platform", is_operator=True)
        assert User.objects.filter(pk=users[0].pk)._raw_delete("default") == 0


def _changed(user: User, **values: object) -> int:
    """How many accounts took the values: 0 when the database refuses, too."""
    try:
        with transaction.atomic():
            return User.objects.filter(pk=user.pk).update(**values)
    except DatabaseError:
        return 0


@pytest.mark.parametrize("scope", [bootstrap_scope, lambda: cross_tenant(reason="operator page")])
def test_nobody_moves_to_another_tenant_or_becomes_operator(
    users: tuple[User, User], scope: Callable[[], AbstractContextManager[None]]
) -> None:
    operator = _operator()
    for values in ({"tenant": users[1].tenant_id}, {"tenant": None, "is_operator": True}, {"is_operator": True}):
        with scope():
            # Looking across tenants does not even show the account.
            assert _changed(users[0], **values) == 0
    with scope():
        assert _changed(operator, tenant=users[0].tenant_id, is_operator=False) == 0


def test_account_names_end_with_the_own_slug(tenant: Tenant, users: tuple[User, User]) -> None:
    with tenant_scope(tenant):
        for name in ("wangwei@linshi", "free", "x@platform"):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                factories.user(username=name)
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                User.objects.filter(pk=users[0].pk).update(username=name)


def test_invitations_are_looked_up_before_and_changed_inside(tenant: Tenant, sample: Sample) -> None:
    digest = sample.invitation.token_digest
    with bootstrap_scope():
        invitation = Invitation._base_manager.get(token_digest=digest)
        assert Invitation._base_manager.filter(pk=invitation.pk).update(token_digest="x") == 0
    with tenant_scope(invitation.tenant_id):
        assert Invitation.objects.filter(pk=invitation.pk).update(token_digest="x") == 1


def test_tables_of_sign_in_follow_their_user(tenant: Tenant, users: tuple[User, User]) -> None:
    with bootstrap_scope():
        for user in users:
            Token.objects.create(user=user)
            Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
            EmailAddress.objects.create(user=user, email="a@b.example", primary=True)
            UserSession.objects.create(user=user, ip="127.0.0.1", session_key=f"key{user.pk}", user_agent="", data={})
    with tenant_scope(tenant), connection.cursor() as cursor:
        for table in USER_OWNED_TABLES:
            cursor.execute(f"SELECT user_id FROM {table}")
            assert cursor.fetchall() == [(users[0].pk,)], table
            cursor.execute(f"UPDATE {table} SET user_id = user_id WHERE user_id = %s", [users[1].pk])
            assert cursor.rowcount == 0, table
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic(), tenant_scope(tenant):
        Authenticator.objects.create(user=users[1], type=Authenticator.Type.RECOVERY_CODES, data={})


def test_accounts_are_audited_without_their_passwords(tenant: Tenant, users: tuple[User, User]) -> None:
    with tenant_scope(tenant, actor_id=users[0].pk):
        users[0].set_password("Quite-New-2026")
        users[0].full_name = "王伟"
        users[0].save()
        entry = AuditEntry.objects.filter(object_type=User._meta.db_table).latest("id")
    assert (entry.verb, entry.actor_id, entry.object_label) == ("update", users[0].pk, users[0].full_name)
    assert entry.changes["password"] == ["***", "***"]
    assert entry.changes["full_name"] == ["李敏", "王伟"]


def test_session_that_names_another_tenant_ends(tenant: Tenant, users: tuple[User, User]) -> None:
    """Should a session ever name a tenant that is not its user's, nobody comes in by it."""
    client = factories.sign_in(users[1])
    session = client.session
    session["tenant_id"] = tenant.pk
    session.save()
    assert client.get("/").status_code == 302
    assert "_auth_user_id" not in client.session
    assert SECOND_STEP_KEY not in client.session


def test_signing_out_ends_the_cached_session_too(tenant: Tenant, users: tuple[User, User]) -> None:
    with tenant_scope(tenant):
        actor = factories.actor("city_staff")
    client = factories.sign_in(actor.user)
    assert client.get("/").status_code == 200
    cookie = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    client.cookies["sessionid"] = cookie
    assert client.get("/").status_code == 302
