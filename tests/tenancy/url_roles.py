"""Every address of the portal and who may open it. A new URL name fails `test_url_roles.py` until it stands here.

    Page("enterprises:detail", ALL, "enterprise")
         name                  who  what it is about: a field of tests.factories.Sample

- `who` gets `ok` (200), everybody else 403, `hidden` 404 (the page is for them, this row is not), strangers the sign-in
  page. All of them see the rows of 任城区 and of their own alliance or enterprise; `other_<field>`, where `Sample` has
  it, is 404 for whoever does not see the whole tenant; the second tenant's row is 404 for everybody.
- `args` are the arguments of the address, `PK` the row's number; `data` makes it a POST (`{}`: a bare one).
- `SELF` are pages about nothing but the session's own user, `OPEN` those that strangers may see.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PK = object()

STAFF = frozenset({"admin", "city", "county"})
LEADERS = frozenset({"secretary", "rotating"})
ALL = STAFF | LEADERS | {"department", "enterprise", "instructor"}
ASKERS = frozenset({"enterprise", "instructor"})
ADMIN = frozenset({"admin"})
COUNTY = frozenset({"county"})
OPERATOR = frozenset({"operator"})
WHOLE_TENANT = frozenset({"admin", "city"})
#: Signed in, but without any role; and the platform's operator, who has no tenant.
OUTSIDERS = frozenset({"nobody", "operator"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Page:
    name: str
    who: frozenset[str]
    target: str = ""
    args: tuple[Any, ...] = ()
    hidden: frozenset[str] = NONE
    data: dict[str, Any] | None = None
    ok: int = 200
    query: str = ""
    #: Roles with a status of their own.
    but: dict[str, int] = field(default_factory=dict)
    #: A page of the portal sends strangers to the sign-in page; the API answers.
    stranger: int = 302


def _api(name: str, target: str = "", who: frozenset[str] = ALL, query: str = "") -> Page:
    return Page(f"api:{name}", who, target, query=query, stranger=401)


def _button(name: str, who: frozenset[str], target: str = "", *, ok: int = 302, **values: Any) -> Page:
    return Page(name, who, target, ok=ok, data=values.pop("data", {}), **values)


PAGES = [
    Page("desk", ALL, but={"operator": 302}),
    Page("search", ALL),
    Page("enterprises:list", ALL),
    Page("enterprises:detail", ALL, "enterprise"),
    Page("enterprises:party", ALL, "enterprise"),
    Page("enterprises:forces", ALL, "enterprise"),
    Page("enterprises:log", STAFF, "enterprise"),
    Page("enterprises:party_list", ALL),
    Page("enterprises:party_detail", ALL, "party_organisation"),
    Page("enterprises:worker_save", STAFF, "party_organisation"),
    Page("enterprises:force_list", ALL),
    Page("enterprises:force_detail", ALL, "support_group"),
    Page("enterprises:cadre_list", ALL),
    Page("enterprises:team_list", ALL),
    Page("enterprises:team_create", STAFF),
    Page("enterprises:team_detail", ALL, "team"),
    Page("enterprises:team_edit", STAFF, "team"),
    Page("enterprises:team_join", STAFF, "team"),
    Page("enterprises:team_assign", STAFF, "team"),
    Page("enterprises:team_leave", STAFF, "team_member"),
    Page("enterprises:team_unassign", STAFF, "team_assignment"),
    Page("enterprises:visit_list", ALL),
    Page("enterprises:visits", ALL, "enterprise"),
    Page("enterprises:visit_create", STAFF | {"instructor"}, "enterprise"),
    Page("enterprises:visit_withdraw", STAFF | {"instructor"}, "visit"),
    Page("alliances:list", ALL),
    Page("alliances:detail", ALL, "alliance"),
    Page("alliances:organisation", ALL, "alliance"),
    Page("alliances:appoint", STAFF, "alliance"),
    Page("alliances:appointment_correct", STAFF, "appointment"),
    Page("alliances:relieve", STAFF, "appointment"),
    Page("alliances:charter_create", STAFF | {"secretary"}, "alliance"),
    Page("alliances:charter", ALL, "charter"),
    Page("alliances:charter_file", ALL, "charter"),
    Page("alliances:members", ALL, "alliance"),
    Page("alliances:member_apply", STAFF | {"secretary"}, "alliance"),
    Page("alliances:member_exit", STAFF | {"secretary", "enterprise", "instructor"}, "membership"),
    Page("alliances:membership_approve", STAFF | {"secretary"}, "membership_request"),
    Page("alliances:membership_refuse", STAFF | {"secretary"}, "membership_request"),
    Page("alliances:enterprise_join", frozenset({"enterprise", "instructor"}), "enterprise"),
    Page("alliances:rotation", ALL, "alliance"),
    Page("alliances:roster_adopt", STAFF | {"secretary"}, "alliance"),
    Page("alliances:rotation_request_create", STAFF | {"secretary"}, "alliance", args=(PK, "skip")),
    _button("alliances:rotation_request_approve", STAFF, "rotation_request"),
    Page("alliances:rotation_request_refuse", STAFF, "rotation_request"),
    Page("alliances:term_person", STAFF | {"secretary"}, "term"),
    Page("alliances:meetings", ALL, "alliance"),
    Page("alliances:meeting_list", ALL),
    Page("alliances:feed", ALL),
    _button("alliances:feed_renew", ALL, ok=200),
    _button("alliances:feed_revoke", ALL),
    Page("alliances:body_create", STAFF | LEADERS, "alliance", args=(PK, "council")),
    Page("alliances:body_update", STAFF | LEADERS, "meeting_body"),
    Page("alliances:meeting_create", STAFF | LEADERS, "meeting_body"),
    Page("alliances:meeting_detail", ALL, "meeting"),
    Page("alliances:meeting_update", STAFF | LEADERS, "meeting"),
    Page("alliances:meeting_cancel", STAFF | LEADERS, "meeting"),
    _button("alliances:meeting_call", STAFF | LEADERS, "meeting"),
    _button("alliances:agenda_fill", STAFF | LEADERS, "meeting"),
    Page("alliances:topic_add", STAFF | LEADERS | {"enterprise", "instructor"}, "meeting"),
    _button("alliances:topic_accept", STAFF | LEADERS, "meeting_topic"),
    _button("alliances:topic_decline", STAFF | LEADERS, "meeting_topic"),
    Page("alliances:handover_list", STAFF | LEADERS),
    Page("alliances:handover", STAFF | LEADERS, "handover"),
    # Whoever gives, which nobody here does, or the alliance's secretary for him.
    Page("alliances:handover_update", frozenset({"secretary"}), "handover"),
    _button("alliances:handover_sign", STAFF, "handover", args=(PK, "supervising")),
    Page("alliances:handover_return", STAFF, "handover"),
    Page("alliances:attendance", STAFF | LEADERS, "running_meeting"),
    Page("alliances:seat_update", STAFF | LEADERS, "meeting_seat"),
    _button("alliances:seat_present", STAFF | LEADERS, "meeting_seat"),
    _button("alliances:seat_excused", STAFF | LEADERS, "meeting_seat"),
    _button("alliances:seat_absent", STAFF | LEADERS, "meeting_seat"),
    Page("alliances:resolution_add", STAFF | LEADERS, "running_meeting"),
    _button("alliances:resolution_remove", STAFF | LEADERS, "resolution"),
    Page("alliances:resolution_report", STAFF | LEADERS, "resolution"),
    Page("alliances:meeting_close", STAFF | LEADERS, "running_meeting"),
    Page("alliances:activities", ALL, "alliance"),
    Page("alliances:log", STAFF | {"secretary"}, "alliance"),
    Page("alliances:of_enterprise", ALL, "enterprise"),
    Page("alliances:joint_committee_list", STAFF),
    Page("alliances:joint_committee_save", STAFF, "park"),
    Page("alliances:chain_list", STAFF),
    Page("alliances:chain_detail", STAFF, "cluster"),
    Page("alliances:segment_create", WHOLE_TENANT, "cluster"),
    Page("alliances:segment_update", WHOLE_TENANT, "segment"),
    _button("alliances:segment_delete", WHOLE_TENANT, "segment"),
    Page("alliances:supply_create", STAFF, "cluster"),
    _button("alliances:supply_delete", WHOLE_TENANT, "supply", hidden=COUNTY),
    Page("alliances:brand_list", ALL),
    Page("alliances:brand_create", STAFF | {"secretary"}, "alliance"),
    Page("alliances:brand", ALL, "brand"),
    Page("alliances:brand_update", STAFF | {"secretary"}, "brand"),
    Page("alliances:brand_progress", STAFF | {"secretary"}, "brand"),
    _button("alliances:brand_attachment_add", STAFF | {"secretary"}, "brand"),
    Page("alliances:brand_attachment", ALL, "brand_attachment"),
    _button("alliances:brand_attachment_remove", STAFF | {"secretary"}, "brand_attachment"),
    Page("alliances:case_list", ALL),
    Page("alliances:case_create", STAFF | {"secretary"}, "alliance"),
    Page("alliances:case", STAFF | {"secretary"}, "case", hidden=ALL - STAFF - {"secretary"}),
    Page("alliances:case_update", STAFF | {"secretary"}, "case"),
    _button("alliances:case_submit", STAFF | {"secretary"}, "case"),
    _button("alliances:case_take_back", STAFF | {"secretary"}, "submitted_case"),
    _button("alliances:case_approve", STAFF, "submitted_case"),
    Page("alliances:case_return", STAFF, "submitted_case"),
    _button("alliances:photo_add", STAFF | {"secretary"}, "case"),
    Page("alliances:photo", STAFF | {"secretary"}, "photo", hidden=ALL - STAFF - {"secretary"}),
    _button("alliances:photo_remove", STAFF | {"secretary"}, "photo"),
    Page("alliances:activity_list", ALL),
    Page("alliances:activity_detail", ALL, "activity"),
    Page("alliances:activity_start", STAFF | LEADERS, but={"county": 302, "secretary": 302, "rotating": 302}),
    Page("alliances:activity_create", STAFF | LEADERS, "alliance"),
    Page("alliances:participants", STAFF | LEADERS, "alliance"),
    Page("alliances:cooperation", ALL, "alliance"),
    Page("alliances:agreement_list", ALL),
    Page("alliances:agreement_create", STAFF | {"secretary"}, "alliance"),
    Page("alliances:agreement_detail", ALL, "agreement"),
    Page("alliances:agreement_file", ALL, "agreement"),
    Page("alliances:agreement_renew", STAFF | {"secretary"}, "agreement"),
    Page("alliances:agreement_end", STAFF | {"secretary"}, "agreement"),
    Page("alliances:venue_create", STAFF | {"secretary", "enterprise"}, "alliance"),
    Page("alliances:venue_detail", ALL, "venue"),
    Page("alliances:venue_update", STAFF | {"secretary", "enterprise"}, "venue"),
    Page("alliances:venue_book", STAFF | {"secretary", "enterprise"}, "venue"),
    Page("alliances:booking_cancel", STAFF | {"secretary", "enterprise"}, "booking"),
    Page("alliances:sign_in_sheet", STAFF | LEADERS, "activity"),
    _button("alliances:sign_in_open", STAFF | LEADERS, "activity"),
    _button("alliances:sign_in_close", STAFF | LEADERS, "activity"),
    _button("alliances:sign_in_apply", STAFF | LEADERS, "activity"),
    Page("alliances:activity_update", STAFF | LEADERS, "activity"),
    Page("alliances:activity_withdraw", STAFF | LEADERS, "activity"),
    _button("alliances:attachment_add", STAFF | LEADERS, "activity"),
    Page("alliances:attachment", ALL, "attachment"),
    _button("alliances:attachment_remove", STAFF | LEADERS, "attachment"),
    Page("policies:list", ALL),
    Page("policies:of_enterprise", ALL, "enterprise"),
    Page("policies:enterprises", STAFF | LEADERS | {"department"}, "policy"),
    # The department is the one that issued it.
    Page("policies:conditions", WHOLE_TENANT | {"department"}, "policy"),
    Page("policies:detail", ALL, "policy"),
    Page("demands:list", ALL),
    Page("demands:detail", ALL, "demand"),
    # Who sees one enterprise only goes on to its form at once.
    Page("demands:start", STAFF | ASKERS, but=dict.fromkeys(("county", "enterprise", "instructor"), 302)),
    Page("demands:enter", STAFF | ASKERS, "enterprise"),
    Page("demands:inbox", STAFF | {"department"}),
    Page("demands:supervision", STAFF | LEADERS | {"department"}),
    Page("demands:shelved", STAFF | LEADERS | {"department"}),
    Page("demands:act", STAFF | {"department"}, "demand", args=(PK, "note")),
    Page("reports:demand_paper", STAFF | LEADERS | {"department"}, "demand_event"),
    Page("reports:demand_download", STAFF | LEADERS | {"department"}, "demand_event"),
    # The demand was submitted long ago.
    Page("demands:draft_update", STAFF | ASKERS, "demand", ok=302),
    _button("demands:draft_discard", STAFF | ASKERS, "demand"),
    Page("demands:resource_list", ALL),
    Page("demands:resource_detail", ALL, "resource"),
    Page("demands:of_alliance", ALL, "alliance"),
    Page("demands:of_enterprise", ALL, "enterprise"),
    Page("demands:list_versions", ALL, "alliance", args=(PK, "demands")),
    Page("demands:list_publish", STAFF | {"secretary"}, "alliance", args=(PK, "demands")),
    Page("demands:list_leave_out", STAFF | {"secretary"}, "alliance", args=(PK, "demands")),
    _button("demands:list_put_back", STAFF | {"secretary"}, "alliance", args=(PK, "demands")),
    Page("demands:list_compare", ALL, "alliance", args=(PK, "demands")),
    Page("demands:list_version", ALL, "published_list"),
    Page("demands:list_file", ALL, "published_list", args=(PK, "pdf")),
    _button("demands:list_paper_make", STAFF | {"secretary"}, "published_list"),
    Page("demands:list_kinds", ADMIN),
    Page("ledgers:home", STAFF),
    Page("ledgers:run", ADMIN, "run"),
    _button("ledgers:commit", ADMIN, "run"),
    _button("ledgers:abandon", ADMIN, "run"),
    Page("ledgers:errors", ADMIN, "run"),
    Page("ledgers:template", ADMIN, args=("enterprises",)),
    Page("ledgers:export", STAFF, args=("enterprises",)),
    Page("notices:list", ALL),
    _button("notices:read_all", ALL),
    Page("notices:delivery", ALL),
    Page("notices:robot_list", ADMIN),
    Page("notices:robot_create", ADMIN),
    Page("notices:robot_update", ADMIN, "robot"),
    _button("notices:robot_test", ADMIN, "robot"),
    _button("notices:open", ADMIN, "notice", hidden=ALL - ADMIN),
    Page("reports:dashboard", STAFF | LEADERS),
    Page("reports:figures_export", STAFF | LEADERS),
    # Those of the sample are the city's.
    Page("reports:snapshot", WHOLE_TENANT, "snapshot", hidden=COUNTY),
    Page("reports:briefing_list", STAFF),
    Page("reports:briefing_create", STAFF),
    # Whoever started it.
    Page("reports:briefing_job", ADMIN, "briefing_job", hidden=STAFF - ADMIN),
    _button("reports:briefing_cancel", ADMIN, "briefing_job", hidden=STAFF - ADMIN),
    Page("reports:briefing_download", WHOLE_TENANT, "briefing", hidden=COUNTY),
    Page("reports:booklet_list", ALL),
    Page("reports:booklet_create", WHOLE_TENANT),
    Page("reports:booklet_job", ADMIN, "booklet_job", hidden=WHOLE_TENANT - ADMIN),
    _button("reports:booklet_cancel", ADMIN, "booklet_job", hidden=WHOLE_TENANT - ADMIN),
    Page("reports:booklet", ALL, "booklet"),
    Page("reports:booklet_download", ALL, "booklet"),
    Page("reports:profile", STAFF | LEADERS, "alliance"),
    # Whoever asked for it.
    Page("reports:profile_download", ADMIN, "alliance", hidden=(STAFF | LEADERS) - ADMIN),
    Page("reports:handover_paper", STAFF | LEADERS, "done_handover"),
    Page("reports:handover_download", STAFF | LEADERS, "done_handover"),
    Page("reports:minutes", ALL, "held_meeting"),
    Page("reports:minutes_download", ALL, "held_meeting", args=(PK, "pdf")),
    Page("tenants:user_list", ADMIN),
    Page("tenants:user_create", ADMIN),
    Page("tenants:user_detail", ADMIN, "user"),
    Page("tenants:user_update", ADMIN, "user"),
    _button("tenants:user_disable", ADMIN, "user"),
    _button("tenants:user_enable", ADMIN, "user"),
    _button("tenants:user_invite", ADMIN, "user", ok=200),
    _button("tenants:user_sessions_end", ADMIN, "user"),
    _button("tenants:user_second_step_reset", ADMIN, "user"),
    _button("tenants:grant_add", ADMIN, "user", args=(PK, "enterprise"), data={"object": "1"}),
    _button("tenants:grant_remove", ADMIN, "user", args=(PK, "enterprise"), data={"object": "1"}),
    _button("tenants:role_revoke", ADMIN, "role"),
    Page("tenants:region_list", ADMIN),
    Page("tenants:region_rename", ADMIN, "county"),
    Page("tenants:unit_list", ADMIN),
    Page("tenants:unit_create", ADMIN),
    Page("tenants:unit_update", ADMIN, "unit"),
    Page("tenants:dictionary_home", ADMIN),
    Page("tenants:dictionary", ADMIN, args=("element",)),
    Page("tenants:entry_update", ADMIN, "element"),
    _button("tenants:entry_move", ADMIN, "element"),
    Page("tenants:body_names", ADMIN),
    Page("tenants:calendar", ADMIN),
    _button("tenants:calendar_import", ADMIN, args=(2026,)),
    _button("tenants:deadlines_recompute", ADMIN),
    Page("tenants:operation_log", ADMIN),
    Page("tenants:sign_in_log", ADMIN),
    _button(
        "tenants:reveal",
        ALL,
        "enterprise",
        args=("enterprise", PK, "contact_phone"),
        data={"reason": "电话联系企业"},
        ok=200,
    ),
    Page("tenants:operator_home", OPERATOR),
    Page("tenants:operator_log", OPERATOR),
    Page("tenants:operator_tenant_create", OPERATOR),
    _button("tenants:operator_tenant_switch", OPERATOR, "tenant"),
    _api("figures", who=STAFF | LEADERS, query="?from=2026-01-01&to=2026-03-31"),
    _api("enterprise-list"),
    _api("enterprise-detail", "enterprise"),
    _api("party-organisation-list"),
    _api("party-organisation-detail", "party_organisation"),
    _api("support-group-list"),
    _api("support-group-detail", "support_group"),
    _api("cadre-list"),
    _api("cadre-detail", "cadre"),
    _api("alliance-list"),
    _api("alliance-detail", "alliance"),
    _api("activity-list"),
    _api("activity-detail", "activity"),
    _api("demand-list"),
    _api("demand-detail", "demand"),
    _api("resource-list"),
    _api("resource-detail", "resource"),
    _api("policy-list"),
    _api("policy-detail", "policy"),
]

#: For everybody who is signed in, role or not: name → status (strangers go to the sign-in page).
SELF = {
    "account_change_password": 200,
    "account_reauthenticate": 200,
    "mfa_index": 200,
    "mfa_reauthenticate": 302,
    # To the password first.
    "mfa_activate_totp": 302,
    "mfa_deactivate_totp": 404,
    "mfa_view_recovery_codes": 404,
    "mfa_generate_recovery_codes": 302,
    "mfa_download_recovery_codes": 404,
    "usersessions_list": 200,
}
#: For strangers: name → (arguments, status).
OPEN: dict[str, tuple[tuple[Any, ...], int]] = {
    "account_login": ((), 200),
    # Names and types of the API's fields, the same on every installation.
    "api:schema": ((), 200),
    "account_logout": ((), 302),
    "account_invitation": (("no-such-token",), 410),
    "mfa_authenticate": ((), 302),
    # Whoever has no key.
    "alliances:meeting_feed": (("no-such-tenant",), 404),
    "alliances:sign_in": (("no-such-tenant",), 404),
}
#: Without a name, for machines: tests/portal/test_health.py.
UNNAMED = {"healthz", "readyz", "metrics"}
