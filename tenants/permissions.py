"""Who may do what in a tenant: the actor of a request, with the roles he holds."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from .models import Role, User

#: Roles that see the whole tenant.
WHOLE_TENANT = frozenset({Role.TENANT_ADMIN, Role.CITY_STAFF})
#: Roles of the Party offices: they run the alliances of their region.
STAFF = WHOLE_TENANT | {Role.COUNTY_STAFF}
#: Administrators and reviewers, who prove themselves twice (security.md "People"); operators do as well.
SECOND_STEP = WHOLE_TENANT


@dataclass(frozen=True)
class Actor:
    """A signed-in user inside his tenant. Selectors and services take nothing else as proof of who asks."""

    user: User
    roles: frozenset[str] = frozenset()
    #: The regions of county and park staff with everything below them; empty for all others.
    region_ids: frozenset[int] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    #: The topmost regions of the staff roles, for headings: "鱼台县".
    region_names: tuple[str, ...] = field(default=(), compare=False)

    @property
    def sees_whole_tenant(self) -> bool:
        return bool(self.roles & WHOLE_TENANT)

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    @property
    def is_admin(self) -> bool:
        return Role.TENANT_ADMIN in self.roles

    @property
    def role_label(self) -> str:
        """The roles in words, the widest first."""
        return "、".join(role.label for role in Role if role in self.roles) or "未分配角色"

    def require(self, *roles: str) -> None:
        """Raise `PermissionDenied` unless one of `roles` is held."""
        if not self.roles & set(roles):
            raise PermissionDenied("您的角色不能做这件事。如工作需要，请联系本单位的系统管理员。")


#: Plain SQL, because every request asks it: composing it took the ORM longer than running it.
HELD = """
    ARRAY(
        SELECT jsonb_build_object(
            'role', held.role, 'unit', held.unit_id, 'region', top.name,
            'regions', ARRAY(SELECT id FROM tenants_region AS below WHERE starts_with(below.path, top.path))
        )
        FROM tenants_roleassignment AS held LEFT JOIN tenants_region AS top ON top.id = held.region_id
        WHERE held.user_id = tenants_user.id
        ORDER BY held.id
    )
"""


def with_roles(users: QuerySet[User]) -> QuerySet[User]:
    """Users with `held`: their roles as JSON, so that a request learns user, tenant and roles in one query."""
    return users.annotate(held=RawSQL(HELD, (), ArrayField(JSONField())))  # noqa: S611 - nothing is put into the text


def actor_for(user: User) -> Actor:
    """The actor of `user` in the open tenant scope; no query when he comes from `with_roles`."""
    held = user.held if hasattr(user, "held") else with_roles(User.objects.filter(pk=user.pk)).get().held
    return Actor(
        user,
        roles=frozenset(row["role"] for row in held),
        region_ids=frozenset(pk for row in held if row["region"] for pk in row["regions"]),
        unit_ids=frozenset(row["unit"] for row in held if row["unit"]),
        region_names=tuple(row["region"] for row in held if row["region"]),
    )


def needs_second_step(user: User, roles: frozenset[str]) -> bool:
    """Whether the installation demands two-step verification of somebody with these roles (`MFA_REQUIRED`)."""
    return settings.MFA_REQUIRED and (user.is_operator or bool(roles & SECOND_STEP))
