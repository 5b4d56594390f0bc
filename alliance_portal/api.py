"""Addresses of the JSON API (docs/api.md): the lists of all apps under `/api/v1/`, described at `/api/schema/`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from alliances.api import ActivityViewSet, AllianceViewSet
from demands.api import DemandViewSet, ResourceViewSet
from enterprises.api import CadreViewSet, EnterpriseViewSet, PartyOrganisationViewSet, SupportGroupViewSet
from policies.api import PolicyViewSet
from reports.api import FiguresView

router = SimpleRouter()
router.register("enterprises", EnterpriseViewSet, basename="enterprise")
router.register("party-organisations", PartyOrganisationViewSet, basename="party-organisation")
router.register("support-groups", SupportGroupViewSet, basename="support-group")
router.register("cadres", CadreViewSet, basename="cadre")
router.register("alliances", AllianceViewSet, basename="alliance")
router.register("activities", ActivityViewSet, basename="activity")
router.register("demands", DemandViewSet, basename="demand")
router.register("resources", ResourceViewSet, basename="resource")
router.register("policies", PolicyViewSet, basename="policy")

app_name = "api"
urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("v1/figures/", FiguresView.as_view(), name="figures"),
    path("v1/", include(router.urls)),
]
