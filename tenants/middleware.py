"""Puts each request inside its user's tenant, before the view and until its template is rendered."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from rest_framework.authtoken.models import Token

from .models import User
from .permissions import actor_for
from .scope import bootstrap_scope, set_local, tenant_scope

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
        with transaction.atomic():
            with bootstrap_scope():
                user = self._user(request)
            if not user.is_authenticated:
                if request.path.startswith(BOOTSTRAP_PATHS):
                    with bootstrap_scope():
                        return self.get_response(request)
                return self.get_response(request)
            request_id = request.headers.get("x-request-id", "")[:64] or uuid.uuid4().hex
            if user.tenant_id is None:
                set_local(actor_id=str(user.pk), request_id=request_id)
                return self._elsewhere(request, user) or self.get_response(request)
            with tenant_scope(user.tenant_id, actor_id=user.pk, request_id=request_id):
                request.actor = actor_for(user)
                return self._elsewhere(request, user) or self.get_response(request)

    def _user(self, request: HttpRequest) -> User | AnonymousUser:
        """The session's or the API token's user, with his tenant; anonymous when disabled or idle for too long."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme == "Token" and request.path.startswith("/api/"):
            token = Token.objects.select_related("user__tenant").filter(key=key.strip()).first()
            request.token = token
            request.user = token.user if token and _may_enter(token.user) else AnonymousUser()
            return request.user
        user = request.user
        if user.is_authenticated and (not _may_enter(user) or self._is_idle(request)):
            logout(request)
            return request.user
        return user

    def _is_idle(self, request: HttpRequest) -> bool:
        """Whether the session slept longer than allowed. Its clock is written at most once a minute."""
        now = timezone.now()
        seen = request.session.get("seen_at")
        if seen and now - datetime.fromisoformat(seen) > settings.SESSION_IDLE_TIMEOUT:
            return True
        if not seen or (now - datetime.fromisoformat(seen)).total_seconds() > 60:
            request.session["seen_at"] = now.isoformat()
        return False

    def _elsewhere(self, request: HttpRequest, user: User) -> HttpResponse | None:
        """To the password page while the password must be changed."""
        if user.must_change_password and not request.path.startswith((*PASSWORD_PATHS, "/api/")):
            return redirect("account_change_password")
        return None


def _may_enter(user: User) -> bool:
    return user.is_active and (user.tenant is None or user.tenant.is_active)
