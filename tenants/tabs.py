"""Tabs of a record's page, each a page of its own; apps of upper floors add theirs (docs/adr/0030)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from .permissions import Actor


@dataclass(frozen=True)
class Tab:
    """One tab: a page below the record's own address, by route name. `roles` None shows it to everyone."""

    position: int
    label: str
    route: str
    roles: frozenset[str] | None = None


class TabBar:
    """The tabs of one kind of record, or of lists that belong together; every app registers its own from
    `AppConfig.ready`."""

    def __init__(self) -> None:
        self._tabs: dict[str, Tab] = {}

    def register(self, tab: Tab) -> None:
        """Make a tab known."""
        self._tabs[tab.route] = tab

    def shown(self, *, actor: Actor, current: str, pk: int | None = None) -> list[dict[str, Any]]:
        """The tabs that the actor may open, for `components/tabs.html`; `current` is the route of the open one, `pk`
        the record, if the tabs are of one."""
        args = [] if pk is None else [pk]
        return [
            {"label": tab.label, "url": reverse(tab.route, args=args), "on": tab.route == current}
            for tab in sorted(self._tabs.values(), key=lambda tab: tab.position)
            if tab.roles is None or actor.roles & tab.roles
        ]
