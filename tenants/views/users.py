"""The administrator's pages about users, their roles and what they work for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from .. import services
from ..filters import UserFilter
from ..forms import NewUserForm, PersonForm, RoleForm
from ..grants import GrantKind, kind_of
from ..listing import ListView
from ..models import Role, User
from ..selectors import (
    assignment_get,
    open_invitation,
    session_list,
    user_get,
    user_list,
    with_assignments,
)
from ..trail import trail
from .base import ADMIN, ActPage, AdminPage, FormPage, add_refusal


class UserListView(ListView):
    selector = user_list
    filterset_class = UserFilter
    template_name = "tenants/user_list.html"
    title = "用户与角色"
    roles = ADMIN
    empty = {"empty_title": "还没有用户", "empty_text": "先开账号，再把邀请链接发给本人。"}

    def prepare(self, rows: Any) -> Any:
        return with_assignments(rows)


class UserCreateView(FormPage):
    title, submit = "开账号", "开账号"

    def make_form(self, data: Any = None) -> NewUserForm:
        return NewUserForm(data, slug=self.request.user.tenant.slug)

    def act(self, form: BaseForm) -> str:
        self.user = services.user_create(actor=self.request.actor, **form.cleaned_data)
        return f"账号 {self.user.username} 已开。请发邀请链接，由本人设密码。"

    def next_url(self) -> str:
        return reverse("tenants:user_detail", args=[self.user.pk])

    def cancel_url(self) -> str:
        return reverse("tenants:user_list")

    def context(self) -> dict[str, Any]:
        return {"crumbs": [{"label": "用户与角色", "url": self.cancel_url()}, {"label": self.title}]}


@dataclass(frozen=True)
class Bound:
    """What a user works for through one of his roles, and what a search has found to add."""

    kind: GrantKind
    held: list[tuple[int, str]]
    found: list[tuple[int, str]]
    q: str


class UserDetailView(AdminPage):
    """Everything about one account; a POST adds a role."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(request, user_get(actor=request.actor, pk=pk), RoleForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user, form = user_get(actor=request.actor, pk=pk), RoleForm(request.POST)
        if form.is_valid():
            try:
                services.role_assign(actor=request.actor, user=user, **form.cleaned_data)
            except ValidationError as error:
                add_refusal(form, error)
            else:
                return redirect("tenants:user_detail", pk)
        return self.show(request, user, form)

    def show(self, request: HttpRequest, user: User, form: RoleForm) -> HttpResponse:
        context = {
            "person": user,
            "form": form,
            "bound": self.bound(request, user),
            "sessions": session_list(actor=request.actor, user=user),
            "invitation": open_invitation(actor=request.actor, user=user, now=timezone.now()),
            "entries": trail({User: {user.pk: ""}}, limit=30),
            "crumbs": [{"label": "用户与角色", "url": reverse("tenants:user_list")}, {"label": user.full_name}],
        }
        return render(request, "tenants/user_detail.html", context, status=422 if form.errors else 200)

    def bound(self, request: HttpRequest, user: User) -> list[Bound]:
        roles = {assignment.role for assignment in user.assignments.all()}
        kinds = [kind for role in Role if role in roles and (kind := kind_of(role))]
        wanted, q = request.GET.get("grant", ""), request.GET.get("q", "").strip()
        bound = []
        for kind in kinds:
            held, term = kind.current(user), q if kind.role == wanted else ""
            found = [pair for pair in kind.search(request.actor, term) if pair not in held] if term else []
            bound.append(Bound(kind, held, found, term))
        return bound


class UserUpdateView(FormPage):
    title = "修改用户"

    def make_form(self, data: Any = None) -> PersonForm:
        self.person = user_get(actor=self.request.actor, pk=self.kwargs["pk"])
        initial = {name: getattr(self.person, name) for name in ("full_name", "phone", "email", "unit")}
        return PersonForm(data, initial=initial)

    def act(self, form: BaseForm) -> str:
        services.user_update(actor=self.request.actor, user=self.person, **form.cleaned_data)
        return "已保存。"

    def next_url(self) -> str:
        return reverse("tenants:user_detail", args=[self.kwargs["pk"]])

    def context(self) -> dict[str, Any]:
        home = {"label": "用户与角色", "url": reverse("tenants:user_list")}
        return {"crumbs": [home, {"label": self.person.full_name, "url": self.next_url()}, {"label": self.title}]}


class UserActPage(ActPage):
    """A button on a user's page."""

    def act(self) -> str:
        return self.on(user_get(actor=self.request.actor, pk=self.kwargs["pk"]))

    def on(self, user: User) -> str:
        raise NotImplementedError

    def next_url(self) -> str:
        return reverse("tenants:user_detail", args=[self.kwargs["pk"]])


class UserDisableView(UserActPage):
    def on(self, user: User) -> str:
        services.user_disable(actor=self.request.actor, user=user)
        return f"{user.full_name}的账号已停用，在所有设备上的登录都已结束。"


class UserEnableView(UserActPage):
    def on(self, user: User) -> str:
        services.user_enable(actor=self.request.actor, user=user)
        return f"{user.full_name}的账号已启用。"


class UserSessionsEndView(UserActPage):
    def on(self, user: User) -> str:
        count = services.sessions_end(actor=self.request.actor, user=user)
        return f"已结束{user.full_name}在 {count} 台设备上的登录。"


class UserSecondStepResetView(UserActPage):
    def on(self, user: User) -> str:
        services.second_step_reset(actor=self.request.actor, user=user)
        return f"已清除{user.full_name}的两步验证。本人下次登录时重新设置。"


class RoleRevokeView(ActPage):
    def act(self) -> str:
        assignment = assignment_get(actor=self.request.actor, pk=self.kwargs["pk"])
        services.role_revoke(actor=self.request.actor, assignment=assignment)
        return f"已取消{assignment.user.full_name}的{assignment.get_role_display()}角色。"

    def next_url(self) -> str:
        assignment = assignment_get(actor=self.request.actor, pk=self.kwargs["pk"])
        return reverse("tenants:user_detail", args=[assignment.user_id])


class InvitationCreateView(AdminPage):
    """Make a link and show it, this once: only its digest is kept."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        user, now = user_get(actor=request.actor, pk=pk), timezone.now()
        try:
            token = services.invitation_create(actor=request.actor, user=user, now=now)
        except ValidationError as error:
            return render(
                request, "tenants/invitation.html", {"person": user, "refusal": error.messages[0]}, status=422
            )
        context = {
            "person": user,
            "link": request.build_absolute_uri(reverse("account_invitation", args=[token])),
            "invitation": open_invitation(actor=request.actor, user=user, now=now),
        }
        return render(request, "tenants/invitation.html", context)


class GrantPage(ActPage):
    """Bind a user to an alliance or enterprise, or unbind him."""

    def act(self) -> str:
        kind = kind_of(self.kwargs["role"])
        user = user_get(actor=self.request.actor, pk=self.kwargs["pk"])
        if kind is None or not self.request.POST.get("object", "").isdigit():
            raise Http404
        return self.change(kind, user, int(self.request.POST["object"]))

    def change(self, kind: GrantKind, user: User, pk: int) -> str:
        raise NotImplementedError

    def next_url(self) -> str:
        return reverse("tenants:user_detail", args=[self.kwargs["pk"]]) + "#grants"


class GrantAddView(GrantPage):
    def change(self, kind: GrantKind, user: User, pk: int) -> str:
        kind.grant(self.request.actor, user, [pk])
        return f"已添加{kind.label}。"


class GrantRemoveView(GrantPage):
    def change(self, kind: GrantKind, user: User, pk: int) -> str:
        kind.revoke(user, [pk])
        return f"已移除{kind.label}。"
