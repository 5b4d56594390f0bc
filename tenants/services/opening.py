"""Opening a tenant, and what its ledgers and its operators add."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ..account_names import PLATFORM, account_name
from ..audit import record_platform
from ..models import AuditEntry, BodyName, DictionaryEntry, Region, Tenant, Unit, User
from ..scope import bootstrap_scope, cross_tenant, tenant_scope
from .calendar import calendar_begin
from .users import administrator_invite

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
    """Create a tenant with its city region, counties, body name, default dictionaries and calendar.

    Operator's act: run it outside any scope. Raises `ValidationError` for a slug that is malformed, reserved or taken,
    and for a region named twice.
    """
    counties = [region.strip() for region in regions if region.strip()]
    twice = {county for county in counties if counties.count(county) > 1}
    if twice:
        raise ValidationError({"regions": f"区域重复：{'、'.join(sorted(twice))}。每个区域只写一次。"})
    if slug == PLATFORM:
        raise ValidationError({"slug": f"单位代码 {PLATFORM} 留给平台运维，请换一个。"})
    with transaction.atomic(), cross_tenant(reason="operator command"):
        tenant = Tenant(slug=slug, name=name)
        if Tenant.objects.filter(slug=slug).exists():
            raise ValidationError({"slug": f"单位代码 {slug} 已经有了，请换一个。"})
        tenant.full_clean()
        tenant.save()
        record_platform(AuditEntry.Verb.CREATE, label=f"租户 {tenant.name}")
        with tenant_scope(tenant, request_id="operator"):
            BodyName.objects.create(name=body_name, valid_from=since)
            city = region_add(name=name, level=Region.Level.CITY, parent=None)
            for position, county in enumerate(counties):
                region_add(name=county, level=Region.Level.COUNTY, parent=city, position=position)
            DictionaryEntry.objects.bulk_create(
                DictionaryEntry(kind=kind, label=label, group=group, position=position)
                for kind, entries in DEFAULT_DICTIONARY.items()
                for position, (label, group) in enumerate(entries)
            )
            calendar_begin(now=timezone.now())
    return tenant


def tenant_open(
    *, slug: str, name: str, body_name: str, regions: Iterable[str], admin_login: str, admin_name: str, now: datetime
) -> tuple[Tenant, User, str]:
    """Create a tenant with its first administrator; also returns the token of his invitation.

    Raises `ValidationError` as `tenant_create`, and for a malformed account name (under `admin_login`).
    """
    with transaction.atomic():
        since = timezone.localdate(now)
        tenant = tenant_create(slug=slug, name=name, body_name=body_name, regions=regions, since=since)
        try:
            user, token = administrator_invite(tenant=tenant, login=admin_login, full_name=admin_name, now=now)
        except ValidationError as error:
            raise ValidationError({"admin_login": error.messages}) from error
    return tenant, user, token


def tenant_switch(*, operator: User, tenant: Tenant, is_active: bool) -> None:
    """Enable or disable a tenant. Its users' open sessions end with their next request."""
    with cross_tenant(reason="operator page"):
        Tenant.objects.filter(pk=tenant.pk).update(is_active=is_active)
        change = {"is_active": [tenant.is_active, is_active]}
        record_platform(AuditEntry.Verb.UPDATE, label=f"租户 {tenant.name}", operator=operator, details=change)


def operator_create(*, login: str, full_name: str, password: str, now: datetime) -> User:
    """Create an operator, who must change `password` when he signs in. Raises `ValidationError` for a taken name."""
    user = User(username=account_name(login, PLATFORM), full_name=full_name, is_operator=True)
    user.must_change_password = True
    user.set_password(password)
    user.password_changed_at = now
    # The unique name is checked across tenants, and only a bootstrap scope sees them all.
    with cross_tenant(reason="operator command"), bootstrap_scope():
        user.full_clean()
        user.save()
        record_platform(AuditEntry.Verb.CREATE, label=f"运维账号 {user.username}")
    return user


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
