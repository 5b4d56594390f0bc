"""Puts each request inside its user's tenant, before the view and until its template is rendered."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from rest_framework.authtoken.models import Token

from .accounts import TENANT_KEY, load_user
from .models import User
from .permissions import actor_for
from .scope import bootstrap_scope, tenant_scope, tenantless_scope

#: Pages for people who are not known yet: they may read users and invitations, nothing else.
BOOTSTRAP_PATHS = ("/accounts/",)
#: Answered without any session or database: liveness must not depend on either.
OPEN_PATHS = ("/healthz", "/readyz", "/metrics", "/static/")
#: Where a user who must change his password may still go.
PASSWORD_PATHS = ("/accounts/",)


class TenantScopeMiddleware:
    """One transaction around view *and* rendering, in the scope of the signed-in user's tenant.

    `ATOMIC_REQUESTS` is on as well: the view's exceptions are turned into responses before they reach this
    middleware, so only the view's own savepoint rolls a failed request back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None
        if request.path.startswith(OPEN_PATHS):
            return self.get_response(request)
        tenant_id, user_id = self._claim(request)
        request_id = request.headers.get("x-request-id", "")[:64] or uuid.uuid4().hex
        if tenant_id is not None:
            with tenant_scope(tenant_id, actor_id=user_id, request_id=request_id):
                if self._enters(request):
                    request.actor = actor_for(request.user)
                    return self._elsewhere(request) or self.get_response(request)
        return self._without_tenant(request, request_id)

    def _claim(self, request: HttpRequest) -> tuple[int | None, int | None]:
        """The tenant and user that the session or the API token names; the user is checked inside the scope."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme == "Token" and request.path.startswith("/api/"):
            with bootstrap_scope():
                request.token = Token.objects.select_related("user").filter(key=key.strip()).first()
            if request.token is None:
                request.user = AnonymousUser()
                return None, None
            request.user = request.token.user
            return request.user.tenant_id, request.user.pk
        user_id = request.session.get(SESSION_KEY)
        return request.session.get(TENANT_KEY), int(user_id) if user_id else None

    def _enters(self, request: HttpRequest) -> bool:
        """Whether the claimed user may really come in; otherwise his session ends here."""
        user = request.user
        token = getattr(request, "token", None)
        if token is not None:
            fresh = load_user(user.pk)
            request.user = fresh if fresh and may_enter(fresh) else AnonymousUser()
            return request.user.is_authenticated
        if user.is_authenticated and may_enter(user) and not self._is_idle(request):
            return True
        logout(request)
        return False

    def _without_tenant(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Operators, and people who are not known (yet): the latter may read accounts on the sign-in pages only."""
        with bootstrap_scope():
            user = request.user
            if user.is_authenticated and (not may_enter(user) or user.tenant_id or self._is_idle(request)):
                logout(request)
                user = request.user
            if not user.is_authenticated and request.path.startswith(BOOTSTRAP_PATHS):
                return self.get_response(request)
            with tenantless_scope(actor_id=user.pk, request_id=request_id):
                return self._elsewhere(request) or self.get_response(request)

    def _is_idle(self, request: HttpRequest) -> bool:
        """Whether the session slept longer than allowed. Its clock is written at most once a minute."""
        now = timezone.now()
        seen = request.session.get("seen_at")
        if seen and now - datetime.fromisoformat(seen) > settings.SESSION_IDLE_TIMEOUT:
            return True
        if not seen or (now - datetime.fromisoformat(seen)).total_seconds() > 60:
            request.session["seen_at"] = now.isoformat()
        return False

    def _elsewhere(self, request: HttpRequest) -> HttpResponse | None:
        """To the password page while the password must be changed."""
        user = request.user
        if (
            user.is_authenticated
            and user.must_change_password
            and not request.path.startswith((*PASSWORD_PATHS, "/api/"))
        ):
            return redirect("account_change_password")
        return None


def may_enter(user: User) -> bool:
    """Whether the account, and its tenant, are enabled."""
    return user.is_active and (user.tenant is None or user.tenant.is_active)
