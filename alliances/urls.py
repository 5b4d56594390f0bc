"""Addresses of alliances and activities."""

from django.urls import path

from . import views

app_name = "alliances"
urlpatterns = [
    path("alliances/", views.AllianceListView.as_view(), name="list"),
    path("alliances/<int:pk>/", views.AllianceDetailView.as_view(), name="detail"),
    path("alliances/<int:pk>/members/", views.AllianceMembersView.as_view(), name="members"),
    path("alliances/<int:pk>/activities/", views.AllianceActivitiesView.as_view(), name="activities"),
    path("alliances/<int:pk>/log/", views.AllianceLogView.as_view(), name="log"),
    path("enterprises/<int:pk>/alliances/", views.EnterpriseAlliancesView.as_view(), name="of_enterprise"),
    path("activities/", views.ActivityListView.as_view(), name="activity_list"),
    path("activities/<int:pk>/", views.ActivityDetailView.as_view(), name="activity_detail"),
]
