"""What every page of a tenant demands before it answers: somebody signed in, in a tenant, with a fitting role."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views import View


class PortalView(LoginRequiredMixin, View):
    """Anonymous visitors go to the sign-in page; operators and users without a fitting role are refused (403).

    `roles` limits a page to some roles; None admits everyone who holds one.
    """

    roles: ClassVar[frozenset[str] | None] = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = request.actor
        admitted = actor is not None and actor.roles and (self.roles is None or actor.roles & self.roles)
        if request.user.is_authenticated and not admitted:
            raise PermissionDenied("您的角色不能查看这个页面。如工作需要，请联系本单位的系统管理员。")
        return super().dispatch(request, *args, **kwargs)
