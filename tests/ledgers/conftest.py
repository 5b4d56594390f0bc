"""An administrator with a browser, uploads whose jobs are done at once, and what the pages say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from ledgers.models import ImportRun
from ledgers.tasks import import_check, import_store
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories

TASKS = {task.name: task for task in (import_check, import_store)}


@dataclass
class Office:
    """The administrator's desk: each step is a request, and `work` does the jobs that were sent."""

    tenant: Tenant
    client: Client
    capture: DjangoCaptureOnCommitCallbacks
    #: Messages that reached the broker and wait.
    sent: list[tuple[str, dict[str, int]]] = field(default_factory=list)

    def post(self, address: str, data: dict[str, Any] | None = None) -> HttpResponse:
        with self.capture(execute=True):
            return self.client.post(address, data or {})

    def upload(self, content: bytes, name: str = "企业名册.xlsx", sheet: str = "enterprises") -> HttpResponse:
        return self.post(reverse("ledgers:home"), {"sheet": sheet, "file": SimpleUploadedFile(name, content)})

    def work(self) -> None:
        """What the worker does: every job that waits."""
        while self.sent:
            name, arguments = self.sent.pop(0)
            TASKS[name](**arguments)

    def checked(self, content: bytes, **values: Any) -> ImportRun:
        """An uploaded file after its check."""
        assert self.upload(content, **values).status_code == 302
        self.work()
        return self.run()

    def commit(self, run: ImportRun, mode: str = "clean") -> HttpResponse:
        return self.post(reverse("ledgers:commit", args=[run.pk]), {"mode": mode})

    def abandon(self, run: ImportRun) -> HttpResponse:
        return self.post(reverse("ledgers:abandon", args=[run.pk]))

    def run(self) -> ImportRun:
        """The latest import as it is now."""
        with tenant_scope(self.tenant):
            return ImportRun.objects.select_related("job", "error_workbook", "source").first()

    def page(self, run: ImportRun) -> str:
        """Its page as it reads now."""
        response = self.client.get(reverse("ledgers:run", args=[run.pk]))
        assert response.status_code == 200
        return response.content.decode()

    def count(self, model: type) -> int:
        with tenant_scope(self.tenant):
            return model.objects.count()


@pytest.fixture
def office(
    tenant: Tenant,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Office:
    with tenant_scope(tenant):
        admin = factories.actor(Role.TENANT_ADMIN, login="admin").user
    office = Office(tenant, factories.sign_in(admin), django_capture_on_commit_callbacks)
    monkeypatch.setattr(current_app, "send_task", lambda name, kwargs, **_: office.sent.append((name, kwargs)))
    return office


SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(tenant: Tenant) -> SignIn:
    """Makes browsers of people with a role in the tenant."""

    def make(role: str | None, of: Tenant = tenant, **limits: str) -> Client:
        with tenant_scope(of):
            places: dict[str, Any] = {"region": factories.county(limits["region"])} if "region" in limits else {}
            if role == Role.DEPARTMENT:
                places["unit"] = factories.unit()
            return factories.sign_in(factories.actor(role, **places).user)

    return make
