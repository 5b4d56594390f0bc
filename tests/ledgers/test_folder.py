"""The sample city's folder through the database: exactly the expected rows, twice the same, nobody else's business."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from alliance_portal.sample import REGIONS
from alliances.models import Activity, ActivityEnterprise, Alliance, Membership, Segment
from demands.models import Demand, Resource
from enterprises.models import (
    Cadre,
    Enterprise,
    PartyOrganisation,
    PartyOrganisationCount,
    SupportedEnterprise,
    SupportGroup,
)
from ledgers.importing import import_folder
from ledgers.registry import ledger, ledgers
from policies.models import Policy
from tenants.models import AuditEntry, Region, Role, SearchDocument, Tenant, Unit
from tenants.scope import tenant_scope
from tests import factories
from tests.ledgers import sheets
from tests.ledgers.books import EXPECTED, SAMPLE, shuffled, xlsx
from tests.ledgers.writing_down import cells, exported, written

pytestmark = pytest.mark.django_db
#: Where an import writes.
TABLES = (
    Activity, ActivityEnterprise, Alliance, Cadre, Demand, Enterprise, Membership, PartyOrganisation,
    PartyOrganisationCount, Policy, Region, Resource, SearchDocument, Segment, SupportGroup, SupportedEnterprise, Unit,
)  # fmt: skip
TWINS = "邹城市高端化工产业链党建联盟"


def run(folder: Path, out: Path, tenant: str = "jining") -> dict[str, Any]:
    """What the command writes about each file."""
    call_command("ledger_import", str(folder), tenant=tenant, json=out, stdout=StringIO())
    return json.loads(out.read_text(encoding="utf-8"))["files"]


@dataclass(frozen=True)
class Place:
    city: Tenant
    neighbour: Tenant
    #: What the command wrote.
    files: dict[str, Any]


@pytest.fixture(scope="module")
def place(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A city with its ledgers and a neighbour with rows of its own: once for this module, taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        neighbour = factories.city("linshi", "邻市")
        with tenant_scope(neighbour):
            factories.fill()
        city = factories.city("jining", "济宁市", regions=REGIONS)
        yield Place(city, neighbour, run(SAMPLE, tmp_path_factory.mktemp("out") / "out.json"))
        transaction.set_rollback(True)


def rows(tenant: Tenant) -> dict[str, list[tuple[Any, ...]]]:
    """All that an import could have changed in a tenant."""
    with tenant_scope(tenant):
        return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in TABLES}


def row_changes(tenant: Tenant) -> int:
    verbs = [AuditEntry.Verb.CREATE, AuditEntry.Verb.UPDATE, AuditEntry.Verb.DELETE]
    with tenant_scope(tenant):
        return AuditEntry.objects.filter(verb__in=verbs).count()


def test_exactly_the_expected_rows_are_taken(place: Place) -> None:
    assert place.files == EXPECTED
    with tenant_scope(place.city):
        assert Enterprise.objects.count() == EXPECTED["企业名册.xlsx"]["accepted"]
        assert Demand.objects.count() == EXPECTED["诉求台账.xlsx"]["accepted"]
        assert Enterprise.objects.filter(is_climbing=True).count() == 402
        assert PartyOrganisationCount.objects.count() == PartyOrganisation.objects.count() == 312
        assert SupportGroup.objects.count() == 216
        assert SearchDocument.objects.filter(kind="enterprises.enterprise").count() == 3412


def test_a_second_time_nothing_changes(place: Place, tmp_path: Path) -> None:
    before, trail = rows(place.city), row_changes(place.city)
    neighbours = rows(place.neighbour)
    assert run(SAMPLE, tmp_path / "out.json") == EXPECTED
    assert rows(place.city) == before
    assert rows(place.neighbour) == neighbours
    assert row_changes(place.city) == trail


def test_the_import_itself_is_in_the_trail_once_per_file(place: Place) -> None:
    with tenant_scope(place.city):
        entries = list(AuditEntry.objects.filter(verb=AuditEntry.Verb.IMPORT).order_by("pk"))
    assert [entry.object_label for entry in entries] == [
        f"{each.sheet.title}：{each.sheet.filename}" for each in ledgers()
    ]
    assert entries[1].changes == {"accepted": 3412, "rejected": 14, "created": 3412, "updated": 0, "unchanged": 0}


def test_the_neighbour_is_neither_touched_nor_seen(place: Place) -> None:
    with tenant_scope(place.neighbour):
        assert {model.__name__: model.objects.count() for model in (Enterprise, Alliance, Demand, Policy)} == {
            "Enterprise": 2,
            "Alliance": 2,
            "Demand": 2,
            "Policy": 1,
        }
        assert not AuditEntry.objects.filter(verb=AuditEntry.Verb.IMPORT).exists()
        assert [len(list(each.rows(each.everything(factories.actor(Role.TENANT_ADMIN))))) for each in ledgers()] == [
            2, 2, 2, 1, 1, 2, 2, 2,
        ]  # fmt: skip
    with tenant_scope(place.city):
        assert "山东金大丰机械1有限公司" not in str(cells(exported("enterprises", factories.actor(Role.TENANT_ADMIN))))


def test_a_promised_initiator_is_known_in_the_end(place: Place) -> None:
    with tenant_scope(place.city):
        assert not Alliance.objects.filter(initiator=None).exists()
        initiated = Alliance.objects.filter(name="鱼台县盐化工产业链党建联盟").values_list("initiator__name", flat=True)
        assert list(initiated) == ["鱼台嘉通燃料化工有限公司"]


def test_alliances_of_one_name_are_told_apart(place: Place) -> None:
    """Members follow the segment's chain, activities and resources the members."""
    with tenant_scope(place.city):
        twins = list(Alliance.objects.filter(name=TWINS))
        assert len({twin.cluster_id for twin in twins}) == 2
        for twin in twins:
            segments = {
                alliance.cluster_id
                for segment in twin.members.values_list("segment_name", flat=True).distinct()
                for alliance in Alliance.objects.filter(members__segment_name=segment).exclude(name=TWINS)
            }
            assert segments <= {twin.cluster_id}
            assert twin.members.exists()
            members = set(twin.members.values_list("pk", flat=True))
            for activity in twin.activities.prefetch_related("enterprises"):
                assert {each.pk for each in activity.enterprises.all()} & members
            assert set(twin.resources.values_list("enterprise", flat=True)) <= members


def test_an_enterprise_in_two_alliances_is_one_enterprise(place: Place) -> None:
    with tenant_scope(place.city):
        members = list(Membership.objects.values_list("enterprise", "alliance"))
        assert len(set(members)) == len(members)
        assert len({enterprise for enterprise, _ in members}) == 312


def test_parks_are_created_once_below_their_county(place: Place) -> None:
    with tenant_scope(place.city):
        parks = list(Region.objects.filter(level=Region.Level.PARK).select_related("parent"))
        assert len({(park.parent_id, park.name) for park in parks}) == len(parks) > 10
        assert all(park.path == f"{park.parent.path}{park.pk}/" for park in parks)


def test_numbers_have_no_gaps_and_follow_the_days(place: Place) -> None:
    with tenant_scope(place.city):
        demands = list(Demand.objects.order_by("number").values_list("number", "raised_on"))
    for year in (2025, 2026):
        of_year = [(number, day) for number, day in demands if number.startswith(f"XQ-{year}-")]
        assert [number for number, _ in of_year] == [f"XQ-{year}-{n:06d}" for n in range(1, len(of_year) + 1)]
        assert [day for _, day in of_year] == sorted(day for _, day in of_year)
        assert all(day.year == year for _, day in of_year)
    assert len(demands) == 1162


@pytest.mark.parametrize("key", [each.sheet.key for each in ledgers()])
def test_an_export_that_comes_back_changes_nothing(place: Place, tmp_path: Path, key: str) -> None:
    found, before = ledger(key), rows(place.city)
    with tenant_scope(place.city):
        (tmp_path / found.sheet.filename).write_bytes(exported(key, factories.actor(Role.TENANT_ADMIN)))
        [result] = import_folder(tmp_path)
    assert (result.counts.created, result.counts.updated) == (0, 0)
    assert result.reading is not None
    assert (len(result.reading.rows), result.reading.errors) == (EXPECTED[found.sheet.filename]["accepted"], [])
    assert rows(place.city) == before


def exports(tenant: Tenant) -> dict[str, bytes]:
    """Every export by file name."""
    with tenant_scope(tenant):
        admin = factories.actor(Role.TENANT_ADMIN)
        return {each.sheet.filename: exported(each.sheet.key, admin) for each in ledgers()}


def lines(content: bytes) -> list[str]:
    """The rows without their 序号, whatever their order."""
    return sorted(str(row[1:]) for row in cells(content))


def test_exports_fill_an_empty_tenant_with_the_same_rows(place: Place, tmp_path: Path) -> None:
    books = exports(place.city)
    for name, content in books.items():
        (tmp_path / name).write_bytes(content)
    empty = factories.city("kong", "空市", regions=REGIONS)
    with tenant_scope(empty):
        results = import_folder(tmp_path)
    assert [result.reading.errors for result in results if result.reading] == [[]] * 8
    again = exports(empty)
    for name, content in books.items():
        assert lines(again[name]) == lines(content)


def test_order_of_files_and_columns_brackets_and_line_breaks_do_not_matter(place: Place, tmp_path: Path) -> None:
    for number, sheet in enumerate(reversed(sheets.ALL), 1):
        (tmp_path / f"{number}-{sheet.title}（二季度）.xlsx").write_bytes(shuffled(sheet, half_width_brackets=True))
    factories.city("other", "它市", regions=REGIONS)
    taken = run(tmp_path, tmp_path / "out.json", tenant="other")
    assert {name.partition("-")[2].replace("（二季度）", ""): result for name, result in taken.items()} == EXPECTED


def test_folders_that_hold_nothing_to_import(place: Place, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有这个文件夹"):
        run(tmp_path / "none", tmp_path / "out.json")
    with pytest.raises(CommandError, match="没有台账"):
        run(tmp_path, tmp_path / "out.json")


def test_files_that_cannot_be_taken_are_named_and_the_others_imported(place: Place, tmp_path: Path) -> None:
    (tmp_path / "通讯录.xlsx").write_bytes(xlsx(("通讯录", [["姓名"]])))
    (tmp_path / "政策清单.xlsx").write_bytes((SAMPLE / "政策清单.xlsx").read_bytes())
    (tmp_path / "活动台账.xlsx").write_bytes(b"%PDF-1.7")
    (tmp_path / "~$政策清单.xlsx").write_bytes(b"lock file of an open workbook")
    with pytest.raises(CommandError, match="2 个文件没有导入"):
        run(tmp_path, tmp_path / "out.json")
    files = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["files"]
    assert files.keys() == {"通讯录.xlsx", "政策清单.xlsx", "活动台账.xlsx"}
    assert files["政策清单.xlsx"] == EXPECTED["政策清单.xlsx"]
    assert "文件名里没有台账的名称" in files["通讯录.xlsx"]["refused"]
    assert "PDF" in files["活动台账.xlsx"]["refused"]


def test_a_promise_that_is_not_kept_undoes_the_row_that_relied_on_it(place: Place, tmp_path: Path) -> None:
    """The initiator's own row is rejected for its county: then the alliance has no known initiator either."""
    alliance = {
        "name": "任城区机械产业链党建联盟", "cluster": "高端装备", "region": "任城区", "initiator": "任城机械有限公司",
        "founded_on": "2025-06-01",
    }  # fmt: skip
    enterprise = {
        "name": "任城机械有限公司",
        "credit_code": factories.credit_code(1),
        "region": "某县",
        "scale": "规上",
    }
    (tmp_path / "联盟名册.xlsx").write_bytes(written("alliances", alliance))
    (tmp_path / "企业名册.xlsx").write_bytes(written("enterprises", enterprise))
    with tenant_scope(place.neighbour):
        alliances, enterprises = import_folder(tmp_path)
        assert [error.reason for error in enterprises.reading.errors] == ["县（市、区）不存在"]
        assert [error.reason for error in alliances.reading.errors] == ["企业不在名册"]
        assert not Alliance.objects.filter(name=alliance["name"]).exists()
