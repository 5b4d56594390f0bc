"""Search by two or more characters: Chinese substrings and pinyin initials (docs/adr/0005)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import add
from typing import Any

from django.db import connection, models
from django.db.models import F, Func, Q
from django.db.models.expressions import RawSQL
from pypinyin import Style, pinyin

from .models import SearchDocument, TenantModel
from .scope import require_tenant_id

#: A normalised term that may be a part of a code: letters, digits and dashes, four or more, a digit among them.
_MAY_BE_CODE = re.compile(r"(?=.*\d)[a-z\d-]{4,}", re.ASCII)


@lru_cache(maxsize=30_000)
def _syllable(character: str) -> str:
    return pinyin(character, style=Style.NORMAL, errors="default")[0][0].lower()


def full_pinyin(text: str) -> str:
    """The sort key of a Chinese text: "金乡" → "jinxiang"."""
    return "".join(_syllable(character) for character in text)


def initials(text: str) -> str:
    """Pinyin initials, other characters as they are: "山东A厂" → "sdac"."""
    return "".join(_syllable(character)[:1] for character in text)


def normalise(text: str) -> str:
    """What search compares: full-width forms folded, lower case, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def _prefix(model: type[models.Model]) -> str:
    # Each gram leads with its tenant and the first two letters of its kind: one list of rows in the index instead of an
    # intersection of three. `search_ids` makes the same prefix.
    return f"{require_tenant_id()}{str(model._meta.model_name)[:2]}"


def _bigrams(texts: Iterable[str]) -> set[str]:
    """The pairs of neighbouring characters of normalised texts."""
    found: set[str] = set()
    for text in texts:
        found.update(map(add, text, text[1:]))
    return found


def index(objects: Iterable[TenantModel]) -> None:
    """Write the search documents of saved objects, in one statement. All must be of one model."""
    objects = list(objects)
    if objects:
        fields = objects[0].search_fields
        index_texts(type(objects[0]), {obj.pk: {name: getattr(obj, name) for name in fields} for obj in objects})


def index_texts(model: type[TenantModel], rows: Mapping[int, Mapping[str, Any]]) -> None:
    """Write search documents from ids and rows (field name → text), in one statement."""
    if not rows:
        return
    between = f" {_prefix(model)}"
    words = [name for name in model.search_fields if name not in model.search_codes]
    ids, texts, joined = [], [], []
    for pk, row in rows.items():
        parts = [normalise(row[name]) for name in words if row[name]]
        codes = [normalise(row[name]) for name in model.search_codes if row[name]]
        ids.append(str(pk))
        # A blank separates: no normalised text contains one, so no hit can span two fields or two grams.
        texts.append(" ".join(parts + codes))
        # Codes get no pairs: theirs are half of all, and each is in every other row ("2026-", "3708").
        joined.append(between.join(["", *_bigrams(parts)])[1:])
    # One text per column, a line per object: thousands of array items take longer to quote than to store.
    columns = ["\n".join(column) for column in (ids, texts, joined)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO tenants_searchdocument (tenant_id, kind, object_id, text, grams)
            SELECT %s, %s, d.id::bigint, COALESCE(d.text, ''), COALESCE(string_to_array(d.grams, ' '), '{}')
            FROM unnest(
                string_to_array(%s, E'\n'), string_to_array(%s, E'\n'), string_to_array(%s, E'\n')
            ) AS d (id, text, grams)
            ON CONFLICT (tenant_id, kind, object_id) DO UPDATE SET text = EXCLUDED.text, grams = EXCLUDED.grams
            WHERE tenants_searchdocument.text <> EXCLUDED.text
            """,
            [require_tenant_id(), model._meta.label_lower, *columns],
        )


def forget(model: type[TenantModel], ids: Iterable[int]) -> None:
    """Take deleted objects out of the index."""
    SearchDocument.objects.filter(kind=model._meta.label_lower, object_id__in=list(ids)).delete()


class _IsAmong(Func):
    """`id = ANY (ids)`: thousands of ids are looked up in order, which a join of as many rows is not."""

    arg_joiner, template, output_field = " = ANY (", "%(expressions)s)", models.BooleanField()


def matching(queryset: models.QuerySet, term: str, *, through: Iterable[str] = ()) -> models.QuerySet:
    """Narrow `queryset` to the objects whose searchable text contains `term`.

    `through` names references whose searchable text counts as well: a demand is found by its enterprise's name.
    Two characters or more use the index; a single one, and what may be a part of a code, reads every document of that
    kind.
    """
    plain, model = normalise(term), queryset.model
    if not plain:
        return queryset
    found = Q(_IsAmong(F("pk"), _ids(model, plain)))
    for reference in through:
        field = model._meta.get_field(reference)
        # Not a union of two look-ups: the database joins both indexes before it touches a row.
        found |= Q(_IsAmong(F(field.attname), _ids(field.related_model, plain)))
    return queryset.filter(found)


def _ids(model: type[TenantModel], plain: str) -> RawSQL:
    """The ids that the index gives for a normalised term."""
    require_tenant_id()
    wanted = [] if _MAY_BE_CODE.fullmatch(plain) else sorted(_bigrams([plain]))
    # The sub-select runs once; the bare call would run for every row that some other condition finds first.
    return RawSQL("(SELECT search_ids(%s, %s::text[], %s))::bigint[]", (model._meta.label_lower, wanted, plain))
