"""What every page's frame shows: the menu by role, the issuing body's name, who is signed in, unread messages."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from alliances.permissions import SEES_DEMANDS
from reports.permissions import READERS
from tenants.models import Role, User
from tenants.permissions import STAFF

BRAND = "产业链党建联盟"
EVERYONE = frozenset(Role)
ADMIN = frozenset({Role.TENANT_ADMIN})
#: Those who work with all enterprises of their place; others meet Party organisations and groups on their own pages.
PLACES = STAFF | {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY, Role.INSTRUCTOR}
#: (group, [(label, route, roles that see it)]); screens.md "Pages".
MENU: list[tuple[str | None, list[tuple[str, str, frozenset[str]]]]] = [
    (None, [("工作台", "desk", EVERYONE)]),
    (
        "联盟",
        [
            ("联盟", "alliances:list", EVERYONE),
            ("产业链图谱", "alliances:chain_list", STAFF),
            ("联合党委", "alliances:joint_committee_list", STAFF),
            ("会议", "alliances:meeting_list", EVERYONE),
            ("活动", "alliances:activity_list", EVERYONE),
            ("结对与协议", "alliances:agreement_list", STAFF),
            ("品牌与案例", "alliances:case_list", EVERYONE),
            ("交接清单", "alliances:handover_list", SEES_DEMANDS),
        ],
    ),
    (
        "企业",
        [
            ("企业", "enterprises:list", EVERYONE),
            ("党组织", "enterprises:party_list", PLACES),
            ("助企力量", "enterprises:force_list", PLACES),
        ],
    ),
    (
        "三张清单",
        [
            ("诉求", "demands:list", EVERYONE),
            ("待办诉求", "demands:inbox", STAFF | {Role.DEPARTMENT}),
            ("资源", "demands:resource_list", EVERYONE),
            ("政策", "policies:list", EVERYONE),
        ],
    ),
    ("考核与报告", [("运行总览", "reports:dashboard", READERS), ("简报", "reports:briefing_list", STAFF)]),
    (
        "管理",
        [
            ("数据导入导出", "ledgers:home", STAFF),
            ("用户与角色", "tenants:user_list", ADMIN),
            ("区域", "tenants:region_list", ADMIN),
            ("单位", "tenants:unit_list", ADMIN),
            ("字典", "tenants:dictionary_home", ADMIN),
            ("清单种类", "demands:list_kinds", ADMIN),
            ("发文机关名称", "tenants:body_names", ADMIN),
            ("工作日历", "tenants:calendar", ADMIN),
            ("群机器人", "notices:robot_list", ADMIN),
            ("操作日志", "tenants:operation_log", ADMIN),
            ("登录日志", "tenants:sign_in_log", ADMIN),
        ],
    ),
]


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`; one query for signed-in users of a tenant, none for others."""
    actor = getattr(request, "actor", None)
    if actor is None:
        return {"brand_name": BRAND, **_operator_frame(request)}
    body_name, unread = _body_and_unread(actor.user)
    return {
        "brand_name": BRAND,
        "body_name": body_name,
        "user_label": actor.user.full_name,
        "role_label": actor.role_label,
        "unread_count": unread,
        "search_url": reverse("search"),
        "nav": menu(actor.roles, request.path),
    }


def _operator_frame(request: HttpRequest) -> dict[str, Any]:
    """An operator's name, his way out and his pages. Nothing for strangers."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.is_operator:
        return {}
    home, log = reverse("tenants:operator_home"), reverse("tenants:operator_log")
    reads_log = request.path.startswith(log)
    pages = [
        {"label": "租户", "url": home, "active": request.path.startswith(home) and not reads_log},
        {"label": "平台日志", "url": log, "active": reads_log},
    ]
    return {"user_label": user.full_name, "role_label": "平台运维", "nav": [{"label": None, "items": pages}]}


def menu(roles: frozenset[str], path: str) -> list[dict[str, Any]]:
    """The menu for some roles; the item of the longest matching address is the active one."""
    groups = _addresses(roles)
    # Every address begins with the desk's, "/": the desk is active on its own page only.
    above = [url for _, items in groups for _, url in items if path == url or (url != "/" and path.startswith(url))]
    active = max(above, key=len, default="")
    return [
        {"label": group, "items": [{"label": name, "url": url, "active": url == active} for name, url in items]}
        for group, items in groups
    ]


@lru_cache
def _addresses(roles: frozenset[str]) -> list[tuple[str | None, list[tuple[str, str]]]]:
    """The groups that have an item for these roles, with (label, address) of each item."""
    groups = [
        (group, [(name, reverse(route)) for name, route, seen_by in items if roles & seen_by]) for group, items in MENU
    ]
    return [(group, items) for group, items in groups if items]


#: Plain SQL, because every page of everybody asks it: composing the query took the ORM longer than running it.
BODY_AND_UNREAD = """
    SELECT (SELECT name FROM tenants_bodyname WHERE valid_from <= %s ORDER BY valid_from DESC LIMIT 1),
           (SELECT count(*) FROM notices_notice WHERE recipient_id = %s AND read_at IS NULL)
"""


def _body_and_unread(user: User) -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(BODY_AND_UNREAD, [timezone.localdate(), user.pk])
        name, unread = cursor.fetchone()
    return name or "", unread
