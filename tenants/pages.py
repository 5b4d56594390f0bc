"""What every page of a tenant's people starts with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import View


class TenantPage(LoginRequiredMixin, View):
    """A page for signed-in users who hold a role in their tenant; strangers are sent to sign in, others get 403.

    `roles` limits it to some roles; None admits everyone who holds one. Which rows somebody sees is the selectors'
    affair.
    """

    roles: ClassVar[frozenset[str] | None] = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = request.actor
        held = actor.roles if actor else frozenset()
        if request.user.is_authenticated and (not held or (self.roles is not None and not held & self.roles)):
            raise PermissionDenied("您的角色不能查看这个页面。如工作需要，请联系本单位的系统管理员。")
        return super().dispatch(request, *args, **kwargs)
