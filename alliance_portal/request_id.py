"""One id per request, the same in logs, in the audit trail and in the response, so that each leads to the others."""

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "HTTP_X_REQUEST_ID"
_PLAIN = re.compile(r"[0-9A-Za-z-]{8,64}")


class RequestIdMiddleware:
    """Give the request an id in its `X-Request-Id`, where everything below looks for it.

    The proxy's id is kept; without a proxy (`HTTPS` off) the header comes from the visitor and is replaced.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get(HEADER, "")
        if not settings.HTTPS or not _PLAIN.fullmatch(given):
            request.META[HEADER] = uuid.uuid4().hex
        response = self.get_response(request)
        response.headers["X-Request-Id"] = request.META[HEADER]
        return response
