"""The Celery application; tasks are found in each app's `tasks.py`."""

import gc
import os
import sys
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_process_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django_structlog.celery.steps import DjangoStructLogInitStep

from .checks import refuse_unbound_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")

# The base of every task opens its tenant's scope and refuses a task without one.
app = Celery("alliance_portal", task_cls="tenants.jobs:TenantTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def configure_logging(**kwargs: Any) -> None:
    """The portal's own lines instead of Celery's format (`logs.py`)."""
    dictConfig(settings.LOGGING)


@worker_init.connect
def refuse_to_start(**kwargs: Any) -> None:
    """A worker whose database role could see every tenant does not start (`checks.py`)."""
    try:
        refuse_unbound_role()
    except (ImproperlyConfigured, DatabaseError) as fault:
        sys.exit(str(fault))  # a signal's other exceptions are only logged


@worker_process_init.connect
def keep_what_is_loaded(**kwargs: Any) -> None:
    """What is loaded stays to the end: the collector need not look through it again and again (bench/turns.py)."""
    gc.freeze()
