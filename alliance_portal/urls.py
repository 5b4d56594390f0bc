"""Addresses of the whole site; each app lists its own in its `urls.py`."""

from django.urls import URLPattern, URLResolver, include, path

from . import errors, health
from .desk import DeskView
from .search import SearchView

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.live),
    path("readyz", health.ready),
    path("metrics", health.metrics),
    path("api/", include("alliance_portal.api")),
    path("accounts/", include("tenants.account_urls")),
    path("", DeskView.as_view(), name="desk"),
    path("search/", SearchView.as_view(), name="search"),
    path("", include("tenants.urls")),
    path("", include("ledgers.urls")),
    path("", include("notices.urls")),
    path("", include("enterprises.urls")),
    path("", include("alliances.urls")),
    path("", include("policies.urls")),
    path("", include("demands.urls")),
    path("", include("reports.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
