"""The database role: refuse to work as one that row-level security does not bind (architecture.md, isolation 2)."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

_ROLE = """
SELECT rolname, rolsuper, rolbypassrls,
       (SELECT count(*) FROM pg_class WHERE relowner = role.oid AND relkind IN ('r', 'p')),
       (SELECT count(*) FROM pg_roles other WHERE other.oid <> role.oid AND pg_has_role(role.oid, other.oid, 'MEMBER')
            AND (other.rolsuper OR other.rolbypassrls
                 OR EXISTS (SELECT FROM pg_class WHERE relowner = other.oid AND relkind IN ('r', 'p'))))
FROM pg_roles role WHERE rolname = current_user
"""


@register(Tags.database)
def application_role_is_bound(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """`check --database default`: the application role is no superuser, has no BYPASSRLS and owns no table.

    Membership in such a role counts too, because `SET ROLE` would be enough.
    """
    if "default" not in (databases or ()):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(_ROLE)
        name, superuser, bypasses, owned, masters = cursor.fetchone()
    faults = {
        "是超级用户": superuser,
        "带有 BYPASSRLS": bypasses,
        f"拥有 {owned} 张表": owned,
        "是这类角色的成员": masters,
    }
    hint = "请让 DATABASE_URL 使用角色 portal_app（deploy/roles.sql），建表用 DATABASE_OWNER_URL。"
    return [
        Error(f"数据库角色 {name} {fault}，租户隔离对它不起作用。", hint=hint, id="portal.E001")
        for fault, present in faults.items()
        if present
    ]


def refuse_unbound_role() -> None:
    """For the start of a web server or worker.

    :raises ImproperlyConfigured: when the role is not bound, or a table lacks the security that would bind it.
    """
    faults = run_checks(tags=[Tags.database], databases=["default"])
    connections["default"].close()  # the process may fork after this
    if faults:
        raise ImproperlyConfigured("\n".join(f"{fault.msg} {fault.hint}" for fault in faults))
