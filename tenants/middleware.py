"""Puts each request inside its user's tenant, before the view and until its template is rendered."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from rest_framework.authtoken.models import Token

from . import services
from .accounts import STARTED_KEY, TENANT_KEY, client_address, load_user
from .models import User
from .passwords import must_change
from .permissions import actor_for, needs_second_step
from .scope import bootstrap_scope, tenant_scope, tenantless_scope

#: Pages for people who are not known yet: they may read users and invitations, nothing else.
BOOTSTRAP_PATHS = ("/accounts/",)
#: Answered without any session or database: liveness must not depend on either.
OPEN_PATHS = ("/healthz", "/readyz", "/metrics", "/static/")
#: Where a user who must change his password, or set up the second step, may still go.
ACCOUNT_PATHS = ("/accounts/",)
#: Session keys: when the last request came; that the user has a second step; that the last session timed out.
SEEN_KEY, SECOND_STEP_KEY, TIMED_OUT_KEY = "seen_at", "second_step", "timed_out"
#: How exactly the idle time is known; each step costs one write of the session.
CLOCK_STEP = timedelta(minutes=1)


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
                    request.actor = actor_for(cast(User, request.user))
                    return self._elsewhere(request) or self._answered(request)
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
            fresh = load_user(token.user_id)
            request.user = fresh if fresh and fresh.may_enter else AnonymousUser()
            return request.user.is_authenticated
        if user.is_authenticated and user.may_enter and not self._has_timed_out(request):
            return True
        self._end(request)
        return False

    def _without_tenant(self, request: HttpRequest, request_id: str) -> HttpResponse:
        """Operators, and people who are not known (yet): the latter may read accounts on the sign-in pages only."""
        with bootstrap_scope(request_id=request_id):
            user = request.user
            if user.is_authenticated and (not user.may_enter or user.tenant_id or self._has_timed_out(request)):
                self._end(request)
                user = request.user
            if not user.is_authenticated and request.path.startswith(BOOTSTRAP_PATHS):
                return self.get_response(request)
            with tenantless_scope(actor_id=user.pk, request_id=request_id):
                return self._elsewhere(request) or self._answered(request)

    def _answered(self, request: HttpRequest) -> HttpResponse:
        """The answer; one that refuses somebody who is signed in stands in the trail, without his query."""
        response = self.get_response(request)
        if response.status_code == 403 and request.user.is_authenticated:
            act = f"{request.method} {request.path}"
            services.access_refused(user=request.user, act=act, address=client_address(request))
        return response

    def _has_timed_out(self, request: HttpRequest) -> bool:
        """Whether the session slept too long or is too old. Its clock is written at most once a minute."""
        now, session = timezone.now(), request.session
        if STARTED_KEY not in session:
            return True
        started = datetime.fromisoformat(session[STARTED_KEY])
        seen = datetime.fromisoformat(session.get(SEEN_KEY, session[STARTED_KEY]))
        if now - seen > settings.SESSION_IDLE_TIMEOUT or now - started > settings.SESSION_ABSOLUTE_TIMEOUT:
            return True
        if now - seen > CLOCK_STEP:
            session[SEEN_KEY] = now.isoformat()
        return False

    def _end(self, request: HttpRequest) -> None:
        """Close the session; the sign-in page says why."""
        was_somebody = request.user.is_authenticated
        logout(request)
        if was_somebody:
            request.session[TIMED_OUT_KEY] = True

    def _elsewhere(self, request: HttpRequest) -> HttpResponse | None:
        """To the page for a new password, or for the second step, while the user owes either."""
        user = request.user
        if not user.is_authenticated or request.path.startswith(ACCOUNT_PATHS):
            return None
        if must_change(user, timezone.now(), settings.PASSWORD_MAX_AGE):
            return self._owed(request, "account_change_password", "密码已到期或须更换。请登录网页修改密码。")
        roles = request.actor.roles if request.actor else frozenset()
        if needs_second_step(user, roles) and not self._has_second_step(request):
            return self._owed(request, "mfa_activate_totp", "您的角色必须使用两步验证。请登录网页设置。")
        return None

    def _owed(self, request: HttpRequest, page: str, sentence: str) -> HttpResponse:
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": sentence}, status=403, json_dumps_params={"ensure_ascii": False})
        return redirect(page)

    def _has_second_step(self, request: HttpRequest) -> bool:
        """Asked once per session: taking the authenticator away ends the user's sessions."""
        if request.session.get(SECOND_STEP_KEY):
            return True
        if not is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return False
        request.session[SECOND_STEP_KEY] = True
        return True
