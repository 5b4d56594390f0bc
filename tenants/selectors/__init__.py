"""Reads of the ground floor: tenants, users and roles, regions and units, the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.management.base import CommandError
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404

from ..crypto import digest
from ..models import (
    AuditEntry,
    BodyName,
    DictionaryEntry,
    Invitation,
    Job,
    PlatformEntry,
    Region,
    Role,
    RoleAssignment,
    Tenant,
    Unit,
    User,
)
from ..permissions import Actor
from ..scope import bootstrap_scope, cross_tenant, tenant_scope

#: What stands in the sign-in log; everything else is in the operation log.
SIGN_IN_VERBS = (AuditEntry.Verb.SIGN_IN, AuditEntry.Verb.SIGN_IN_FAILED, AuditEntry.Verb.SIGN_OUT)
#: Entries on one page of the platform's log.
LOG_PAGE = 50


def body_name_on(tenant: Tenant, day: date) -> str:
    """The issuing body's name on a day, read from outside the tenant's scope; before the first, the tenant's."""
    with tenant_scope(tenant):
        found = BodyName.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
    return found.name if found else tenant.name


def tenant_by_slug(slug: str) -> Tenant | None:
    """An enabled tenant, for the sign-in page; None for unknown ones."""
    if not slug:
        return None
    with bootstrap_scope():
        return Tenant.objects.filter(slug=slug, is_active=True).first()


def tenant_named(slug: str) -> Tenant:
    """The tenant on which a management command works, enabled or not. Raises `CommandError` for an unknown one."""
    with bootstrap_scope():
        tenants = {tenant.slug: tenant for tenant in Tenant.objects.order_by("slug")}
    if slug in tenants:
        return tenants[slug]
    known = (
        f"现有的代码：{'、'.join(tenants)}。" if tenants else "还没有开通任何租户，请先执行 manage.py tenant_create。"
    )
    raise CommandError(f"没有单位代码为“{slug}”的租户。{known}")


def invitation_find(*, token: str, now: datetime) -> Invitation | None:
    """The invitation behind a link that still works, with its user and tenant; None for all others alike."""
    with bootstrap_scope():
        invitations = Invitation.before_scope.select_related("user__tenant")
        return invitations.filter(
            token_digest=digest(token),
            used_at__isnull=True,
            expires_at__gt=now,
            user__is_active=True,
            user__tenant__is_active=True,
        ).first()


# Users


def user_list(*, actor: Actor) -> QuerySet[User]:
    """The tenant's users."""
    actor.require(Role.TENANT_ADMIN)
    return User.objects.filter(tenant=actor.user.tenant_id)


def with_assignments(users: QuerySet[User]) -> QuerySet[User]:
    """Users with unit and roles, for a list: two queries."""
    assignments = RoleAssignment.objects.select_related("region", "unit").order_by("id")
    return users.select_related("unit").prefetch_related(Prefetch("assignments", queryset=assignments))


def user_get(*, actor: Actor, pk: int) -> User:
    """One user of the tenant with roles and unit, or 404."""
    second_step = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    users = with_assignments(user_list(actor=actor)).annotate(has_second_step=Exists(second_step))
    return get_object_or_404(users.select_related("unit", "tenant"), pk=pk)


def session_list(*, actor: Actor, user: User) -> list[UserSession]:
    """Where a user is signed in, newest first."""
    actor.require(Role.TENANT_ADMIN)
    return list(UserSession.objects.filter(user=user).order_by("-created_at"))


def open_invitation(*, actor: Actor, user: User, now: datetime) -> Invitation | None:
    """The user's link that still works, to say until when; its token is not known any more."""
    actor.require(Role.TENANT_ADMIN)
    return Invitation.objects.filter(user=user, used_at__isnull=True, expires_at__gt=now).first()


def assignment_get(*, actor: Actor, pk: int) -> RoleAssignment:
    """One role of a user, or 404."""
    actor.require(Role.TENANT_ADMIN)
    return get_object_or_404(RoleAssignment.objects.select_related("user"), pk=pk)


# Regions, units, dictionaries


@dataclass(frozen=True)
class Branch:
    """A region and how deep it stands in its tree."""

    region: Region
    depth: int

    @property
    def indent(self) -> str:
        """Ideographic spaces, which a browser does not fold."""
        return "　" * self.depth


def region_tree(*, actor: Actor) -> list[Branch]:
    """All regions, each after its parent, siblings in their order."""
    actor.require(Role.TENANT_ADMIN)
    below: dict[int | None, list[Region]] = {}
    for region in Region.objects.all():
        below.setdefault(region.parent_id, []).append(region)
    tree: list[Branch] = []

    def walk(parent: int | None, depth: int) -> None:
        for region in below.get(parent, []):
            tree.append(Branch(region, depth))
            walk(region.pk, depth + 1)

    walk(None, 0)
    return tree


def region_get(*, actor: Actor, pk: int) -> Region:
    """One region, or 404."""
    actor.require(Role.TENANT_ADMIN)
    return get_object_or_404(Region, pk=pk)


def unit_list(*, actor: Actor) -> QuerySet[Unit]:
    """All units with the number of their users."""
    actor.require(Role.TENANT_ADMIN)
    return Unit.objects.select_related("region").annotate(user_count=Count("user", distinct=True))


def unit_get(*, actor: Actor, pk: int) -> Unit:
    """One unit, or 404."""
    return get_object_or_404(unit_list(actor=actor), pk=pk)


def entry_list(*, actor: Actor, kind: str) -> QuerySet[DictionaryEntry]:
    """The values of one dictionary, also those out of use."""
    actor.require(Role.TENANT_ADMIN)
    return DictionaryEntry.objects.filter(kind=kind)


def entry_get(*, actor: Actor, pk: int) -> DictionaryEntry:
    """One value, or 404."""
    actor.require(Role.TENANT_ADMIN)
    return get_object_or_404(DictionaryEntry, pk=pk)


def body_name_list(*, actor: Actor) -> QuerySet[BodyName]:
    """The issuing body's names, the newest first."""
    actor.require(Role.TENANT_ADMIN)
    return BodyName.objects.order_by("-valid_from")


# Audit trail


def operation_log(*, actor: Actor) -> QuerySet[AuditEntry]:
    """Everything but sign-ins, with who acted."""
    actor.require(Role.TENANT_ADMIN)
    return AuditEntry.objects.exclude(verb__in=SIGN_IN_VERBS).select_related("actor")


def sign_in_log(*, actor: Actor) -> QuerySet[AuditEntry]:
    """Sign-ins, failures and sign-outs."""
    actor.require(Role.TENANT_ADMIN)
    return AuditEntry.objects.filter(verb__in=SIGN_IN_VERBS).select_related("actor")


# Operators


@dataclass(frozen=True)
class TenantHealth:
    """A tenant as an operator may see it: no business data."""

    tenant: Tenant
    users: int
    jobs_waiting: int
    jobs_failed: int
    last_seen: datetime | None


def tenant_health_list(*, now: datetime) -> list[TenantHealth]:
    """All tenants with counts of accounts and of jobs, failed ones within seven days. One query and one per tenant."""
    with cross_tenant(reason="operator page"):
        tenants = list(Tenant.objects.order_by("slug"))
    return [_health(tenant, now) for tenant in tenants]


def _health(tenant: Tenant, now: datetime) -> TenantHealth:
    waiting = Q(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    failed = Q(state=Job.State.FAILED, finished_at__gte=now - timedelta(days=7))
    with tenant_scope(tenant):
        users = User.objects.filter(is_active=True)
        jobs: dict[str, Any] = Job.objects.aggregate(waiting=Count("pk", waiting), failed=Count("pk", failed))
        newest = users.order_by("-last_login").exclude(last_login=None).values_list("last_login", flat=True).first()
        return TenantHealth(tenant, users.count(), jobs["waiting"], jobs["failed"], newest)


def platform_log(*, number: str | None) -> Page:
    """One page of operators' sign-ins and acts, newest first, for an operator."""
    with cross_tenant(reason="operator page"):
        page = Paginator(PlatformEntry.objects.select_related("actor").order_by("-pk"), LOG_PAGE).get_page(number)
        page.object_list = list(page.object_list)
    return page


def tenant_get(*, pk: int) -> Tenant:
    """One tenant for an operator, or 404."""
    with cross_tenant(reason="operator page"):
        return get_object_or_404(Tenant, pk=pk)
