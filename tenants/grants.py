"""Object grants by role: which alliances or enterprises somebody works for.

`tenants` is the lowest floor and knows neither, so each app registers its kinds from its `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from .audit import record
from .models import AuditEntry, Role, TenantUserPermission, User
from .permissions import Actor
from .search import matching

SEARCH_LIMIT = 20


@dataclass(frozen=True)
class GrantKind:
    """The objects that a role is bound to, kept as guardian permissions in a direct-FK table."""

    role: Role
    #: What the page calls them: "代表的企业".
    label: str
    codename: str
    through: type[TenantUserPermission]
    #: The objects among which an actor may choose (the app's list selector).
    candidates: Callable[..., QuerySet]

    def search(self, actor: Actor, q: str) -> list[tuple[int, str]]:
        """The first objects whose name contains `q` (Chinese or pinyin initials): (id, name)."""
        return [(found.pk, str(found)) for found in matching(self.candidates(actor=actor), q)[:SEARCH_LIMIT]]

    def current(self, user: User) -> list[tuple[int, str]]:
        """What `user` holds now: (id, name), by name."""
        held = self.through.objects.filter(user=user, permission__codename=self.codename)
        objects = [permission.content_object for permission in held.select_related("content_object")]
        return sorted(((each.pk, str(each)) for each in objects), key=lambda pair: pair[1])

    def grant(self, actor: Actor, user: User, ids: Iterable[int]) -> None:
        """Bind `user` to objects that `actor` may see. Raises `ValidationError` for one that he may not."""
        wanted = set(ids) - {pk for pk, _ in self.current(user)}
        found = list(self.candidates(actor=actor).filter(pk__in=wanted))
        if len(found) != len(wanted):
            raise ValidationError(f"没有找到要添加的{self.label}。请重新搜索后再选。")
        permission = self._permission()
        self.through.objects.bulk_create(
            self.through(user=user, permission=permission, content_object=each) for each in found
        )
        for each in found:
            record(AuditEntry.Verb.UPDATE, label=str(user), obj=user, details={self.label: ["", str(each)]})

    def revoke(self, user: User, ids: Iterable[int]) -> None:
        """Unbind `user` from objects; those he does not hold are ignored."""
        going = [(pk, name) for pk, name in self.current(user) if pk in set(ids)]
        self.through.objects.filter(
            user=user, permission__codename=self.codename, content_object_id__in=[pk for pk, _ in going]
        ).delete()
        for _, name in going:
            record(AuditEntry.Verb.UPDATE, label=str(user), obj=user, details={self.label: [name, ""]})

    def _permission(self) -> Permission:
        target = self.through._meta.get_field("content_object").related_model._meta
        return Permission.objects.get(
            codename=self.codename, content_type__app_label=target.app_label, content_type__model=target.model_name
        )


_kinds: dict[str, GrantKind] = {}


def register(*kinds: GrantKind) -> None:
    """Make kinds known; a role has one at most."""
    _kinds.update({kind.role: kind for kind in kinds})


def kind_of(role: str) -> GrantKind | None:
    """The kind of objects that a role is bound to; None for roles without."""
    return _kinds.get(role)
