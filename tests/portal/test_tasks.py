"""Background tasks: each runs as the tenant it is for, and what the schedule names exists."""

import pytest
from celery import Task, current_app
from django.conf import settings

from tenants.jobs import TenantTask


@pytest.fixture
def tasks() -> dict[str, Task]:
    current_app.loader.import_default_modules()  # as a worker does when it starts
    return {name: task for name, task in current_app.tasks.items() if not name.startswith("celery.")}


def test_every_task_opens_a_scope(tasks: dict[str, Task]) -> None:
    assert tasks
    assert [name for name, task in tasks.items() if not isinstance(task, TenantTask)] == []


def test_every_scheduled_task_exists(tasks: dict[str, Task]) -> None:
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= tasks.keys()
