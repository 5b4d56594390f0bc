"""The tab 轮值 of an alliance: who leads, who led, who comes and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from ..models import Alliance
from ..selectors.rotation import rotation_of
from .alliances import AllianceTabView


class AllianceRotationView(AllianceTabView):
    route = "alliances:rotation"
    template_name = "alliances/alliance_rotation.html"

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        return {"rotation": rotation_of(alliance=alliance, today=timezone.localdate())}
