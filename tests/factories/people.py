"""Users with roles and grants, as actors and as signed-in browsers."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client

from alliances.models import Alliance, AlliancePermission
from alliances.permissions import CHAIR, MANAGE
from enterprises.models import Enterprise, EnterprisePermission, PartyOrganisation, PartyOrganisationPermission
from enterprises.permissions import ASSIST, LEAD, OPERATE
from tenants.accounts import load_user
from tenants.middleware import SECOND_STEP_KEY
from tenants.models import Region, Role, RoleAssignment, Tenant, Unit, User
from tenants.permissions import Actor, actor_for
from tenants.scope import bootstrap_scope, current_tenant_id

PASSWORD = "Shili-2026-密码"
BACKEND = "tenants.accounts.PortalBackend"
GRANTS = {
    Role.ENTERPRISE: OPERATE,
    Role.INSTRUCTOR: ASSIST,
    Role.ALLIANCE_SECRETARY: MANAGE,
    Role.ROTATING_SECRETARY: CHAIR,
}


@cache
def _encoded() -> str:
    """Slow by design, so once is enough."""
    return make_password(PASSWORD)


def user(login: str = "limin", **values: Any) -> User:
    """A user of the open tenant whose password is `PASSWORD`, without any role."""
    slug = Tenant.objects.get(pk=current_tenant_id()).slug
    defaults = {"username": f"{login}@{slug}", "full_name": "李敏", "tenant_id": current_tenant_id()}
    return User.objects.create(**({"password": _encoded()} | defaults | values))


def actor(
    role: str | None,
    *,
    region: Region | None = None,
    unit: Unit | None = None,
    enterprise: Enterprise | None = None,
    alliance: Alliance | None = None,
    party_organisation: PartyOrganisation | None = None,
    login: str | None = None,
    **values: Any,
) -> Actor:
    """Somebody who holds `role` (None: no role at all) with its limits and the object permissions that go with it."""
    # As many users as there are tell them apart.
    made = user(login or f"{role or 'nobody'}{User.objects.count() + 1}", **values)
    if role:
        RoleAssignment.objects.create(user=made, role=role, region=region, unit=unit)
    for through, target in ((EnterprisePermission, enterprise), (AlliancePermission, alliance)):
        if target is not None:
            through.objects.assign_perm(GRANTS[role], made, target)
    if party_organisation is not None:
        PartyOrganisationPermission.objects.assign_perm(LEAD, made, party_organisation)
    return actor_of(made)


def actor_of(user: User) -> Actor:
    """The actor of an existing user, as the middleware would make it."""
    return actor_for(load_user(user.pk))


def sign_in(user: User, client: Client | None = None) -> Client:
    """A browser in which `user` is signed in, second step done."""
    client = client or Client()
    with bootstrap_scope():
        client.force_login(user, backend=BACKEND)
        session = client.session
        session[SECOND_STEP_KEY] = True
        session.save()
    return client
