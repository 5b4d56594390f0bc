"""One id per request: logs, audit trail and response name the same one."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from alliance_portal.request_id import RequestIdMiddleware


def _answer(**headers: str) -> tuple[str, str]:
    """(what the view sees, what the response says)."""
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.headers["X-Request-Id"])
        return HttpResponse()

    response = RequestIdMiddleware(view)(RequestFactory().get("/", headers=headers))
    return seen[0], response["X-Request-Id"]


def test_each_request_gets_its_own_id() -> None:
    first, second = _answer(), _answer()
    assert first[0] == first[1]
    assert len({*first, *second}) == 2


def test_visitor_can_not_choose_an_id() -> None:
    assert _answer(**{"x-request-id": "chosen-by-visitor"})[0] != "chosen-by-visitor"


@override_settings(HTTPS=True)
def test_id_of_the_proxy_is_kept() -> None:
    assert _answer(**{"x-request-id": "0123456789abcdef"}) == ("0123456789abcdef", "0123456789abcdef")


@override_settings(HTTPS=True)
@pytest.mark.parametrize("strange", ["", "short", "x" * 65, "with space 12345", "名字名字名字名字"])
def test_strange_id_is_replaced(strange: str) -> None:
    assert _answer(**{"x-request-id": strange})[0] != strange
