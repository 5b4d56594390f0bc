"""What all API endpoints share before any row is read: token sign-in inside a tenant's scope, and paging.

Named in the settings, so it must not import views: they import the settings' classes.
"""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from .models import User


class ScopedTokenAuthentication(BaseAuthentication):
    """`Authorization: Token …`; the token itself was looked up by the middleware, which opened its tenant's scope."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        token = getattr(request._request, "token", None)
        user = request._request.user
        return (user, token) if token is not None and user.is_authenticated else None

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class Pages(PageNumberPagination):
    """`?page=2&page_size=100`, at most 100 rows a page."""

    page_size_query_param = "page_size"
    page_size_query_description = "每页条数，最多 100"
    page_query_description = "第几页，从 1 起"
    max_page_size = 100
