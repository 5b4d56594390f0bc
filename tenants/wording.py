"""Audit entries in words: "把 办理时限 由 2026年3月1日 改为 2026年3月8日" (screens.md "Ground rules").

Plain functions over what the trail stores and what the models say of their fields; names of referred records are
handed in, so that a page can fetch them all at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.timezone import localtime

from .masking import masked_phone
from .models import AuditEntry, PlatformEntry

#: A referred record: its model and id.
Reference = tuple[type[models.Model], int]

#: What a changed value is called that the trail must not show (`TenantModel.audit_redacted`).
REDACTED = "***"
EMPTY = "空"
GONE = "（已删除）"
#: Keys of entries about acts that change no column.
DETAILS = {
    "reason": "事由",
    "field": "内容",
    "rows": "行数",
    "deadlines": "旧版时限",
    "moved": "有变动",
    "accepted": "导入行数",
    "rejected": "退回行数",
    "created": "新增",
    "updated": "更新",
    "unchanged": "无变化",
    "sessions": "登录设备数",
    "second_step": "两步验证",
    "role": "角色",
}


def sentence(entry: AuditEntry, names: Mapping[Reference, str]) -> str:
    """What an entry says happened to its object; empty where only technical columns changed."""
    if entry.verb == AuditEntry.Verb.UPDATE:
        return "；".join(_change(entry.object_type, column, pair, names) for column, pair in shown(entry))
    said = "，".join(f"{DETAILS.get(key, key)}：{value}" for key, value in _said(entry))
    return f"{AuditEntry.Verb(entry.verb).label}（{said}）" if said else str(AuditEntry.Verb(entry.verb).label)


def platform_sentence(entry: PlatformEntry) -> str:
    """What an entry of the platform's trail says happened."""
    if "is_active" in entry.details:
        return "启用" if entry.details["is_active"][1] else "停用"
    reason = entry.details.get("reason")
    return f"{entry.get_verb_display()}（{reason}）" if reason else entry.get_verb_display()


def object_words(entry: AuditEntry) -> str:
    """The object of an entry as a clerk calls it: "企业“山东金大丰机械”"."""
    model = model_of(entry.object_type)
    kind = str(model._meta.verbose_name) if model else ""
    return f"{kind}“{entry.object_label}”" if entry.object_label else kind


def references(entries: Iterable[AuditEntry]) -> set[Reference]:
    """The records whose names the sentences about `entries` need."""
    found: set[Reference] = set()
    for entry in entries:
        fields = fields_of(entry.object_type)
        for column, pair in shown(entry):
            if isinstance(field := fields.get(column), models.ForeignKey):
                found.update((field.related_model, value) for value in pair if isinstance(value, int))
    return found


def shown(entry: AuditEntry) -> list[tuple[str, list[Any]]]:
    """The changes of an update that mean something to a clerk: (column, [before, after])."""
    if entry.verb != AuditEntry.Verb.UPDATE:
        return []
    fields = fields_of(entry.object_type)
    known = fields.keys() | DETAILS.keys()
    # Acts that have no column of their own name themselves: "代表的企业".
    return [(column, pair) for column, pair in entry.changes.items() if column in known or not column.isascii()]


def _said(entry: AuditEntry) -> list[tuple[str, Any]]:
    """What an entry without columns adds; the columns of a deleted row are not repeated."""
    if entry.verb in (AuditEntry.Verb.CREATE, AuditEntry.Verb.DELETE):
        return []
    return [(key, value) for key, value in entry.changes.items() if isinstance(value, str | int) and value != ""]


@lru_cache
def model_of(table: str) -> type[models.Model] | None:
    """The model behind a table name of the trail; None for tables that are gone."""
    return next((model for model in apps.get_models() if model._meta.db_table == table), None)


@lru_cache
def fields_of(table: str) -> dict[str, models.Field]:
    """The fields that a clerk knows, by column; keys and sort keys mean nothing to him."""
    model = model_of(table)
    if model is None:
        return {}
    return {field.column: field for field in model._meta.local_fields if field.editable and not field.primary_key}


def _change(table: str, column: str, pair: list[Any], names: Mapping[Reference, str]) -> str:
    field = fields_of(table).get(column)
    label = field.verbose_name if field else DETAILS.get(column, column)
    before, after = pair
    if before == after == REDACTED:
        return f"修改了 {label}（内容不显示）"
    old, new = (_value(field, value, names) for value in pair)
    return f"把 {label} 由 {old} 改为 {new}"


def _value(field: models.Field | None, value: Any, names: Mapping[Reference, str]) -> str:
    """A stored value as the reader knows it."""
    if value is None or value in ("", []):
        return EMPTY
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model, value), GONE)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(field, models.DateTimeField):
        moment = localtime(datetime.fromisoformat(value))
        return f"{_day(moment)} {moment:%H:%M}"
    if isinstance(field, models.DateField):
        return _day(date.fromisoformat(value))
    if isinstance(value, float):
        return f"{value:f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return "、".join(map(str, value))
    return masked_phone(value) if field is not None and "phone" in field.name else str(value)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
