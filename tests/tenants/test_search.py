"""Search by Chinese substrings, pinyin initials and codes; always of the open tenant's documents."""

import pytest
from django.db import connections, transaction
from django.db.models import QuerySet

from demands.models import Demand
from enterprises.models import Enterprise
from tenants import search
from tenants.models import SearchDocument, Tenant
from tenants.schema import tenant_models
from tenants.scope import ScopeRequiredError, tenant_scope, tenantless_scope
from tests import factories

pytestmark = pytest.mark.usefixtures("scope")


def _found(term: str, rows: QuerySet | None = None) -> list[str]:
    rows = Enterprise.objects.all() if rows is None else rows
    return sorted(search.matching(rows, term).values_list("name", flat=True))


@pytest.fixture
def names() -> list[str]:
    made = [
        factories.enterprise(name) for name in ("山东金大丰机械有限公司", "济宁金丰化工厂", "ＡＢＣ 新材料（山东）公司")
    ]
    return [each.name for each in made]


@pytest.mark.parametrize(
    ("term", "hits"),
    [
        ("金大", [0]),
        ("金", [0, 1]),
        ("山东", [0, 2]),
        ("大丰机械", [0]),
        ("大丰械机", []),
        ("金丰", [1]),
        ("sdjdf", [0]),
        ("JDF", [0]),
        ("abc新材料", [2]),
        ("abc 新 材料", [2]),
        ("（山东）", [2]),
        ("(山东)", [2]),
        ("', '", []),
        ("%", []),
        ("{金大}", []),
    ],
)
def test_what_a_term_finds(names: list[str], term: str, hits: list[int]) -> None:
    assert _found(term) == sorted(names[hit] for hit in hits)


@pytest.mark.parametrize("term", ["", "  ", "\u3000"])
def test_nothing_typed_finds_everything(names: list[str], term: str) -> None:
    assert _found(term) == sorted(names)


def test_whole_and_part_of_a_credit_code_are_found() -> None:
    enterprise = factories.enterprise()
    for term in (enterprise.credit_code, enterprise.credit_code[-6:], enterprise.credit_code[:8].lower()):
        assert _found(term) == [enterprise.name]


def test_codes_are_found_by_four_characters_and_not_by_two() -> None:
    enterprise = factories.enterprise("金大")
    code = enterprise.credit_code
    assert not set(SearchDocument.objects.get().grams) & {f"{enterprise.tenant_id}en{code[:2].lower()}"}
    assert _found(code[2:6]) == [enterprise.name]
    assert _found(code[:2]) == []


def test_digits_in_a_name_are_found_like_letters() -> None:
    enterprise = factories.enterprise("中科3d打印20260101有限公司")
    for term in ("3d", "3D打", "20260101", "打印2026"):
        assert _found(term) == [enterprise.name]


def test_no_hit_spans_two_fields() -> None:
    enterprise = factories.enterprise("甲乙")
    assert enterprise.initials == "jy"
    assert _found("乙j") == []


def test_only_rows_that_the_list_shows_are_found(names: list[str]) -> None:
    assert _found("金", Enterprise.objects.exclude(name=names[0])) == [names[1]]


def test_demand_is_found_by_its_enterprises_name(names: list[str]) -> None:
    demand = factories.demand(Enterprise.objects.get(name=names[0]))
    factories.demand(Enterprise.objects.get(name=names[1]))
    assert not search.matching(Demand.objects.all(), "金大丰").exists()
    assert search.matching(Demand.objects.all(), "金大丰", through=["enterprise"]).get() == demand


def test_indexing_again_follows_the_change_and_writes_nothing_else(names: list[str]) -> None:
    enterprise = Enterprise.objects.get(name=names[1])
    enterprise.name = "济宁银丰化工厂"
    enterprise.save()
    search.index(Enterprise.objects.all())
    assert _found("银丰") == [enterprise.name]
    assert _found("金丰") == []
    assert SearchDocument.objects.count() == len(names)


def test_deleted_rows_are_forgotten(names: list[str]) -> None:
    ids = list(Enterprise.objects.values_list("pk", flat=True))
    search.forget(Enterprise, ids[:1])
    assert set(SearchDocument.objects.values_list("object_id", flat=True)) == set(ids[1:])


def _row(name: str | None) -> dict[str, str | None]:
    return {"name": name, "initials": "", "credit_code": ""}


def test_rows_without_any_text_are_indexed_as_such() -> None:
    first, second = factories.enterprise(), factories.enterprise()
    search.index_texts(Enterprise, {first.pk: _row(None), second.pk: _row("金")})
    assert _found("金") == [second.name]
    search.index_texts(Enterprise, {second.pk: _row("")})
    search.index_texts(Enterprise, {})
    assert _found("金") == []


def test_search_needs_a_scope(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        rows = Enterprise.objects.all()
    with tenantless_scope(), pytest.raises(ScopeRequiredError):
        search.matching(rows, "金大")


def _plan(alias: str, gram: str) -> str:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT 1 FROM tenants_searchdocument WHERE grams @> ARRAY[%s]", [gram])
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.django_db(databases=["default", "owner"])
def test_index_serves_the_function_and_nobody_else(tenant: Tenant) -> None:
    """Why there is a function: under row-level security the planner leaves the index alone (docs/adr/0005)."""
    assert "search_document_grams" in _plan("owner", "x")
    assert "search_document_grams" not in _plan("default", "x")


def test_pairs_of_a_term_are_among_those_of_a_text_that_contains_it() -> None:
    text, term = search.normalise("ﬁ 山东金大丰机械"), search.normalise("金大 丰")
    assert search._bigrams([term]) == {"金大", "大丰"} < search._bigrams([text])


def test_no_two_kinds_share_the_letters_that_lead_their_pairs() -> None:
    kinds = [model._meta.model_name[:2] for model in tenant_models() if model.search_fields]
    assert len(kinds) == len(set(kinds)) > 5


def test_pinyin() -> None:
    assert search.full_pinyin("金乡") == "jinxiang"
    assert search.initials("山东A厂") == "sdac"
