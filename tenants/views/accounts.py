"""Signing in with the office's name shown, and setting a password through an invitation."""

from __future__ import annotations

from typing import Any, cast

import structlog
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from redis.exceptions import RedisError

from ..accounts import AccountAdapter
from ..forms import InvitationForm
from ..forms.accounts import ORG_COOKIE
from ..middleware import TIMED_OUT_KEY
from ..models import Tenant
from ..selectors import body_name_on, invitation_find, tenant_by_slug
from ..services import invitation_accept

log = structlog.get_logger(__name__)
ORG_COOKIE_SECONDS = 365 * 24 * 3600
LINK_SPENT = "这个链接已失效：可能已经用过，也可能过了有效期。请联系本单位管理员重新发一个。"


class SignInView(LoginView):
    """allauth's sign-in. `?org=slug` names the office; the browser remembers it, and then `limin` will do."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.tenant = tenant_by_slug(request.GET.get("org") or request.COOKIES.get(ORG_COOKIE, ""))
        try:
            response = super().dispatch(request, *args, **kwargs)
        except RedisError:
            # Nobody can be locked out while wrong passwords cannot be counted, so nobody signs in either.
            log.exception("sign_in_unavailable")
            return render(request, "account/unavailable.html", status=503)
        signed_in = request.user.tenant if request.user.is_authenticated else None
        slug = signed_in.slug if signed_in else self.tenant.slug if self.tenant and "org" in request.GET else ""
        if slug and slug != request.COOKIES.get(ORG_COOKIE):
            response.set_cookie(
                ORG_COOKIE,
                slug,
                max_age=ORG_COOKIE_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        brand = body_name_on(self.tenant, timezone.localdate()) if self.tenant else ""
        timed_out = self.request.session.pop(TIMED_OUT_KEY, False)
        return super().get_context_data(**kwargs) | {"tenant_brand": brand, "timed_out": timed_out}


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class InvitationView(View):
    """The page behind an invitation or reset link: choose a password, once."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show(request, token, InvitationForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        form = InvitationForm(request.POST)
        if request.user.is_authenticated or not form.is_valid():
            return self.show(request, token, form)
        try:
            user = invitation_accept(token=token, password=form.cleaned_data["password1"], now=timezone.now())
        except ValidationError as error:
            form.add_error("password1", error)
            return self.show(request, token, form)
        AccountAdapter(request).unlock(request, user)
        messages.success(request, f"密码已设好。请用账号 {user.username} 登录。")
        return redirect("account_login")

    def show(self, request: HttpRequest, token: str, form: InvitationForm) -> HttpResponse:
        if request.user.is_authenticated:
            return render(request, "account/invitation.html", {"signed_in": request.user}, status=409)
        invitation = invitation_find(token=token, now=timezone.now())
        if invitation is None:
            return render(request, "account/invitation.html", {"refusal": LINK_SPENT}, status=410)
        brand = body_name_on(cast(Tenant, invitation.user.tenant), timezone.localdate())
        context = {"form": form, "invited": invitation.user, "tenant_brand": brand}
        return render(request, "account/invitation.html", context, status=422 if form.errors else 200)
