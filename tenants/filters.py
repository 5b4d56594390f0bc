"""Filters of the administrator's lists."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from .listing import DayFilter, ListFilter, ReferenceFilter, Sort, units
from .models import AuditEntry, Role, RoleAssignment, User
from .permissions import Actor
from .schema import tenant_models
from .selectors import SIGN_IN_VERBS

YES_NO = [("true", "启用"), ("false", "停用")]


def people(actor: Actor) -> QuerySet[User]:
    """The tenant's users, to choose one from."""
    return User.objects.filter(tenant=actor.user.tenant_id)


class UserFilter(ListFilter):
    q = django_filters.CharFilter(method="search", label="搜索", help_text="姓名或账号")
    role = django_filters.ChoiceFilter(label="角色", choices=Role.choices, empty_label="全部", method="by_role")
    unit = ReferenceFilter(label="单位", source=units, field_name="unit")
    active = django_filters.ChoiceFilter(label="状态", choices=YES_NO, empty_label="全部", method="by_active")
    sorts = {
        "name": Sort("姓名", ("full_name",)),
        "account": Sort("账号", ("username",)),
        "last_login": Sort("最近登录", ("last_login",)),
    }
    default_sort = "account"

    class Meta:
        model = User
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        # A few hundred accounts: they need no search index.
        return queryset.filter(Q(full_name__icontains=value.strip()) | Q(username__icontains=value.strip()))

    def by_role(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(pk__in=RoleAssignment.objects.filter(role=value).values("user_id"))

    def by_active(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(is_active=value == "true")


def kinds() -> list[tuple[str, str]]:
    """The kinds of records that leave entries, by the table names that the trail keeps."""
    models = [model for model in tenant_models() if model.audited] + [User]
    return sorted(((model._meta.db_table, str(model._meta.verbose_name)) for model in models), key=lambda pair: pair[1])


class LogFilter(ListFilter):
    """Who did what to which kind of record, when. The trail has no search box: its objects have one."""

    q = None
    person = ReferenceFilter(label="操作人", source=people, text="full_name", field_name="actor")
    verb = django_filters.ChoiceFilter(
        label="操作",
        empty_label="全部",
        choices=[choice for choice in AuditEntry.Verb.choices if choice[0] not in SIGN_IN_VERBS],
    )
    kind = django_filters.ChoiceFilter(label="对象类型", empty_label="全部", field_name="object_type")
    since = DayFilter(label="从", field_name="at", lookup_expr="date__gte")
    until = DayFilter(label="至", field_name="at", lookup_expr="date__lte")

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The models are known only when all apps are loaded.
        self.filters["kind"].extra["choices"] = kinds()


class SignInFilter(ListFilter):
    """Whose sign-ins, and whether they worked."""

    q = None
    person = ReferenceFilter(label="人员", source=people, text="full_name", field_name="object_id")
    verb = django_filters.ChoiceFilter(
        label="结果", empty_label="全部", choices=[(verb.value, verb.label) for verb in SIGN_IN_VERBS]
    )
    since = DayFilter(label="从", field_name="at", lookup_expr="date__gte")
    until = DayFilter(label="至", field_name="at", lookup_expr="date__lte")

    class Meta:
        model = AuditEntry
        fields: list[str] = []
