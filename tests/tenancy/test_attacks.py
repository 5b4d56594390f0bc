"""Ways round the tenant that a clever or careless caller might try: the ORM's, SQL's, and the planner's."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Subquery
from django.db.models.functions import Cast

from alliances.models import Alliance, AlliancePermission, Membership
from demands.models import Demand
from enterprises.models import Enterprise, EnterprisePermission, SupportGroup
from tenants import search
from tenants.models import Region, SearchDocument, Tenant, Unit, User
from tenants.schema import CLOSED_TABLES, READ_ONLY_TABLES, tenant_models
from tenants.scope import tenant_scope
from tests import factories
from tests.factories import Sample


@pytest.fixture
def theirs(second_tenant: Tenant) -> dict[type, int]:
    """The id of one row of the second tenant for each model."""
    with tenant_scope(second_tenant):
        return {model: model.objects.order_by("pk").first().pk for model in (*tenant_models(), User)}


@pytest.fixture
def inside(tenant: Tenant, sample: Sample, theirs: dict[type, int]) -> Iterator[None]:
    with tenant_scope(tenant):
        yield


def _refused(sql: str, *params: object, match: str = "permission denied|must be owner|row-level security") -> None:
    with pytest.raises(DatabaseError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def _rows(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _at_once(write: Callable[[], object]) -> None:
    """Write as at the end of a transaction: references are checked."""
    write()
    connection.check_constraints()


@pytest.mark.usefixtures("inside")
class TestOrm:
    def test_known_ids_find_nothing(self, theirs: dict[type, int]) -> None:
        for model, pk in theirs.items():
            assert not model._base_manager.filter(pk=pk).exists()
            assert not model.objects.in_bulk([pk])
            assert list(model.objects.raw(f"SELECT * FROM {model._meta.db_table} WHERE id = %s", [pk])) == []

    def test_joins_prefetches_and_subqueries_stay_inside(self, tenant: Tenant) -> None:
        groups = SupportGroup.objects.prefetch_related("enterprises", Prefetch("enterprises__demands"))
        enterprises = [each for group in groups for each in group.enterprises.all()]
        assert {each.tenant_id for each in enterprises} == {tenant.pk}
        assert {demand.tenant_id for each in enterprises for demand in each.demands.all()} == {tenant.pk}
        related = Demand.objects.select_related("enterprise__region", "alliance", "unit")
        assert {each.enterprise.region.tenant_id for each in related} == {tenant.pk}
        through = Alliance.members.through.objects.values_list("enterprise__tenant", "alliance__tenant")
        assert set(through) == {(tenant.pk, tenant.pk)}

    def test_totals_count_the_own_rows_only(self, second_tenant: Tenant) -> None:
        own = Enterprise.objects.aggregate(rows=Count("pk"), members=Count("memberships"), last=Max("pk"))
        with tenant_scope(second_tenant):
            factories.enterprise()
            theirs = Enterprise.objects.aggregate(last=Max("pk"))
        assert Enterprise.objects.aggregate(rows=Count("pk"), members=Count("memberships"), last=Max("pk")) == own
        assert theirs["last"] > own["last"]
        united = Enterprise.objects.values("pk").union(Enterprise._base_manager.values("pk"), all=True)
        assert len(united) == 2 * own["rows"]

    def test_correlated_questions_get_no_answer(self, theirs: dict[type, int]) -> None:
        peek = Enterprise._base_manager.filter(pk=theirs[Enterprise])
        asked = Region.objects.annotate(there=Exists(peek), name_there=Subquery(peek.values("name")[:1]))
        assert {(region.there, region.name_there) for region in asked} == {(False, None)}
        same_code = Enterprise._base_manager.filter(credit_code=OuterRef("credit_code")).exclude(pk=OuterRef("pk"))
        assert not Enterprise.objects.filter(Exists(same_code)).exists()

    def test_rows_are_not_written_for_another_tenant(self, second_tenant: Tenant) -> None:
        foreign = Unit(tenant=second_tenant, name="外来单位")
        for write in (
            foreign.save,
            lambda: Unit.objects.bulk_create([Unit(name="甲"), foreign]),
            lambda: Unit.objects.bulk_create([foreign], ignore_conflicts=True),
            lambda: Unit.objects.update(tenant=second_tenant),
            lambda: Unit.objects.update_or_create(name="外来单位", defaults={"tenant": second_tenant}),
            lambda: Unit.objects.filter(pk=Unit.objects.first().pk).update(tenant_id=F("tenant_id") - 1),
        ):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                write()

    def test_references_to_another_tenant_are_refused_at_the_end(self, theirs: dict[type, int], sample: Sample) -> None:
        wrong = theirs[Enterprise]
        for write in (
            lambda: Demand.objects.update(enterprise_id=wrong),
            lambda: Demand.objects.filter(pk=sample.demand.pk).update(enterprise_id=F("enterprise_id") * 0 + wrong),
            lambda: sample.support_group.enterprises.add(wrong),
            lambda: Membership.objects.bulk_create(
                [Membership(alliance=sample.alliance, enterprise_id=wrong, joined_on="2026-01-01")]
            ),
            lambda: EnterprisePermission.objects.create(
                user_id=theirs[User],
                permission=Permission.objects.get(codename="operate_enterprise"),
                content_object=sample.enterprise,
            ),
        ):
            with pytest.raises(IntegrityError, match="in_tenant"), transaction.atomic():
                _at_once(write)

    def test_deleting_reaches_only_the_own_rows(self, second_tenant: Tenant) -> None:
        with tenant_scope(second_tenant):
            before = Membership.objects.count()
        Membership._base_manager.all()._raw_delete("default")
        Membership.objects.all().delete()
        with tenant_scope(second_tenant):
            assert Membership.objects.count() == before


@pytest.mark.usefixtures("inside")
class TestSql:
    def test_copy_reads_own_rows_and_writes_none(self, tenant: Tenant, second_tenant: Tenant) -> None:
        with connection.cursor() as cursor, cursor.copy("COPY (SELECT tenant_id FROM tenants_unit) TO STDOUT") as out:
            assert {row[0] for row in out.rows()} == {str(tenant.pk)}
        # The server refuses to copy into such a table at all.
        _refused("COPY tenants_unit (tenant_id, name, kind, is_active) FROM STDIN", match="row-level security")

    def test_application_cannot_make_itself_a_back_door(self) -> None:
        for statement in (
            "CREATE FUNCTION public.peek() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "CREATE VIEW public.peek AS SELECT * FROM tenants_unit",
            "CREATE MATERIALIZED VIEW public.peek AS SELECT * FROM tenants_unit",
            "CREATE POLICY wide_open ON tenants_unit USING (true)",
            "ALTER TABLE tenants_unit NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE tenants_unit DISABLE TRIGGER ALL",
            "ALTER TABLE tenants_unit OWNER TO CURRENT_USER",
            "ALTER FUNCTION search_ids(text, text[], text) LEAKPROOF",
            "CREATE TRIGGER mine AFTER INSERT ON tenants_unit EXECUTE FUNCTION audit_write()",
            "TRUNCATE tenants_unit",
            "SET SESSION AUTHORIZATION DEFAULT; SET ROLE portal_owner",
            "SET session_replication_role = replica",
            "ALTER ROLE CURRENT_USER BYPASSRLS",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "SELECT pg_read_file('/etc/passwd')",
        ):
            _refused(statement)

    def test_switching_row_security_off_shows_errors_not_rows(self) -> None:
        _refused("SET LOCAL row_security = off; SELECT * FROM tenants_unit", match="row-level security")

    def test_tables_of_libraries_are_closed_or_read_only(self) -> None:
        for table in CLOSED_TABLES:
            _refused(f"SELECT * FROM {table}", match="permission denied")
        for table in READ_ONLY_TABLES:
            _refused(f"DELETE FROM {table}", match="permission denied")
            _refused(f"UPDATE {table} SET id = id", match="permission denied")

    def test_errors_do_not_quote_other_tenants_rows(self, second_tenant: Tenant) -> None:
        # A condition that fails on a row must not be evaluated before the policy has hidden that row.
        with tenant_scope(second_tenant):
            factories.unit("机密单位")
        for condition in ("name::int > 0", "1 / (length(name) - 4) > 0", "name::date > now()"):
            asked = f"SELECT 1 FROM tenants_unit WHERE name = '机密单位' AND {condition}"
            assert _rows(asked) == []
        with pytest.raises(DatabaseError) as caught, transaction.atomic():
            Unit.objects.filter(pk__gt=0).annotate(number=Cast("name", Unit._meta.pk)).filter(number__gt=0).exists()
        assert "机密" not in str(caught.value)

    def test_plans_estimate_other_tenants_rows_blindly(self, second_tenant: Tenant) -> None:
        """The estimate for a value that only another tenant has is the one for a value that nobody has."""

        with tenant_scope(second_tenant):
            factories.unit("机密单位")

        def estimate(name: str) -> str:
            return _rows("EXPLAIN SELECT 1 FROM tenants_unit WHERE name LIKE %s", f"%{name}%")[0][0]

        assert estimate("机密单位") == estimate("没有单位")

    def test_temporary_tables_do_not_stand_in_for_ours(self, sample: Sample) -> None:
        """The audit trigger and the search function name the schema, so a temporary table of that name is not used."""
        entries = "SELECT count(*) FROM public.tenants_auditentry"
        before = _rows(entries)
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_database_privilege(current_database(), 'TEMP')")
            if cursor.fetchone()[0]:
                cursor.execute("CREATE TEMP TABLE tenants_auditentry (LIKE public.tenants_auditentry) ON COMMIT DROP")
                cursor.execute(
                    "CREATE TEMP TABLE tenants_searchdocument (LIKE public.tenants_searchdocument) ON COMMIT DROP"
                )
        Unit.objects.create(name="新单位")
        assert _rows(entries)[0][0] == before[0][0] + 1
        assert search.matching(Enterprise.objects.all(), "金大丰").exists()


@pytest.mark.usefixtures("inside")
class TestSearch:
    def test_finds_own_rows_only(self, sample: Sample, second_tenant: Tenant) -> None:
        own = {sample.enterprise.pk, sample.other_enterprise.pk}
        assert set(search.matching(Enterprise.objects.all(), "金大丰").values_list("pk", flat=True)) == own
        with tenant_scope(second_tenant):
            assert search.matching(Enterprise.objects.all(), "金大丰").count() == len(own)

    def test_function_answers_for_the_open_scope_whatever_it_is_asked(self, second_tenant: Tenant) -> None:
        kind, asked = "enterprises.enterprise", "SELECT search_ids(%s, %s::text[], %s)"
        theirs = f"{second_tenant.pk}en金大"
        assert _rows(asked, kind, ["金大"], "金大") != [([],)]
        assert _rows(asked, kind, [theirs], "金大") == [([],)]
        assert _rows(asked, f"x.{second_tenant.pk}en", ["金大"], "金大") == [([],)]
        assert _rows(asked, "x.", [theirs], "金大") == [([],)]
        own = set(SearchDocument.objects.filter(kind=kind).values_list("object_id", flat=True))
        assert set(_rows(asked, kind, [], "金")[0][0]) <= own
        assert set(_rows(asked, kind, [], "")[0][0]) <= own


def test_search_function_finds_nothing_outside_a_scope(second_tenant: Tenant) -> None:
    for pair in ("金大", f"{second_tenant.pk}en金大"):
        assert _rows("SELECT search_ids('enterprises.enterprise', %s::text[], '金大')", [pair]) == [([],)]


@pytest.mark.usefixtures("scope")
def test_grants_go_with_their_object() -> None:
    enterprise, alliance = factories.enterprise(), factories.alliance()
    factories.actor("enterprise", enterprise=enterprise)
    factories.actor("alliance_secretary", alliance=alliance)
    for through, target in ((EnterprisePermission, enterprise), (AlliancePermission, alliance)):
        assert through.objects.count() == 1
        # Even past Django, no grant is left behind for the next row of that number.
        with pytest.raises(IntegrityError, match="in_tenant"), transaction.atomic():
            _at_once(partial(type(target).objects.all()._raw_delete, "default"))
        target.delete()
        assert not through.objects.exists()
