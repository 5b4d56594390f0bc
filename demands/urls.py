"""Addresses of demands and resources, and their tabs on the pages of enterprises and alliances."""

from django.urls import path

from . import views

app_name = "demands"
urlpatterns = [
    path("demands/", views.DemandListView.as_view(), name="list"),
    path("demands/<str:number>/", views.DemandDetailView.as_view(), name="detail"),
    path("resources/", views.ResourceListView.as_view(), name="resource_list"),
    path("resources/<int:pk>/", views.ResourceDetailView.as_view(), name="resource_detail"),
    path("alliances/<int:pk>/lists/", views.AllianceListsView.as_view(), name="of_alliance"),
    path("enterprises/<int:pk>/demands/", views.EnterpriseDemandsView.as_view(), name="of_enterprise"),
]
