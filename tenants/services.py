"""Writes of the ground floor: tenants, regions, units, dictionaries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from .models import BodyName, DictionaryEntry, Region, Tenant, Unit
from .scope import cross_tenant, tenant_scope

Kind, Group = DictionaryEntry.Kind, DictionaryEntry.ActivityGroup
#: What a new tenant starts with; each may be changed by its administrator (domain.md §2, 4, 5).
DEFAULT_DICTIONARY: dict[str, list[tuple[str, str]]] = {
    Kind.ELEMENT: [(label, "") for label in ("人才", "政策支持", "金融", "基金", "土地", "生态环境", "能源")],
    Kind.CLUSTER: [
        (label, "")
        for label in (
            "高端装备", "高端化工", "新一代信息技术", "新能源", "新材料", "医药", "健康食品", "纺织服装",
        )
    ],
    Kind.HONOUR: [(label, "") for label in ("高新技术企业", "专精特新", "瞪羚企业", "科技型中小企业")],
    Kind.RESOURCE_KIND: [
        (label, "")
        for label in ("生产能力", "检测设备", "仓储物流", "技术专家", "原材料", "采购订单", "培训场地")
    ],
    Kind.ACTIVITY_TYPE: [
        *((label, Group.PARTY) for label in (
            "主题党日", "微党课", "专题讲座", "红色观影", "学习沙龙", "技能比武", "志愿服务", "企业家下午茶",
            "供需对接", "政策上门",
        )),
        ("用工招聘", Group.RECRUITMENT),
        ("融资洽谈", Group.FINANCE),
        ("产学研对接", Group.RESEARCH),
    ],
}  # fmt: skip


def tenant_create(*, slug: str, name: str, body_name: str, regions: Iterable[str], since: date) -> Tenant:
    """Create a tenant with its city region, counties, body name and default dictionaries.

    Operator's act: run it outside any scope. Raises `ValidationError` for a slug that is malformed or taken.
    """
    with transaction.atomic(), cross_tenant(reason="operator command"):
        tenant = Tenant(slug=slug, name=name)
        tenant.full_clean()
        tenant.save()
        with tenant_scope(tenant, request_id="operator"):
            BodyName.objects.create(name=body_name, valid_from=since)
            city = region_add(name=name, level=Region.Level.CITY, parent=None)
            for position, county in enumerate(regions):
                region_add(name=county, level=Region.Level.COUNTY, parent=city, position=position)
            DictionaryEntry.objects.bulk_create(
                DictionaryEntry(kind=kind, label=label, group=group, position=position)
                for kind, entries in DEFAULT_DICTIONARY.items()
                for position, (label, group) in enumerate(entries)
            )
    return tenant


def region_add(*, name: str, level: str, parent: Region | None, position: int = 0) -> Region:
    """Add a region below `parent` and give it its path."""
    region = Region.objects.create(name=name, level=level, parent=parent, position=position, path="pending")
    region.path = f"{parent.path if parent else '/'}{region.pk}/"
    region.save(update_fields=["path"])
    return region


def unit_ensure(names: Iterable[str], *, kind: str = Unit.Kind.DEPARTMENT) -> dict[str, Unit]:
    """The units of these names, those missing created as `kind`."""
    wanted = set(names)
    known = {unit.name: unit for unit in Unit.objects.filter(name__in=wanted)}
    missing = [Unit(name=name, kind=kind) for name in sorted(wanted - known.keys())]
    known |= {unit.name: unit for unit in Unit.objects.bulk_create(missing)}
    return known
