"""Pages of the platform's operators: tenants and whether they work, nothing of what is in them."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from .. import services
from ..forms import TenantForm
from ..models import User
from ..selectors import platform_log, tenant_get, tenant_health_list
from ..wording import platform_sentence
from .base import add_refusal


class OperatorPage(LoginRequiredMixin, View):
    """A page for operators; people of a tenant get 403."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.is_operator:
            raise PermissionDenied("这个页面只供平台运维人员使用。")
        return super().dispatch(request, *args, **kwargs)


class OperatorHomeView(OperatorPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "tenants/operator_home.html", {"tenants": tenant_health_list(now=timezone.now())})


class PlatformLogView(OperatorPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        page = platform_log(number=request.GET.get("page"))
        lines = [(entry, platform_sentence(entry)) for entry in page.object_list]
        return render(request, "tenants/platform_log.html", {"page": page, "lines": lines, "empty_title": "还没有记录"})


class TenantCreateView(OperatorPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, TenantForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TenantForm(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        wanted, now = form.cleaned_data, timezone.now()
        try:
            tenant, user, token = services.tenant_open(
                slug=wanted["slug"],
                name=wanted["name"],
                body_name=wanted["body_name"],
                regions=wanted["regions"],
                admin_login=wanted["admin_login"],
                admin_name=wanted["admin_name"],
                now=now,
            )
        except ValidationError as error:
            add_refusal(form, error)
            return self.show(request, form)
        link = request.build_absolute_uri(reverse("account_invitation", args=[token]))
        return render(request, "tenants/operator_created.html", {"tenant": tenant, "person": user, "link": link})

    def show(self, request: HttpRequest, form: TenantForm) -> HttpResponse:
        context = {"form": form, "cancel_url": reverse("tenants:operator_home")}
        return render(request, "tenants/operator_create.html", context, status=422 if form.errors else 200)


class TenantSwitchView(OperatorPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        tenant, wanted = tenant_get(pk=pk), "on" in request.POST
        services.tenant_switch(operator=cast(User, request.user), tenant=tenant, is_active=wanted)
        done = "已启用。" if wanted else "已停用，所有人的登录随即结束。"
        messages.success(request, f"{tenant.name}{done}")
        return redirect("tenants:operator_home")
