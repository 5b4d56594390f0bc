"""The tabs of an enterprise's page. Apps of upper floors register theirs from `AppConfig.ready` (docs/adr/0030)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tenants.permissions import Actor

from .models import Enterprise


@dataclass(frozen=True)
class Tab:
    """One tab: a page of its own under `/enterprises/<pk>/`, by route name. `roles` None shows it to everyone."""

    position: int
    label: str
    route: str
    roles: frozenset[str] | None = None


_tabs: dict[str, Tab] = {}


def register(tab: Tab) -> None:
    """Make a tab known."""
    _tabs[tab.route] = tab


def tabs_for(*, actor: Actor, enterprise: Enterprise, current: str) -> list[dict[str, Any]]:
    """The tabs that the actor may open, for `components/tabs.html`; `current` is the route of the open one."""
    return [
        {"label": tab.label, "url": reverse(tab.route, args=[enterprise.pk]), "on": tab.route == current}
        for tab in sorted(_tabs.values(), key=lambda tab: tab.position)
        if tab.roles is None or actor.roles & tab.roles
    ]
