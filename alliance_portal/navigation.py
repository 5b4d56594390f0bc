"""What every page's frame shows: the menu by role, the issuing body's name, who is signed in, unread messages."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from notices.models import Notice
from tenants.models import BodyName, Role, User

BRAND = "产业链党建联盟"
EVERYONE = frozenset(Role)
ADMIN = frozenset({Role.TENANT_ADMIN})
#: (group, [(label, route, roles that see it)]); screens.md "Pages".
MENU: list[tuple[str | None, list[tuple[str, str, frozenset[str]]]]] = [
    ("联盟", [("联盟", "alliances:list", EVERYONE), ("活动", "alliances:activity_list", EVERYONE)]),
    ("企业", [("企业", "enterprises:list", EVERYONE)]),
    (
        "三张清单",
        [
            ("诉求", "demands:list", EVERYONE),
            ("资源", "demands:resource_list", EVERYONE),
            ("政策", "policies:list", EVERYONE),
        ],
    ),
]


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`; one query for signed-in users of a tenant, none for others."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return {"brand_name": BRAND}
    body_name, unread = _body_and_unread(actor.user)
    return {
        "brand_name": BRAND,
        "body_name": body_name,
        "user_label": actor.user.full_name,
        "role_label": actor.role_label,
        "unread_count": unread,
        "nav": menu(actor.roles, request.path),
    }


def menu(roles: frozenset[str], path: str) -> list[dict[str, Any]]:
    """The menu for some roles; the item of the longest matching address is the active one."""
    groups = []
    addresses = [reverse(route) for _, items in MENU for _, route, seen_by in items if roles & seen_by]
    active = max((address for address in addresses if path.startswith(address)), key=len, default=None)
    for label, items in MENU:
        shown = [
            {"label": name, "url": reverse(route), "active": reverse(route) == active}
            for name, route, seen_by in items
            if roles & seen_by
        ]
        if shown:
            groups.append({"label": label, "items": shown})
    return groups


def _body_and_unread(user: User) -> tuple[str, int]:
    names = BodyName.objects.filter(valid_from__lte=timezone.localdate()).order_by("-valid_from").values("name")[:1]
    unread = Notice.objects.filter(recipient=OuterRef("pk"), read_at__isnull=True).order_by().values("recipient")
    row = (
        User.objects.filter(pk=user.pk)
        .annotate(body=Subquery(names), unread=Coalesce(Subquery(unread.annotate(n=Count("pk")).values("n")), 0))
        .values_list("body", "unread")
        .get()
    )
    return row[0] or "", row[1]
