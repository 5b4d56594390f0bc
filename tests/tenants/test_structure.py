"""Regions, units, dictionaries and body names: small rules, small pages."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from tenants.models import BodyName, DictionaryEntry, Region, Role, Tenant, Unit, User
from tenants.permissions import Actor
from tenants.scope import tenant_scope
from tenants.selectors import body_name_on, region_tree
from tenants.services import (
    body_name_add,
    entry_create,
    entry_move,
    entry_update,
    region_create,
    region_rename,
    unit_create,
    unit_update,
)
from tests import factories

from .conftest import Acting, Browse, Member

Kind, Group, Level = DictionaryEntry.Kind, DictionaryEntry.ActivityGroup, Region.Level


@pytest.fixture
def admin(member: Member) -> User:
    return member("guanli", Role.TENANT_ADMIN)


@pytest.fixture
def actor(admin: User, acting: Acting) -> Actor:
    return acting(admin)


def test_a_region_stands_where_it_belongs(actor: Actor, office: Tenant) -> None:
    with tenant_scope(office):
        county = factories.county()
        park = region_create(actor=actor, parent=county, name="高新园", level=Level.PARK)
        assert park.path == f"{county.path}{park.pk}/"
        with pytest.raises(ValidationError, match="下面不能设"):
            region_create(actor=actor, parent=park, name="某镇", level=Level.TOWN)
        with pytest.raises(ValidationError, match="已经有"):
            region_create(actor=actor, parent=county, name="高新园", level=Level.PARK)
        region_rename(actor=actor, region=park, name="高新产业园")
        assert [(each.region.name, each.depth) for each in region_tree(actor=actor)] == [
            ("示例市", 0),
            ("任城区", 1),
            ("高新产业园", 2),
            ("鱼台县", 1),
        ]
        with pytest.raises(ValidationError, match="已经有"):
            region_rename(actor=actor, region=county, name="鱼台县")


def test_unit_names_are_unique_whatever_is_changed(actor: Actor, office: Tenant) -> None:
    with tenant_scope(office):
        unit = unit_create(actor=actor, name="市人社局", kind=Unit.Kind.DEPARTMENT, region=None)
        with pytest.raises(ValidationError, match="已经有单位"):
            unit_create(actor=actor, name="市人社局", kind=Unit.Kind.BANK, region=None)
        other = unit_create(actor=actor, name="农商行", kind=Unit.Kind.BANK, region=None)
        with pytest.raises(ValidationError, match="已经有单位"):
            unit_update(actor=actor, unit=other, name="市人社局", kind=Unit.Kind.BANK, region=None, is_active=True)
        unit_update(actor=actor, unit=unit, name="市人社局", kind=Unit.Kind.OFFICE, region=None, is_active=False)
        unit.refresh_from_db()
        assert (unit.kind, unit.is_active) == (Unit.Kind.OFFICE, False)


def test_an_activity_type_must_count_as_something(actor: Actor, office: Tenant) -> None:
    with tenant_scope(office):
        with pytest.raises(ValidationError, match="统计口径"):
            entry_create(actor=actor, kind=Kind.ACTIVITY_TYPE, label="读书会")
        assert entry_create(actor=actor, kind=Kind.ACTIVITY_TYPE, label="读书会", group=Group.PARTY).group == "party"
        assert entry_create(actor=actor, kind=Kind.HONOUR, label="单项冠军", group=Group.PARTY).group == ""
        with pytest.raises(ValidationError, match="已经有"):
            entry_create(actor=actor, kind=Kind.HONOUR, label="单项冠军")


def test_entries_move_one_place_and_no_further(actor: Actor, office: Tenant) -> None:
    with tenant_scope(office):

        def labels() -> list[str]:
            return [entry.label for entry in DictionaryEntry.objects.filter(kind=Kind.HONOUR)]

        first, second, *rest = labels()
        entry = DictionaryEntry.objects.get(kind=Kind.HONOUR, label=second)
        entry_move(actor=actor, entry=entry, up=True)
        assert labels() == [second, first, *rest]
        entry_move(actor=actor, entry=entry, up=True)
        assert labels() == [second, first, *rest]
        entry_move(actor=actor, entry=entry, up=False)
        assert labels() == [first, second, *rest]
        entry_update(actor=actor, entry=entry, label="新名", group="", is_active=False)
        assert labels() == [first, "新名", *rest]


def test_a_body_name_holds_from_its_day_on(actor: Actor, office: Tenant) -> None:
    with tenant_scope(office):
        body_name_add(actor=actor, name="示例市委社会工作部", valid_from=date(2025, 7, 1))
        with pytest.raises(ValidationError, match="换一天"):
            body_name_add(actor=actor, name="又一个", valid_from=date(2025, 7, 1))
    assert body_name_on(office, date(2025, 6, 30)) == "示例市委两新工委"
    assert body_name_on(office, date(2025, 7, 1)) == "示例市委社会工作部"
    assert body_name_on(office, date(2000, 1, 1)) == "示例市"


def test_only_administrators_keep_the_structure(member: Member, acting: Acting, office: Tenant) -> None:
    clerk = acting(member("limin", Role.CITY_STAFF))
    with tenant_scope(office):
        county, entry = factories.county(), factories.entry(Kind.HONOUR)
        unit = factories.unit()
        for act in (
            lambda: region_create(actor=clerk, parent=county, name="x", level=Level.PARK),
            lambda: region_rename(actor=clerk, region=county, name="x"),
            lambda: unit_create(actor=clerk, name="x", kind=Unit.Kind.BANK, region=None),
            lambda: unit_update(actor=clerk, unit=unit, name="x", kind=Unit.Kind.BANK, region=None, is_active=True),
            lambda: entry_create(actor=clerk, kind=Kind.HONOUR, label="x"),
            lambda: entry_update(actor=clerk, entry=entry, label="x", group="", is_active=True),
            lambda: entry_move(actor=clerk, entry=entry, up=True),
            lambda: body_name_add(actor=clerk, name="x", valid_from=date(2026, 1, 1)),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_the_pages_add_and_change(admin: User, browse: Browse, office: Tenant) -> None:
    client = browse(admin)
    with tenant_scope(office):
        county, honour = factories.county(), factories.entry(Kind.HONOUR)
    steps = [
        ("region_list", [], {"parent": county.pk, "level": Level.PARK, "name": "高新园"}),
        ("region_rename", [county.pk], {"name": "任城新区"}),
        ("unit_create", [], {"name": "农商行", "kind": Unit.Kind.BANK, "is_active": "on"}),
        ("dictionary", [Kind.HONOUR], {"label": "单项冠军"}),
        ("dictionary", [Kind.ACTIVITY_TYPE], {"label": "读书会", "group": Group.PARTY}),
        ("entry_update", [honour.pk], {"label": "高新企业", "is_active": "on"}),
        ("entry_move", [honour.pk], {"down": "1"}),
        ("body_names", [], {"name": "示例市委社会工作部", "valid_from": "2026-01-01"}),
    ]
    for name, args, fields in steps:
        response = client.post(reverse(f"tenants:{name}", args=args), fields)
        assert response.status_code == 302, name
    with tenant_scope(office):
        assert Region.objects.filter(name="高新园", parent__name="任城新区").exists()
        unit = Unit.objects.get(name="农商行")
        assert DictionaryEntry.objects.filter(label__in=["单项冠军", "读书会", "高新企业"]).count() == 3
        assert BodyName.objects.filter(name="示例市委社会工作部").exists()
    assert "要素类别" in client.get(reverse("tenants:dictionary_home")).content.decode()
    assert "用工招聘" in client.get(reverse("tenants:dictionary", args=[Kind.ACTIVITY_TYPE])).content.decode()
    page = client.get(reverse("tenants:unit_update", args=[unit.pk]))
    assert 'value="农商行"' in page.content.decode()
    fields = {"name": "农村商业银行", "kind": Unit.Kind.BANK}
    assert client.post(reverse("tenants:unit_update", args=[unit.pk]), fields).status_code == 302
    with tenant_scope(office):
        assert not Unit.objects.get(name="农村商业银行").is_active


def test_a_refusal_stands_beside_its_field(admin: User, browse: Browse, office: Tenant) -> None:
    with tenant_scope(office):
        city = Region.objects.get(level=Level.CITY)
    fields = {"parent": city.pk, "level": Level.COUNTY, "name": "任城区"}
    page = browse(admin).post(reverse("tenants:region_list"), fields)
    assert page.status_code == 422
    assert page.context["form"].errors["name"] == ["这里已经有“任城区”。"]


def test_unknown_dictionaries_and_other_tenants_rows_are_not_there(
    admin: User, browse: Browse, office: Tenant, neighbour: Tenant
) -> None:
    with tenant_scope(neighbour):
        foreign, unit = factories.county(), factories.unit()
        entry = factories.entry(Kind.HONOUR)
    client = browse(admin)
    assert client.get(reverse("tenants:dictionary", args=["nothing"])).status_code == 404
    for name, row in (("region_rename", foreign), ("unit_update", unit), ("entry_update", entry)):
        assert client.get(reverse(f"tenants:{name}", args=[row.pk])).status_code == 404, name
    assert client.post(reverse("tenants:entry_move", args=[entry.pk]), {"up": "1"}).status_code == 404
