"""The image's health check: the web server of this container answers `/healthz` under its own host name."""

import os
import urllib.request

port = os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2]
host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": host})
with urllib.request.urlopen(request, timeout=4):  # noqa: S310 always http
    pass
