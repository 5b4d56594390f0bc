"""Search across everything that the actor may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator

from alliances.filters import ActivityFilter, AllianceFilter
from alliances.selectors import activity_list_current, alliance_list
from demands.filters import DemandFilter, ResourceFilter
from demands.selectors import demand_list, resource_list
from enterprises.filters import EnterpriseFilter
from enterprises.selectors import enterprise_list
from policies.filters import PolicyFilter
from policies.selectors import policy_list
from tenants.listing import ListFilter
from tenants.pages import TenantPage
from tenants.templatetags.portal import cn_date

#: Hits of each kind before the full list takes over.
SHOWN = 5
#: Longest search text; more is cut, since nothing is called by so long a name.
LONGEST = 50


@dataclass(frozen=True)
class Hit:
    """One found record: its name, what tells it from its namesakes, its address."""

    title: str
    note: str
    url: str


@dataclass(frozen=True)
class Source:
    """One kind of record: found as its own list finds it, so that the full list shows the same ones."""

    label: str
    route: str
    selector: Callable[..., Any]
    filters: type[ListFilter]
    related: tuple[str, ...]
    hit: Callable[[Any], Hit]


def _url(route: str, key: Any) -> str:
    return reverse(route, args=[key])


SOURCES = (
    Source(
        "企业", "enterprises:list", enterprise_list, EnterpriseFilter, ("region",),
        lambda row: Hit(row.name, f"{row.region.name} · {row.credit_code}", _url("enterprises:detail", row.pk)),
    ),
    Source(
        "联盟", "alliances:list", alliance_list, AllianceFilter, ("region", "cluster"),
        lambda row: Hit(row.name, f"{row.region.name} · {row.cluster.label}", _url("alliances:detail", row.pk)),
    ),
    Source(
        "诉求", "demands:list", demand_list, DemandFilter, ("enterprise",),
        lambda row: Hit(
            f"{row.number} {row.content[:60]}",
            f"{row.enterprise.name} · {row.get_state_display()}",
            _url("demands:detail", row.number),
        ),
    ),
    Source(
        "政策", "policies:list", policy_list, PolicyFilter, ("issuer",),
        lambda row: Hit(row.name, f"{row.document_number} · {row.issuer.name}", _url("policies:detail", row.pk)),
    ),
    Source(
        "活动", "alliances:activity_list", activity_list_current, ActivityFilter, ("alliance",),
        lambda row: Hit(
            row.topic, f"{cn_date(row.held_on)} · {row.alliance.name}", _url("alliances:activity_detail", row.pk)
        ),
    ),
    Source(
        "资源", "demands:resource_list", resource_list, ResourceFilter, ("enterprise", "kind"),
        lambda row: Hit(
            row.content[:60],
            f"{row.kind.label} · {row.enterprise.name}",
            _url("demands:resource_detail", row.pk),
        ),
    ),
)  # fmt: skip


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class SearchView(TenantPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        text = " ".join(request.GET.get("q", "").split())[:LONGEST]
        groups = [group for source in SOURCES if (group := self._group(source, text))] if text else []
        return render(request, "desk/search.html", {"search_text": text, "groups": groups})

    def _group(self, source: Source, text: str) -> dict[str, Any] | None:
        rows = source.selector(actor=self.request.actor)
        found: list[Model] = list(
            source.filters.found(rows, text).select_related(*source.related).order_by("-pk")[: SHOWN + 1]
        )
        if not found:
            return None
        return {
            "label": source.label,
            "hits": [source.hit(row) for row in found[:SHOWN]],
            "more_url": f"{reverse(source.route)}?{urlencode({'q': text})}" if len(found) > SHOWN else "",
        }
