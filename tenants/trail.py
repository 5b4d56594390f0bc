"""The 操作日志 of a record, for its page: who did what, when, in words (tenants/wording.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, Q

from .models import AuditEntry
from .wording import Reference, references, sentence


@dataclass(frozen=True)
class Line:
    """One entry for `components/timeline.html`."""

    at: datetime
    who: str
    text: str


def trail(subjects: Mapping[type[Model], Mapping[int, str]], *, limit: int = 100) -> list[Line]:
    """The newest entries about some records, newest first.

    `subjects` gives for each model the ids and what to call each record ("" for the page's own record). Two queries
    and one for each kind of record that the changes refer to.
    """
    about = Q(pk__in=[])
    for model, names in subjects.items():
        about |= Q(object_type=model._meta.db_table, object_id__in=list(names))
    entries = list(AuditEntry.objects.filter(about).select_related("actor").order_by("-pk")[:limit])
    called = {model._meta.db_table: names for model, names in subjects.items()}
    referred = names_of(entries)
    lines = []
    for entry in entries:
        name = called[entry.object_type].get(entry.object_id or 0, "")
        if text := sentence(entry, referred):
            lines.append(Line(entry.at, who(entry), f"{name}：{text}" if name else text))
    return lines


def who(entry: AuditEntry) -> str:
    """Who acted; jobs and sign-ins that nobody has completed act as the system."""
    return str(entry.actor) if entry.actor else "系统"


def names_of(entries: Iterable[AuditEntry]) -> dict[Reference, str]:
    """The names of all records that the entries' changes refer to: one query for each kind."""
    wanted = defaultdict(list)
    for model, pk in references(entries):
        wanted[model].append(pk)
    return {(model, obj.pk): str(obj) for model, ids in wanted.items() for obj in model.objects.filter(pk__in=ids)}
