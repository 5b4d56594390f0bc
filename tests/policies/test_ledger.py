"""政策清单."""

from typing import Any

import pytest

from ledgers.importing import check
from ledgers.registry import ledger
from policies.models import Policy
from tenants.models import DictionaryEntry, Role
from tests import factories
from tests.ledgers.writing_down import changes, exported, imported, take, written

pytestmark = pytest.mark.usefixtures("scope")


def policy_row(**values: Any) -> dict[str, Any]:
    return {
        "name": "稳岗返还补贴",
        "document_number": "济人社〔2026〕1号",
        "issuer": "市人力资源和社会保障局",
        "element": factories.entry(DictionaryEntry.Kind.ELEMENT).label,
        "cluster": "全部产业",
        "scale": "不限",
        "honours": "高新技术企业、专精特新",
        "effective_on": "2026-01-01",
        "delivery": "免申即享",
        "contact_phone": "2345678",
        **values,
    }


def test_what_is_not_limited_is_empty_and_comes_back_in_words() -> None:
    imported("policies", policy_row())
    policy = Policy.objects.get()
    assert (policy.cluster, policy.scale, policy.honours) == (None, "", ["高新技术企业", "专精特新"])
    book = exported("policies", factories.actor(Role.TENANT_ADMIN))
    assert changes(take("policies", book)[1]) == (0, 0, 1)


def test_a_policy_is_known_by_its_document_number() -> None:
    imported("policies", policy_row())
    renamed = policy_row(name="稳岗返还", document_number="济人社〔2026〕1号 ")
    assert changes(imported("policies", renamed)) == (0, 1, 0)
    assert Policy.objects.get().name == "稳岗返还"


def test_a_document_number_twice_is_an_error_of_the_second_row() -> None:
    [error] = check(written("policies", policy_row(), policy_row(name="另一项")), ledger("policies")).errors
    assert (error.row, error.reason) == (5, "重复：文号已出现")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"element": "劳务"}, "类别不在字典"),
        ({"cluster": "航天"}, "产业不在字典"),
        ({"valid_until": "2025-01-01"}, "有效期早于施行日期"),
        ({"min_research_share": "120"}, "数值超出范围"),
    ],
)
def test_wrong_cells_are_named(values: dict[str, Any], reason: str) -> None:
    [error] = check(written("policies", policy_row(**values)), ledger("policies")).errors
    assert error.reason == reason


def test_a_masked_number_never_replaces_the_real_one() -> None:
    imported("policies", policy_row())
    imported("policies", policy_row(contact_phone="****678", support="每人 500 元"))
    policy = Policy.objects.get()
    assert (policy.contact_phone, policy.support) == ("2345678", "每人 500 元")
