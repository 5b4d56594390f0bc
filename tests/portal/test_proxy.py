"""What deploy/nginx.conf promises."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.urls import reverse

NGINX = (Path(settings.BASE_DIR) / "deploy" / "nginx.conf").read_text(encoding="utf-8")
#: The addresses whose last part or query is a secret.
SECRET = (
    reverse("alliances:meeting_feed", args=["shili"]),
    reverse("alliances:sign_in", args=["shili"]),
    reverse("account_invitation", args=["token"]),
)


def test_no_log_keeps_an_address_that_carries_a_secret() -> None:
    quiet = [
        pattern for pattern, body in re.findall(r"location ~ (\S+) \{(.*?)\}", NGINX, re.S) if "access_log off" in body
    ]
    for address in SECRET:
        assert any(re.search(pattern, address) for pattern in quiet), address
