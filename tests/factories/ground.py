"""Tenants and what stands on the ground floor."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from tenants.models import DictionaryEntry, Invitation, Job, Region, StoredFile, Tenant, Unit, User
from tenants.services import region_add, tenant_create

REGIONS = ("任城区", "鱼台县")


def number_of(model: type[models.Model]) -> int:
    """The next number of a kind in the open tenant, from 1: the same in every run."""
    return model._default_manager.count() + 1


def city(slug: str = "shili", name: str = "示例市", **values: Any) -> Tenant:
    """A tenant with two counties and the default dictionaries. Outside any scope."""
    defaults = {"body_name": f"{name}委两新工委", "regions": REGIONS, "since": date(2021, 1, 1)}
    return tenant_create(slug=slug, name=name, **(defaults | values))


def county(name: str = "任城区") -> Region:
    return Region.objects.get(name=name, level=Region.Level.COUNTY)


def park(name: str = "高新产业园", parent: Region | None = None) -> Region:
    return region_add(name=name, level=Region.Level.PARK, parent=parent or county())


def unit(name: str = "市人力资源和社会保障局", **values: Any) -> Unit:
    return Unit.objects.get_or_create(name=name, defaults=values)[0]


def entry(kind: str, label: str | None = None) -> DictionaryEntry:
    """A value of the default dictionaries: the one of that label, or the first."""
    entries = DictionaryEntry.objects.filter(kind=kind)
    return entries.get(label=label) if label else entries.first()


def stored_file(name: str = "台账.xlsx", content: bytes = b"content", **values: Any) -> StoredFile:
    """A file with its row; the row is right even where nobody reads the file."""
    stored = StoredFile(
        original_name=name,
        content_type="application/octet-stream",
        size=len(content),
        sha256=sha256(content).hexdigest(),
        **values,
    )
    stored.file.save(f"{stored.tenant_id}-{number_of(StoredFile)}.bin", ContentFile(content), save=False)
    stored.save()
    return stored


def job(task: str = "tests.nothing", **values: Any) -> Job:
    return Job.objects.create(**({"task": task, "title": "导入企业名册"} | values))


def invitation(user: User, token: str = "token", **values: Any) -> Invitation:
    # Digests are unique on the installation, as random tokens' are.
    digest = sha256(f"{user.tenant_id}:{token}".encode()).hexdigest()
    expires_at = timezone.now() + timedelta(days=3)
    return Invitation.objects.create(**({"user": user, "token_digest": digest, "expires_at": expires_at} | values))
