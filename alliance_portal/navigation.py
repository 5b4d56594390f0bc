"""What every page's frame shows: navigation by role, body name, who is signed in."""

from typing import Any

from django.http import HttpRequest


def page_frame(request: HttpRequest) -> dict[str, Any]:
    return {"brand_name": "产业链党建联盟"}
