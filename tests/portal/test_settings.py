"""Settings whose values depend on each other or on the law of the house."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.models import IntegerField
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from tenants.checks import OWN_APPS
from tenants.jobs import LOST_AFTER
from tenants.models import Role, Tenant
from tests.browsing import browser


def test_a_task_ends_before_the_broker_sends_it_again() -> None:
    """Otherwise it would run twice at the same time; and a job counts as lost only when its task cannot live."""
    visible = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < visible
    assert timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT) < LOST_AFTER < timedelta(seconds=visible)
    current_app.loader.import_default_modules()
    for task in current_app.tasks.values():
        assert (task.acks_late, task.reject_on_worker_lost) == (True, True), task.name
        assert task.time_limit in (None, settings.CELERY_TASK_TIME_LIMIT), task.name


def test_days_are_those_of_the_office_on_a_host_that_runs_on_utc() -> None:
    program = (
        "import django, time; django.setup();"
        "from datetime import UTC, datetime; from django.utils import timezone; from celery import current_app;"
        "print(timezone.localdate(datetime(2026, 9, 30, 16, 30, tzinfo=UTC)), time.localtime(0).tm_hour,"
        " current_app.conf.timezone)"
    )
    environment = os.environ | {"TZ": "UTC", "DJANGO_SETTINGS_MODULE": "alliance_portal.settings"}
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=environment, capture_output=True, check=True
    )
    assert told.stdout.decode().split() == ["2026-10-01", "8", "Asia/Shanghai"]
    assert timezone.localdate(datetime(2026, 9, 30, 15, 30, tzinfo=UTC)).isoformat() == "2026-09-30"


def test_every_check_that_is_silenced_says_why() -> None:
    assert list(settings.SILENCED) == settings.SILENCED_SYSTEM_CHECKS
    assert all(len(reason) > 20 for reason in settings.SILENCED.values())
    proxy = (Path(settings.BASE_DIR) / "deploy/nginx.conf").read_text()
    assert re.search(r"return 30[18] https://", proxy), "W008 is the proxy's"


def test_production_settings_pass_djangos_own_checks() -> None:
    secure = {"SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True, "SECURE_HSTS_SECONDS": 31_536_000}
    with override_settings(DEBUG=False, SECRET_KEY="k" * 45 + "abcdef", **secure):
        call_command("check", deploy=True, fail_level="WARNING")


def test_no_field_asks_for_an_identity_card_or_for_a_persons_party_membership() -> None:
    """Party organisations are counted; persons are not asked (no tenant can switch identity cards on so far)."""
    asked = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in OWN_APPS
        for field in model._meta.local_fields
        if not isinstance(field, IntegerField)  # heads that are counted
        if re.search(r"身份证|证件号|政治面貌|入党", f"{field.verbose_name} {getattr(field, 'help_text', '')}")
        or re.search(r"id_?card|identity_number|citizen|party_member$|is_party", field.name)
    }
    assert asked == set()


def test_pages_say_that_state_secrets_do_not_belong_here(client: Client, tenant: Tenant) -> None:
    assert "不得存储、处理、传输国家秘密" in client.get(reverse("account_login")).content.decode()
    assert "不得上传涉密材料" in browser(tenant, Role.TENANT_ADMIN).get(reverse("ledgers:home")).content.decode()


def test_files_have_no_address_of_their_own() -> None:
    """They are given out by the pages of the records they belong to, and by nothing else."""
    assert settings.MEDIA_URL in ("", "/")
    for file in ("deploy/nginx.conf", "docker-compose.yml"):
        assert "location /media" not in (Path(settings.BASE_DIR) / file).read_text()
    assert Path(settings.STATIC_ROOT) not in (settings.MEDIA_ROOT, *Path(settings.MEDIA_ROOT).parents)
