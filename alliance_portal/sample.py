"""The sample city of `make demo`: its tenant, its ledgers, one account per role. Every step may run again."""

import secrets
from datetime import date
from typing import Any, cast

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.core.management.base import OutputWrapper
from django.db import connections
from django.db.models import Count
from django.utils import timezone

from alliances.models import Alliance, Term
from alliances.rotation import Quarter
from alliances.selectors.rotation import rotation_books
from alliances.services import roster_adopt, rotation_turn
from enterprises.models import EnterprisePermission, PartyOrganisationPermission
from enterprises.permissions import ASSIST, LEAD, OPERATE
from tenants.account_names import PLATFORM
from tenants.accounts import load_user
from tenants.models import Region, Role, RoleAssignment, Tenant, Unit, User
from tenants.permissions import Actor, actor_for
from tenants.scope import bootstrap_scope, cross_tenant, tenant_scope
from tenants.services import tenant_create

from . import embedded
from .sample_calendar import calendar_ensure
from .sample_cases import booklet_ensure, brands_ensure, cases_ensure
from .sample_cooperation import cooperation_ensure
from .sample_demands import demands_ensure
from .sample_file import application_ensure, charter_ensure, committees_ensure, liaison_ensure
from .sample_handover import handovers_ensure
from .sample_lists import lists_ensure
from .sample_meetings import meetings_ensure
from .sample_messages import robot_ensure
from .sample_teams import certificates_ensure, teams_ensure
from .sample_visits import visits_ensure

SLUG = "jining"
REGIONS = [
    "任城区",
    "兖州区",
    "微山县",
    "鱼台县",
    "金乡县",
    "嘉祥县",
    "汶上县",
    "泗水县",
    "梁山县",
    "曲阜市",
    "邹城市",
    "高新区",
    "太白湖新区",
    "经开区",
]
LEDGERS = embedded.PROJECT / "data" / SLUG
#: (role, login, name); the order of the welcome text.
PEOPLE = (
    (Role.TENANT_ADMIN, "admin", "系统管理员"),
    (Role.CITY_STAFF, "shiji", "市级工作人员"),
    (Role.COUNTY_STAFF, "rencheng", "任城区工作人员"),
    (Role.DEPARTMENT, "bumen", "部门经办人"),
    (Role.ALLIANCE_SECRETARY, "mishuzhang", "联盟秘书长"),
    (Role.ROTATING_SECRETARY, "lunzhi", "轮值书记"),
    (Role.ENTERPRISE, "qiye", "企业联络员"),
    (Role.INSTRUCTOR, "zhidaoyuan", "红帆指导员"),
)
#: Who led the alliance of the 轮值书记 before him: a second account of that role, for the handover.
FORMER = ("qianren", "上一任轮值书记")
OPERATOR = f"operator@{PLATFORM}"


def password() -> str:
    """The password of all sample accounts, different on every installation."""
    return embedded.kept_secret("demo_password", lambda: f"Lianmeng-{secrets.token_hex(4)}")


def sign_ins() -> list[tuple[str, str]]:
    """(role in words, account name) for the welcome text."""
    people = [(role.label, f"{login}@{SLUG}") for role, login, _ in PEOPLE]
    return [*people, (FORMER[1], f"{FORMER[0]}@{SLUG}"), ("平台运维", OPERATOR)]


def is_complete() -> bool:
    """Whether the last step of an earlier run was reached."""
    with bootstrap_scope():
        return User.objects.filter(username=OPERATOR).exists()


def tenant_ensure() -> Tenant:
    """The sample tenant, created when missing."""
    with cross_tenant(reason="operator command"):
        found = Tenant.objects.filter(slug=SLUG).first()
    return found or tenant_create(
        slug=SLUG,
        name="济宁市",
        body_name="中共济宁市委非公有制经济组织和社会组织工作委员会",
        regions=REGIONS,
        since=date(2024, 1, 1),
    )


def ledgers_import(output: OutputWrapper) -> None:
    """Import the eight sample workbooks, saying on `output` what came of each; rows with errors stay out."""
    call_command("ledger_import", str(LEDGERS), tenant=SLUG, stdout=output)
    with connections["owner"].cursor() as cursor:
        # The first dashboard would otherwise come before autovacuum has counted the new rows, and take seconds.
        cursor.execute("ANALYZE")


def accounts_ensure(tenant: Tenant) -> None:
    """One account per role, bound to the unit and the alliance with most demands, and the platform's operator."""
    with tenant_scope(tenant, request_id="sample"):
        hashed = make_password(password())
        people = {role: _account(f"{login}@{SLUG}", name, tenant, hashed) for role, login, name in PEOPLE}
        limits: dict[str, dict[str, Any]] = {
            Role.COUNTY_STAFF: {"region": Region.objects.get(name=REGIONS[0])},
            Role.DEPARTMENT: {"unit": Unit.objects.annotate(size=Count("demands")).order_by("-size", "id").first()},
        }
        for role, user in people.items():
            RoleAssignment.objects.get_or_create(user=user, role=role, **limits.get(role, {}))
        robot_ensure()
        alliance = Alliance.objects.annotate(size=Count("demands")).order_by("-size", "id").first()
        if alliance is None:
            return
        member = alliance.memberships.filter(left_on__isnull=True).order_by("id")[0].enterprise
        admin = actor_for(cast(User, load_user(people[Role.TENANT_ADMIN].pk)))
        _rotations_ensure(admin)
        charter_ensure(admin, alliance)
        liaison_ensure(admin, alliance, people[Role.ALLIANCE_SECRETARY])
        application_ensure(admin, alliance)
        committees_ensure(admin, alliance)
        cooperation_ensure(admin, alliance)
        meetings_ensure(admin.user, alliance, timezone.now())
        visits_ensure(admin, timezone.localdate())
        teams_ensure(admin, alliance.region, people[Role.INSTRUCTOR], timezone.localdate())
        certificates_ensure(admin, alliance.region, timezone.localdate())
        lists_ensure(admin, alliance, timezone.now())
        writer, county, city = (
            actor_for(cast(User, load_user(people[role].pk)))
            for role in (Role.ALLIANCE_SECRETARY, Role.COUNTY_STAFF, Role.CITY_STAFF)
        )
        brands_ensure(writer, alliance, timezone.localdate())
        in_county = Alliance.objects.filter(region__name=REGIONS[0]).order_by("pk").first()
        cases_ensure(writer, county, city, alliance, in_county or alliance, timezone.now())
        booklet_ensure(city, timezone.now())
        serving = alliance.terms.filter(outcome=Term.Outcome.SERVING).first()
        if serving:
            PartyOrganisationPermission.objects.get_or_create(
                user=people[Role.ROTATING_SECRETARY],
                permission=Permission.objects.get(codename=LEAD),
                content_object=serving.organisation,
            )
            rotation_turn(at=timezone.now())
            handovers_ensure(
                alliance=alliance,
                former=_account(f"{FORMER[0]}@{SLUG}", FORMER[1], tenant, hashed),
                present=people[Role.ROTATING_SECRETARY],
                office=people[Role.CITY_STAFF],
            )
        for role, codename in ((Role.ENTERPRISE, OPERATE), (Role.INSTRUCTOR, ASSIST)):
            EnterprisePermission.objects.get_or_create(
                user=people[role], permission=Permission.objects.get(codename=codename), content_object=member
            )
        office, unit, asker = (
            actor_for(cast(User, load_user(people[role].pk)))
            for role in (Role.CITY_STAFF, Role.DEPARTMENT, Role.ENTERPRISE)
        )
        demands_ensure(admin, office, unit, asker, alliance, timezone.now())
        calendar_ensure(admin, timezone.now())
    with cross_tenant(reason="operator command"):
        _account(OPERATOR, "平台运维", None, hashed)


def _rotations_ensure(admin: Actor) -> None:
    """A roster for each alliance, the terms of the past four quarters, and the present one."""
    now = timezone.now()
    today = timezone.localdate(now)
    year_ago = Quarter.of(today).following(-4).starts_on
    for books in rotation_books(Alliance.objects.filter(has_rotation=True, rosters__isnull=True)).values():
        since = max(year_ago, books.alliance.founded_on)
        organisations = books.proposed(since)
        if organisations:
            roster_adopt(
                actor=admin,
                alliance=books.alliance,
                organisations=organisations,
                meeting="成员大会",
                adopted_on=since,
                effective_on=since,
                today=today,
            )
    rotation_turn(at=now)


def _account(username: str, full_name: str, tenant: Tenant | None, hashed_password: str) -> User:
    user = User.objects.filter(username=username).first() or User(username=username)
    user.full_name, user.tenant, user.is_operator = full_name, tenant, tenant is None
    user.password = hashed_password
    user.password_changed_at = timezone.now()
    user.save()
    return user
