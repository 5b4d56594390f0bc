"""企业名册, 党组织台账 and 助企力量台账: what corrections, blanks, missing columns and masked numbers do."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from enterprises.models import Cadre, Enterprise, PartyOrganisation, PartyOrganisationCount, SupportGroup
from enterprises.selectors import enterprise_list
from ledgers.importing import check
from ledgers.registry import ledger
from ledgers.services import export
from tenants.models import AuditEntry, Region, Role, Tenant
from tenants.search import matching
from tests import factories
from tests.ledgers.writing_down import cells, changes, exported, imported, take, written

pytestmark = pytest.mark.usefixtures("scope")


def roster_row(number: int = 1, **values: Any) -> dict[str, Any]:
    return {
        "name": f"任城第{number}机械有限公司",
        "credit_code": factories.credit_code(number),
        "region": "任城区",
        "park": "高新产业园",
        "scale": "规上",
        "revenue": "0.32亿元",
        "contact_phone": "13912341234",
        **values,
    }


def branch_row(enterprise: str, **values: Any) -> dict[str, Any]:
    return {"enterprise": enterprise, "name": "第一支部", "kind": "党支部", "members": 5, "developed": 1, **values}


def cadre_row(name: str = "孙伟", **values: Any) -> dict[str, Any]:
    return {
        "group": "第1助企攀登小组",
        "level": "县级",
        "region": "任城区",
        "name": name,
        "is_leader": "组长",
        "rank": "科级",
        "home_unit": "市财政局",
        "assigned_on": "2026-03-05",
        **values,
    }


def test_a_correction_updates_the_row_of_the_same_code() -> None:
    assert changes(imported("enterprises", roster_row(1), roster_row(2))) == (2, 0, 0)
    corrected = roster_row(1, name="任城(东方)机械 有限公司", revenue="3,300")
    assert changes(imported("enterprises", corrected, roster_row(2), roster_row(3))) == (1, 1, 1)
    enterprise = Enterprise.objects.get(credit_code=factories.credit_code(1))
    assert (enterprise.name, enterprise.initials, enterprise.revenue) == (
        "任城（东方）机械有限公司",
        "rc（df）jxyxgs",
        Decimal(3300),
    )
    assert Enterprise.objects.count() == 3


def test_a_correction_is_found_by_its_new_name_only() -> None:
    imported("enterprises", roster_row(1))
    imported("enterprises", roster_row(1, name="东方泵业有限公司"))
    everything = enterprise_list(actor=factories.actor(Role.TENANT_ADMIN))
    assert matching(everything, "东方泵业").count() == 1
    assert matching(everything, "任城第1").count() == 0


def test_a_park_is_created_once_per_county() -> None:
    counts = imported("enterprises", roster_row(1), roster_row(2), roster_row(3, region="鱼台县"))
    assert counts.remarks == ["新建园区 2 个"]
    assert imported("enterprises", roster_row(4)).remarks == []
    parks = Region.objects.filter(level=Region.Level.PARK)
    assert sorted(parks.values_list("parent__name", "name")) == [("任城区", "高新产业园"), ("鱼台县", "高新产业园")]


def test_a_blank_cell_clears_but_a_missing_column_does_not() -> None:
    imported("enterprises", roster_row(1))
    bare = {key: value for key, value in roster_row(1).items() if key not in {"revenue", "contact_phone", "park"}}
    assert changes(imported("enterprises", bare)) == (0, 0, 1)
    enterprise = Enterprise.objects.get()
    assert (enterprise.revenue, enterprise.contact_phone, enterprise.park.name) == (
        Decimal(3200),
        "13912341234",
        "高新产业园",
    )
    imported("enterprises", roster_row(1, revenue="", park=""))
    enterprise.refresh_from_db()
    assert (enterprise.revenue, enterprise.park) == (None, None)


def test_figures_are_as_of_the_sheets_day_and_no_younger_through_an_export() -> None:
    imported("enterprises", roster_row(1))
    assert Enterprise.objects.get().figures_on == date(2026, 9, 30)
    assert changes(imported("enterprises", roster_row(1), title="")) == (0, 0, 1)
    assert Enterprise.objects.get().figures_on == date(2026, 9, 30)
    assert changes(imported("enterprises", roster_row(1, revenue="1"), title="")) == (0, 1, 0)
    assert Enterprise.objects.get().figures_on == date(2026, 10, 9)
    assert changes(imported("enterprises", roster_row(1, revenue="1"), title="填报日期：2026-12-31")) == (0, 1, 0)


def test_a_masked_number_never_replaces_the_real_one(scope: Tenant) -> None:
    """County staff export with masks; what they send back corrected must not cost the number."""
    imported("enterprises", roster_row(1), roster_row(2, contact_phone="0537-2345678"))
    staff = factories.actor(Role.COUNTY_STAFF, region=factories.county())
    found = ledger("enterprises")
    book = export(actor=staff, found=found, rows=found.everything(staff))
    assert "139****1234" in str(cells(book))
    assert "13912341234" not in str(cells(book))
    reading, counts = take("enterprises", book)
    assert reading.errors == []
    assert changes(counts) == (0, 0, 2)
    phones = Enterprise.objects.order_by("credit_code").values_list("contact_phone", flat=True)
    assert list(phones) == ["13912341234", "0537-2345678"]


def test_a_masked_number_of_a_new_row_is_left_out() -> None:
    imported("enterprises", roster_row(1, contact_phone="139****1234"))
    assert Enterprise.objects.get().contact_phone == ""


def test_numbers_are_in_clear_for_the_administrator_and_every_export_is_in_the_trail() -> None:
    imported("enterprises", roster_row(1))
    admin, found = factories.actor(Role.TENANT_ADMIN), ledger("enterprises")
    assert "13912341234" in str(cells(export(actor=admin, found=found, rows=found.everything(admin))))
    entry = AuditEntry.objects.get(verb=AuditEntry.Verb.EXPORT)
    assert (entry.object_label, entry.changes) == ("企业名册", {"rows": 1})


@pytest.mark.parametrize("text", ["=1+1", "+86", "-减量", "@名册", "＝全角", "'撇号", "\t制表"])
def test_text_that_looks_like_a_formula_survives(text: str) -> None:
    imported("enterprises", roster_row(1, segment_name=f"环{text}", contact_name=text))
    book = exported("enterprises", factories.actor(Role.TENANT_ADMIN))
    assert changes(take("enterprises", book)[1]) == (0, 0, 1)
    assert Enterprise.objects.get().contact_name == text.strip()


def test_two_enterprises_of_one_name_are_named_by_their_codes() -> None:
    twins = [roster_row(number, name="任城机械有限公司") for number in (1, 2)]
    imported("enterprises", *twins)
    content = written("party_organisations", branch_row("任城机械有限公司"))
    [error] = check(content, ledger("party_organisations")).errors
    assert (error.reason, error.advice) == (
        "企业名称有重名",
        "有几家企业都叫“任城机械有限公司”，请改填统一社会信用代码",
    )
    imported("party_organisations", branch_row(factories.credit_code(2)))
    assert PartyOrganisation.objects.get().enterprise.credit_code == factories.credit_code(2)
    book = exported("party_organisations", factories.actor(Role.TENANT_ADMIN))
    assert changes(take("party_organisations", book)[1]) == (0, 0, 1)


def test_counts_are_kept_per_report() -> None:
    enterprise = factories.enterprise().name
    assert changes(imported("party_organisations", branch_row(enterprise))) == (1, 0, 0)
    assert changes(imported("party_organisations", branch_row(enterprise))) == (0, 0, 1)
    assert changes(imported("party_organisations", branch_row(enterprise, members=6))) == (0, 1, 0)
    later = branch_row(enterprise, members=7)
    assert changes(imported("party_organisations", later, title="填报日期：2026-12-31")) == (0, 1, 0)
    counts = PartyOrganisationCount.objects.values_list("reported_on", "members", "developed")
    assert list(counts) == [(date(2026, 12, 31), 7, 1), (date(2026, 9, 30), 6, 1)]
    book = exported("party_organisations", factories.actor(Role.TENANT_ADMIN))
    assert changes(take("party_organisations", book)[1]) == (0, 0, 1)
    assert PartyOrganisationCount.objects.count() == 2


def test_a_group_serves_what_its_rows_name_together() -> None:
    first, second = factories.enterprise(), factories.enterprise()
    rows = cadre_row("孙伟", enterprises=first.name), cadre_row("钱进", is_leader="成员", enterprises=second.name)
    assert changes(imported("support_forces", *rows)) == (2, 0, 0)
    group = SupportGroup.objects.get()
    assert set(group.enterprises.all()) == {first, second}
    imported("support_forces", cadre_row("孙伟"), cadre_row("钱进", is_leader="成员"))
    assert set(group.enterprises.all()) == {first, second}
    imported("support_forces", cadre_row("孙伟", enterprises=first.name))
    assert set(group.enterprises.all()) == {first}


def test_two_cadres_of_one_name_keep_their_records_in_any_order() -> None:
    rows = cadre_row(home_unit="市财政局"), cadre_row(home_unit="市教育局", is_leader="成员")
    assert changes(imported("support_forces", *rows)) == (2, 0, 0)
    before = list(Cadre.objects.order_by("pk").values_list("pk", "home_unit"))
    assert changes(imported("support_forces", *reversed(rows))) == (0, 0, 2)
    assert changes(imported("support_forces", rows[1])) == (0, 0, 1)
    assert list(Cadre.objects.order_by("pk").values_list("pk", "home_unit")) == before


def test_a_cadre_entered_by_hand_is_not_doubled_by_its_own_export() -> None:
    factories.cadre(factories.support_group(), "孙伟")
    book = exported("support_forces", factories.actor(Role.TENANT_ADMIN))
    for _ in range(2):
        assert changes(take("support_forces", book)[1]) == (0, 0, 1)
    assert Cadre.objects.count() == 1
