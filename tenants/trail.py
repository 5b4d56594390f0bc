"""The 操作日志 of a record in words: "把 办理时限 由 2026年3月1日 改为 2026年3月8日" (screens.md "Ground rules")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime

from .models import AuditEntry, TenantModel

#: What a changed value is called that the trail must not show (`TenantModel.audit_redacted`).
REDACTED = "***"
#: Verbs whose entry says nothing about values.
PLAIN = {
    AuditEntry.Verb.CREATE: "登记",
    AuditEntry.Verb.DELETE: "删除",
    AuditEntry.Verb.REVEAL: "查看未脱敏信息",
    AuditEntry.Verb.DOWNLOAD: "下载",
}


@dataclass(frozen=True)
class Line:
    """One entry for `components/timeline.html`."""

    at: datetime
    who: str
    text: str
    note: str = ""


def trail(subjects: Mapping[type[TenantModel], Mapping[int, str]], *, limit: int = 100) -> list[Line]:
    """The newest entries about some records, newest first.

    `subjects` gives for each model the ids and what to call each record ("" for the page's own record). Two queries
    and one for each kind of record that the changes refer to.
    """
    about = Q(pk__in=[])
    for model, names in subjects.items():
        about |= Q(object_type=model._meta.db_table, object_id__in=list(names))
    entries = list(AuditEntry.objects.filter(about).select_related("actor").order_by("-pk")[:limit])
    models_ = {model._meta.db_table: model for model in subjects}
    referred = _referred(entries, models_)
    lines = []
    for entry in entries:
        model = models_[entry.object_type]
        name = subjects[model].get(entry.object_id or 0, "")
        text = _words(entry, model, referred)
        if text:
            who = entry.actor.full_name if entry.actor else "系统"
            note = str(entry.changes.get("reason", "")) if entry.verb == AuditEntry.Verb.REVEAL else ""
            lines.append(Line(entry.at, who, f"{name}：{text}" if name else text, note and f"事由：{note}"))
    return lines


def _shown_fields(model: type[models.Model]) -> dict[str, models.Field]:
    """The fields that a clerk knows, by column; keys and sort keys mean nothing to him."""
    return {field.column: field for field in model._meta.local_fields if field.editable and not field.primary_key}


def _referred(
    entries: list[AuditEntry], models_: Mapping[str, type[TenantModel]]
) -> dict[tuple[type[models.Model], int], str]:
    """The names of all records that changed references point to."""
    wanted: dict[type[models.Model], set[int]] = defaultdict(set)
    for entry in entries:
        if entry.verb != AuditEntry.Verb.UPDATE:
            continue
        fields = _shown_fields(models_[entry.object_type])
        for column, pair in entry.changes.items():
            if isinstance(fields.get(column), models.ForeignKey):
                wanted[fields[column].related_model].update(value for value in pair if isinstance(value, int))
    return {
        (model, obj.pk): str(obj) for model, ids in wanted.items() for obj in model._default_manager.filter(pk__in=ids)
    }


def _words(entry: AuditEntry, model: type[TenantModel], referred: Mapping[tuple[type[models.Model], int], str]) -> str:
    """What happened; empty where only technical columns changed."""
    if entry.verb != AuditEntry.Verb.UPDATE:
        return PLAIN.get(AuditEntry.Verb(entry.verb), entry.get_verb_display())
    fields, parts = _shown_fields(model), []
    for column, (before, after) in entry.changes.items():
        field = fields.get(column)
        if field is None:
            continue
        if before == after == REDACTED:
            parts.append(f"修改了 {field.verbose_name}（内容不显示）")
        else:
            old, new = _value(field, before, referred), _value(field, after, referred)
            parts.append(f"把 {field.verbose_name} 由 {old} 改为 {new}")
    return "；".join(parts)


def _value(field: models.Field, value: Any, referred: Mapping[tuple[type[models.Model], int], str]) -> str:
    """A stored value as the reader knows it."""
    if value is None or value in ("", []):
        return "空"
    if isinstance(field, models.ForeignKey):
        return referred.get((field.related_model, value), "（已删除）")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(field, models.DateTimeField):
        return _day(localtime(datetime.fromisoformat(value)).date())
    if isinstance(field, models.DateField):
        return _day(date.fromisoformat(value))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
