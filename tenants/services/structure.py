"""What an administrator keeps in order: regions, units, dictionaries, the issuing body's dated name."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from ..models import BodyName, DictionaryEntry, Region, Role, Unit
from ..permissions import Actor
from .opening import region_add

#: What may stand below what in the region tree.
BELOW = {
    Region.Level.CITY: (Region.Level.COUNTY, Region.Level.PARK),
    Region.Level.COUNTY: (Region.Level.PARK, Region.Level.TOWN),
    Region.Level.PARK: (),
    Region.Level.TOWN: (),
}


def region_create(*, actor: Actor, parent: Region, name: str, level: str) -> Region:
    """Add a region below another, last among its siblings.

    Raises `ValidationError` for a level that does not belong there and for a name that is taken there.
    """
    actor.require(Role.TENANT_ADMIN)
    if level not in BELOW[Region.Level(parent.level)]:
        raise ValidationError({"level": f"“{parent.name}”下面不能设{Region.Level(level).label}。"})
    _free_region_name(parent.pk, name)
    return region_add(name=name, level=level, parent=parent, position=parent.children.count())


def region_rename(*, actor: Actor, region: Region, name: str) -> Region:
    """Give a region another name; everything that refers to it shows the new one."""
    actor.require(Role.TENANT_ADMIN)
    _free_region_name(region.parent_id, name, besides=region.pk)
    region.name = name
    region.save(update_fields=["name"])
    return region


def _free_region_name(parent_id: int | None, name: str, besides: int | None = None) -> None:
    if Region.objects.filter(parent=parent_id, name=name).exclude(pk=besides).exists():
        raise ValidationError({"name": f"这里已经有“{name}”。"})


def unit_create(*, actor: Actor, name: str, kind: str, region: Region | None, is_active: bool = True) -> Unit:
    """Add a unit. Raises `ValidationError` when its name is taken."""
    actor.require(Role.TENANT_ADMIN)
    _free_unit_name(name)
    return Unit.objects.create(name=name, kind=kind, region=region, is_active=is_active)


def unit_update(*, actor: Actor, unit: Unit, name: str, kind: str, region: Region | None, is_active: bool) -> Unit:
    """Change a unit or take it out of the pickers (`is_active`). Raises `ValidationError` when its name is taken."""
    actor.require(Role.TENANT_ADMIN)
    _free_unit_name(name, besides=unit.pk)
    unit.name, unit.kind, unit.region, unit.is_active = name, kind, region, is_active
    unit.save(update_fields=["name", "kind", "region", "is_active"])
    return unit


def _free_unit_name(name: str, besides: int | None = None) -> None:
    if Unit.objects.filter(name=name).exclude(pk=besides).exists():
        raise ValidationError({"name": f"已经有单位“{name}”。"})


def entry_create(*, actor: Actor, kind: str, label: str, group: str = "") -> DictionaryEntry:
    """Add a value at the end of a dictionary. Raises `ValidationError` when it is there already."""
    actor.require(Role.TENANT_ADMIN)
    _free_label(kind, label)
    last = DictionaryEntry.objects.filter(kind=kind).order_by("-position").first()
    return DictionaryEntry.objects.create(
        kind=kind, label=label, group=_group_of(kind, group), position=last.position + 1 if last else 0
    )


def entry_update(*, actor: Actor, entry: DictionaryEntry, label: str, group: str, is_active: bool) -> DictionaryEntry:
    """Rename a value, change what it counts as, or take it out of the pickers (`is_active`); old records keep it."""
    actor.require(Role.TENANT_ADMIN)
    _free_label(entry.kind, label, besides=entry.pk)
    entry.label, entry.group, entry.is_active = label, _group_of(entry.kind, group), is_active
    entry.save(update_fields=["label", "group", "is_active"])
    return entry


def _free_label(kind: str, label: str, besides: int | None = None) -> None:
    if DictionaryEntry.objects.filter(kind=kind, label=label).exclude(pk=besides).exists():
        raise ValidationError({"label": f"这个字典里已经有“{label}”。"})


def _group_of(kind: str, group: str) -> str:
    """Only activity types are grouped; each must be, or its activities would be missing from the figures."""
    if kind != DictionaryEntry.Kind.ACTIVITY_TYPE:
        return ""
    if group not in DictionaryEntry.ActivityGroup:
        raise ValidationError({"group": "请选这类活动计入哪个统计口径。"})
    return group


@transaction.atomic
def entry_move(*, actor: Actor, entry: DictionaryEntry, up: bool) -> None:
    """Swap a value with its neighbour above or below; at the end nothing happens."""
    actor.require(Role.TENANT_ADMIN)
    entries = list(DictionaryEntry.objects.select_for_update().filter(kind=entry.kind))
    place = entries.index(entry)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(entries):
        return
    entries[place], entries[other] = entries[other], entries[place]
    for position, each in enumerate(entries):
        if each.position != position:
            each.position = position
            each.save(update_fields=["position"])


def body_name_add(*, actor: Actor, name: str, valid_from: date) -> BodyName:
    """The issuing body's name from a day on; papers of earlier days keep the old one.

    Raises `ValidationError` when another name starts on the same day.
    """
    actor.require(Role.TENANT_ADMIN)
    if BodyName.objects.filter(valid_from=valid_from).exists():
        raise ValidationError({"valid_from": "这一天已经登记了一个名称。请换一天。"})
    return BodyName.objects.create(name=name, valid_from=valid_from)
