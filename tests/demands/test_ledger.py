"""诉求台账 and 资源清单: numbers, states, repeated rows, two imports at once."""

from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from demands.models import Demand, DemandCounter, Resource
from enterprises.models import Enterprise
from ledgers.importing import check, rehearse, store
from ledgers.registry import ledger
from tenants.models import DictionaryEntry, Role
from tenants.scope import tenant_scope
from tests import factories
from tests.ledgers.writing_down import TODAY, changes, exported, imported, take, written

pytestmark = pytest.mark.django_db
State, Result = Demand.State, Demand.Result


def demand_row(enterprise: Enterprise, content: str = "缺少焊工", **values: Any) -> dict[str, Any]:
    return {
        "raised_on": "2026-03-05",
        "enterprise": enterprise.name,
        "element": factories.entry(DictionaryEntry.Kind.ELEMENT).label,
        "content": content,
        "state": "办理中",
        **values,
    }


def numbers() -> dict[str, str]:
    return dict(Demand.objects.order_by("number").values_list("content", "number"))


@pytest.fixture
def enterprise(scope: object) -> Enterprise:
    return factories.enterprise()


def test_numbers_are_counted_per_year_in_the_order_of_days(enterprise: Enterprise) -> None:
    imported(
        "demands",
        demand_row(enterprise, "丙", raised_on="2026-05-01"),
        demand_row(enterprise, "甲", raised_on="2025-12-31"),
        demand_row(enterprise, "乙", raised_on="2026-01-01"),
    )
    assert numbers() == {"甲": "XQ-2025-000001", "乙": "XQ-2026-000001", "丙": "XQ-2026-000002"}


def test_numbers_stay_when_more_comes_and_have_no_gaps(enterprise: Enterprise) -> None:
    imported("demands", demand_row(enterprise, "甲"), demand_row(enterprise, "乙"))
    before = numbers()
    rows = (
        demand_row(enterprise, "丙", raised_on="2026-01-01"),
        demand_row(enterprise, "乙"),
        demand_row(enterprise, "甲"),
    )
    assert changes(imported("demands", *rows)) == (1, 0, 2)
    assert numbers() == {**before, "丙": "XQ-2026-000003"}
    assert DemandCounter.objects.get(year=2026).last == 3


def test_a_rehearsal_takes_no_number(enterprise: Enterprise) -> None:
    found = ledger("demands")
    reading = check(written("demands", demand_row(enterprise)), found)
    assert changes(rehearse(found, reading, today=TODAY)) == (1, 0, 0)
    assert not Demand.objects.exists()
    assert not DemandCounter.objects.exists()


def test_a_solved_demand_keeps_its_number_and_gets_its_outcome(enterprise: Enterprise) -> None:
    imported("demands", demand_row(enterprise))
    solved = demand_row(enterprise, state="已解决", closed_on="2026-04-01", talent=20, rating="满意")
    assert changes(imported("demands", solved)) == (0, 1, 0)
    demand = Demand.objects.get()
    assert (demand.number, demand.state, demand.result, demand.talent, demand.rating) == (
        "XQ-2026-000001",
        State.CLOSED,
        Result.SOLVED,
        20,
        4,
    )


@pytest.mark.parametrize(
    ("state", "result"),
    [(state, "") for state in State if state != State.CLOSED] + [(State.CLOSED, result) for result in Result],
)
def test_every_state_comes_back_from_an_export(enterprise: Enterprise, state: str, result: str) -> None:
    closed_on = date(2026, 4, 1) if state in (State.CLOSED, State.REFUSED, State.MERGED) else None
    factories.demand(enterprise, state=state, result=result, closed_on=closed_on, source=Demand.Source.HOTLINE)
    book = exported("demands", factories.actor(Role.TENANT_ADMIN))
    assert changes(take("demands", book)[1]) == (0, 0, 1)
    demand = Demand.objects.get()
    assert (demand.state, demand.result, demand.source) == (state, result, Demand.Source.HOTLINE)


def test_a_closed_demand_needs_its_day(enterprise: Enterprise) -> None:
    rows = demand_row(enterprise, state="已解决", closed_on=""), demand_row(enterprise, "乙", state="列入计划")
    errors = check(written("demands", *rows), ledger("demands")).errors
    assert [error.reason for error in errors] == ["已解决但缺办结日期", "列入计划但缺办结日期"]


def test_rows_that_agree_in_their_key_keep_their_numbers_in_any_order(enterprise: Enterprise) -> None:
    rows = demand_row(enterprise, talent=1), demand_row(enterprise, talent=2)
    assert changes(imported("demands", *rows)) == (2, 0, 0)
    before = list(Demand.objects.order_by("talent").values_list("number", "talent"))
    assert changes(imported("demands", *reversed(rows))) == (0, 0, 2)
    assert changes(imported("demands", rows[1])) == (0, 0, 1)
    assert changes(imported("demands", demand_row(enterprise, talent=3), rows[0])) == (0, 1, 1)
    assert list(Demand.objects.order_by("talent").values_list("number", "talent")) == [before[0], (before[1][0], 3)]


def test_a_demand_entered_by_hand_keeps_its_number(enterprise: Enterprise) -> None:
    demand = factories.demand(enterprise, "缺少焊工", number="XQ-2026-000900")
    assert changes(imported("demands", demand_row(enterprise), demand_row(enterprise, talent=9))) == (1, 0, 1)
    assert Demand.objects.get(talent=None) == demand


def test_a_demand_comes_through_the_alliance_that_was_joined_first(enterprise: Enterprise) -> None:
    late = factories.alliance(enterprise, founded_on=date(2025, 9, 1))
    early = factories.alliance(enterprise, founded_on=date(2025, 6, 1))
    imported("demands", demand_row(enterprise))
    assert Demand.objects.get().alliance == early != late


def resource_row(enterprise: Enterprise, **values: Any) -> dict[str, Any]:
    return {
        "alliance": "化工联盟",
        "enterprise": enterprise.name,
        "kind": factories.entry(DictionaryEntry.Kind.RESOURCE_KIND).label,
        "content": "五轴加工中心可对外加工",
        "published_on": "2026-03-05",
        "scope": "本联盟",
        "contact_phone": "13912341234",
        **values,
    }


def test_a_resource_goes_to_the_alliance_of_its_enterprise(enterprise: Enterprise) -> None:
    chains = DictionaryEntry.objects.filter(kind=DictionaryEntry.Kind.CLUSTER)
    factories.alliance(name="化工联盟", cluster=chains[0], founded_on=date(2025, 1, 1))
    mine = factories.alliance(enterprise, name="化工联盟", cluster=chains[1])
    assert changes(imported("resources", resource_row(enterprise))) == (1, 0, 0)
    assert Resource.objects.get().alliance == mine
    book = exported("resources", factories.actor(Role.TENANT_ADMIN))
    assert changes(take("resources", book)[1]) == (0, 0, 1)


def test_a_masked_number_never_replaces_the_real_one(enterprise: Enterprise) -> None:
    factories.alliance(enterprise, name="化工联盟")
    imported("resources", resource_row(enterprise))
    masked = resource_row(enterprise, contact_phone="139****1234", valid_until="2026-12-31")
    assert changes(imported("resources", masked)) == (0, 1, 0)
    assert Resource.objects.get().contact_phone == "13912341234"


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_share_the_numbers_without_waiting_for_each_other() -> None:
    """Each file has rows of its own and rows of the other, in the opposite order: without a common lock they would
    block each other, and both would give the common rows a number."""
    tenant = factories.city()
    with tenant_scope(tenant):
        enterprise = factories.enterprise()
        common = [demand_row(enterprise, f"共同{number}", unit=f"第{number}局") for number in range(30)]
        mine, yours = ([demand_row(enterprise, f"{whose}{number}") for number in range(10)] for whose in "甲乙")
        files = [written("demands", *mine, *common), written("demands", *reversed(common), *yours)]
    together, failures = Barrier(2), []

    def work(content: bytes) -> None:
        try:
            with tenant_scope(tenant):
                reading = check(content, ledger("demands"))
                together.wait()
                store(ledger("demands"), reading, today=TODAY, name="诉求台账.xlsx")
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            connection.close()

    workers = [Thread(target=work, args=[content]) for content in files]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    with tenant_scope(tenant):
        assert sorted(numbers().values()) == [f"XQ-2026-{number:06d}" for number in range(1, 51)]
        assert DemandCounter.objects.get().last == 50
