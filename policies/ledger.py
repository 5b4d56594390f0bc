"""The policy list (政策清单)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from django.db.models import QuerySet

from enterprises.models import Scale
from ledgers.kinds import Amount, Choice, Date, Lookup, MultiText, Name, Phone, Text
from ledgers.reading import Reading
from ledgers.registry import Ledger, register, register_lookup
from ledgers.sheet import Column, Sheet, Values, not_before
from ledgers.storing import Counts, counted, upsert
from tenants import search
from tenants.models import DictionaryEntry
from tenants.services import unit_ensure

from .models import Policy
from .selectors import policy_list

#: What the ledger writes where no chain is meant.
ALL_CHAINS = "全部产业"

LIST = Sheet(
    key="policies",
    title="政策清单",
    filename="政策清单.xlsx",
    natural_key=("document_number",),
    columns=(
        Column("name", "政策名称", Name(max_length=200), required=True),
        Column("document_number", "文号", Name(max_length=60), required=True, example="鲁两新发〔2026〕1号"),
        Column("issuer", "发布单位", Name(max_length=60), required=True),
        Column("element", "要素类别", Choice(dictionary="element", missing="类别不在字典"), required=True),
        Column("cluster", "适用产业", Lookup("chain", missing="产业不在字典"), help=f"不限产业的填“{ALL_CHAINS}”"),
        Column("scale", "适用企业类型", Choice((("", "不限"), *Scale.choices))),
        Column("min_revenue", "营业收入下限（万元）", Amount("万元", places=4)),
        Column("min_research_share", "研发占比下限（%）", Amount("%", places=2, maximum=100)),
        Column("honours", "资质要求", MultiText()),
        Column("conditions_text", "申报条件", Text()),
        Column("support", "扶持标准", Text()),
        Column("effective_on", "施行日期", Date(), required=True),
        Column("valid_until", "有效期至", Date()),
        Column("delivery", "兑现方式", Choice(Policy.Delivery.choices), required=True),
        Column("contact_name", "联系人", Name(max_length=40), personal=True),
        Column("contact_phone", "联系电话", Phone(), personal=True),
    ),
    checks=(not_before("valid_until", "effective_on", "有效期早于施行日期"),),
)


def chains_by_name(names: Collection[str]) -> Mapping[str, int | None]:
    """Ids of clusters; 全部产业 stands for none in particular."""
    clusters = DictionaryEntry.objects.filter(kind=DictionaryEntry.Kind.CLUSTER, label__in=names)
    return dict(clusters.values_list("label", "pk")) | {ALL_CHAINS: None}


def store_policies(reading: Reading, today: date) -> Counts:
    """Write the library; issuers that are named for the first time become units."""
    rows = reading.rows
    units = unit_ensure(row.values["issuer"] for row in rows)
    texts = {"scale", "conditions_text", "support", "contact_name", "contact_phone"}
    records = [
        {
            **{column.key: row.values[column.key] for column in LIST.columns},
            **{name: row.values[name] or "" for name in texts},
            "issuer": units[row.values["issuer"]].pk,
            "initials": search.initials(row.values["name"])[:200],
        }
        for row in rows
    ]
    stored = upsert(Policy, records, key=("document_number",), fixed=reading.absent_columns)
    stored.index(Policy)
    return counted(rows, stored)


def policy_rows(policies: QuerySet[Policy]) -> Iterator[Values]:
    """Ledger rows of policies."""
    for policy in policies.select_related("issuer", "element", "cluster"):
        yield {
            **{column.key: getattr(policy, column.key) for column in LIST.columns},
            "issuer": policy.issuer.name,
            "element": policy.element.label,
            "cluster": policy.cluster.label if policy.cluster else ALL_CHAINS,
        }


def register_ledgers() -> None:
    """Called when the app is ready."""
    register_lookup("chain", chains_by_name)
    register(Ledger(LIST, store_policies, policy_rows, lambda actor: policy_list(actor=actor), order=50))
