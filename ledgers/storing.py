"""Ledger rows into tables: one statement per table, however many rows; what is already so is left alone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from ledgers.cleaning import is_masked
from tenants import search
from tenants.models import TenantModel
from tenants.scope import require_tenant_id


@dataclass
class Counts:
    """What an import did to the ledger's own table."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    #: What a reader should know although nothing is wrong, e.g. parks that were created on the way.
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Stored:
    """The rows that changed, by id."""

    created: dict[int, Mapping[str, Any]]
    updated: dict[int, Mapping[str, Any]]

    def index(self, model: type[TenantModel]) -> None:
        """Bring the search index up to date for these rows."""
        search.index_texts(model, self.created | self.updated)


#: What separates values, marks a missing one, and separates the items of an array on the way to PostgreSQL. Thousands
#: of array items take longer to quote than to store, so each column travels as one text. No cleaned cell contains
#: a control character.
_NEXT, _NULL, _ITEM = "\x1e", "\x1f", "\x1d"


def _text(value: Any) -> str:
    if value is None:
        return _NULL
    return _ITEM.join(value) if isinstance(value, list | tuple) else str(value)


def _column(values: list[Any]) -> str:
    plain = values if set(map(type, values)) == {str} else map(_text, values)
    return _NEXT.join(plain) + _NEXT


def upsert(
    model: type[TenantModel],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: tuple[str, ...],
    fixed: Sequence[str] = (),
    quiet: Sequence[str] = (),
) -> Stored:
    """Insert rows or bring them up to date, in one statement; rows that say nothing new are not touched.

    `rows` map field names to values, all with the same fields; `key` are the fields of the unique constraint that
    finds a row again, `fixed` those that an existing row keeps (names that `rows` do not have are passed over), `quiet`
    those that change together with others but are no news by themselves. Fields that no row names get their default.
    """
    if not rows:
        return Stored({}, {})
    rows = _unmasked(model, rows, key)
    fields = [model._meta.get_field(name) for name in rows[0]]
    columns = [connection.ops.quote_name(str(f.column)) for f in fields]
    types, source, texts = [], [], []
    for f, column in zip(fields, columns, strict=True):
        db_type = (f.target_field if isinstance(f, models.ForeignKey) else f).db_type(connection)
        is_array = db_type.endswith("[]")
        source.append(f"string_to_array(s.{column}, '{_ITEM}')::{db_type}" if is_array else f"s.{column}")
        types.append("text" if is_array else db_type)
        # The slice drops the last, empty item: without it a lone empty text would arrive as no item at all.
        texts.append(_column([row[f.name] for row in rows]))
    unsaid = [
        f
        for f in model._meta.local_concrete_fields
        if f not in fields and f.has_default() and not f.primary_key and f.name != "tenant"
    ]
    table = connection.ops.quote_name(model._meta.db_table)
    keys = ["tenant_id", *(connection.ops.quote_name(str(model._meta.get_field(name).column)) for name in key)]
    changing = {f.name: column for column, f in zip(columns, fields, strict=True) if f.name not in {*key, *fixed}}
    telling = [column for name, column in changing.items() if name not in quiet]
    action = "DO NOTHING"
    if telling:
        now = ", ".join(f"{table}.{column}" for column in telling)
        new = ", ".join(f"EXCLUDED.{column}" for column in telling)
        assign = ", ".join(f"{column} = EXCLUDED.{column}" for column in changing.values())
        action = f"DO UPDATE SET {assign} WHERE ({now}) IS DISTINCT FROM ({new})"
    unnest = ", ".join(f"(string_to_array(%s, '{_NEXT}', '{_NULL}'))[:{len(rows)}]::{db_type}[]" for db_type in types)
    sql = (
        f"INSERT INTO {table} ({', '.join(['tenant_id', *columns, *(str(f.column) for f in unsaid)])}) "  # noqa: S608 (names come from the models)
        f"SELECT %s, {', '.join([*source, *('%s' for _ in unsaid)])} FROM unnest({unnest}) AS s ({', '.join(columns)}) "
        f"ON CONFLICT ({', '.join(keys)}) {action} RETURNING id, xmax = 0, {', '.join(keys[1:])}"
    )
    with connection.cursor() as cursor:
        defaults = [f.get_db_prep_save(f.get_default(), connection) for f in unsaid]
        cursor.execute(sql, [require_tenant_id(), *defaults, *texts])
        changed = cursor.fetchall()
    by_key = {tuple(row[name] for name in key): row for row in rows}
    created, updated = {}, {}
    for pk, is_new, *found in changed:
        (created if is_new else updated)[pk] = by_key[tuple(found)]
    return Stored(created, updated)


def _unmasked(
    model: type[TenantModel], rows: Sequence[Mapping[str, Any]], key: tuple[str, ...]
) -> Sequence[Mapping[str, Any]]:
    """Rows in which a masked telephone number (an export for others than the administrator) is the one known already:
    a real number is never overwritten by its mask. A new row has none."""
    for name in set(model.audit_redacted) & rows[0].keys():
        masked = [row for row in rows if is_masked(row[name])]
        if masked:
            there = model.objects.filter(**{f"{key[0]}__in": {row[key[0]] for row in masked}})
            known = {tuple(found): value for value, *found in there.values_list(name, *key)}
            rows = [
                {**row, name: known.get(tuple(row[part] for part in key), "")} if is_masked(row[name]) else row
                for row in rows
            ]
    return rows


Record = dict[str, Any]


def with_keys(
    model: type[TenantModel],
    records: Sequence[Record],
    natural: Sequence[str],
    *,
    parts: Sequence[tuple[Any, ...]] | None = None,
) -> list[Record]:
    """The records with their `ledger_key`, for ledgers whose rows have no number of their own.

    `natural` are the fields that say which row is meant; `parts` may give other values for the digest than theirs.
    Rows that agree in them are numbered; each keeps its number as long as it says the same, wherever it stands in the
    file. What was entered by hand gets the key of the row that means it: an export that comes back does not double it.
    """
    by_natural = [tuple(record[name] for name in natural) for record in records]
    positions: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for position, part in enumerate(by_natural if parts is None else parts):
        positions[part].append(position)
    groups = {part: _Group(part, found) for part, found in positions.items()}
    fields = [name for name in records[0] if name != "ledger_key"] if records else []
    _find(model, groups, fields)
    _adopt(model, natural, {by_natural[group.positions[0]]: group for group in groups.values()}, fields)
    keys = {position: key for group in groups.values() for position, key in group.assign(records, fields).items()}
    return [{**record, "ledger_key": keys[position]} for position, record in enumerate(records)]


@dataclass
class _Group:
    """The rows of a file that agree in their natural key, and what is known of them: digest → values."""

    part: tuple[Any, ...]
    positions: list[int]
    known: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def key(self, number: int) -> str:
        return hashlib.sha256("\x1f".join(map(str, (*self.part, number))).encode()).hexdigest()[:32]

    def assign(self, records: Sequence[Record], fields: Sequence[str]) -> dict[int, str]:
        """A key for each position: that of a record which says the same, else the first that is left."""
        same: dict[int, str] = {}
        if len(self.known) > 1:
            for position in self.positions:
                values = tuple(records[position][name] for name in fields)
                for key, found in self.known.items():
                    if found == values and key not in same.values():
                        same[position] = key
                        break
        count = max(len(self.positions), len(self.known))
        left = iter([key for key in map(self.key, range(1, count + 1)) if key not in same.values()])
        return {position: same.get(position) or next(left) for position in self.positions}


def _find(model: type[TenantModel], groups: Mapping[tuple[Any, ...], _Group], fields: Sequence[str]) -> None:
    """Fill `known`: numbers are asked for until none of a group is missing from what was found."""
    number, open_groups = 1, list(groups.values())
    while open_groups:
        keys = {group.key(number): group for group in open_groups}
        there = model.objects.filter(ledger_key__in=keys).values_list("ledger_key", *fields)
        found = {key: tuple(values) for key, *values in there}
        for key, values in found.items():
            keys[key].known[key] = values
        open_groups = [group for key, group in keys.items() if key in found]
        number += 1


def _adopt(
    model: type[TenantModel], natural: Sequence[str], groups: Mapping[tuple[Any, ...], _Group], fields: Sequence[str]
) -> None:
    entered = model.objects.filter(ledger_key=None, **{f"{natural[0]}__in": {values[0] for values in groups}})
    for pk, *values in entered.order_by("pk").values_list("pk", *natural, *fields):
        group = groups.get(tuple(values[: len(natural)]))
        if group is not None and len(group.known) < len(group.positions):
            key = group.key(len(group.known) + 1)
            model.objects.filter(pk=pk).update(ledger_key=key)
            group.known[key] = tuple(values[len(natural) :])


def counted(rows: Sequence[Any], stored: Stored) -> Counts:
    """The counts of an upsert over `rows`."""
    created, updated = len(stored.created), len(stored.updated)
    return Counts(created=created, updated=updated, unchanged=len(rows) - created - updated)


def link(model: type[TenantModel], owner: str, member: str, wanted: Mapping[int, Iterable[int]]) -> None:
    """Make the rows of a linking table exactly what `wanted` says for the owners it names."""
    pairs = {(left, right) for left, rights in wanted.items() for right in rights}
    there = model.objects.filter(**{f"{owner}__in": list(wanted)}).values_list("pk", f"{owner}_id", f"{member}_id")
    known = {(left, right): pk for pk, left, right in there}
    gone = [pk for pair, pk in known.items() if pair not in pairs]
    if gone:
        model.objects.filter(pk__in=gone).delete()
    rows = [{owner: left, member: right} for left, right in sorted(pairs - known.keys())]
    upsert(model, rows, key=(owner, member))
