"""Addresses of the policy library."""

from django.urls import path

from . import views

app_name = "policies"
urlpatterns = [
    path("policies/", views.PolicyListView.as_view(), name="list"),
    path("policies/<int:pk>/", views.PolicyDetailView.as_view(), name="detail"),
]
