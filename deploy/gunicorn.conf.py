"""Web server: `gunicorn -c deploy/gunicorn.conf.py alliance_portal.wsgi`. Values come from the environment."""

import gc
import os
import shutil
from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from prometheus_client import multiprocess

from alliance_portal import logs

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))  # each keeps one database connection
preload_app = True  # shares the code's memory; wsgi.py closes what it opened
timeout = 60
graceful_timeout = 30  # seconds that running requests get after SIGTERM
max_requests = 5000
max_requests_jitter = 500
forwarded_allow_ips = os.environ.get("TRUSTED_PROXIES", "127.0.0.1")
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 a heartbeat file, no data
logconfig_dict = logs.config(json=True)
if metrics_folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    # The counters of an earlier run are nobody's. Here, because a preloaded application opens its own at once.
    shutil.rmtree(metrics_folder, ignore_errors=True)
    Path(metrics_folder).mkdir(parents=True)


def when_ready(server: Arbiter) -> None:
    """Before the first worker is forked: what is loaded stays to the end, so the collector need not look through it
    again and again, nor touch the memory that the workers share."""
    gc.freeze()


def child_exit(server: Arbiter, worker: Worker) -> None:
    """A worker that ended keeps its counters but no gauges."""
    if metrics_folder:
        multiprocess.mark_process_dead(worker.pid)
