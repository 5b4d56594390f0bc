"""Addresses of the policy library."""

from django.urls import path

from . import views

app_name = "policies"
urlpatterns = [
    path("policies/", views.PolicyListView.as_view(), name="list"),
    path("policies/<int:pk>/", views.PolicyDetailView.as_view(), name="detail"),
    path("policies/<int:pk>/enterprises/", views.PolicyEnterprisesView.as_view(), name="enterprises"),
    path("policies/<int:pk>/conditions/", views.PolicyConditionsView.as_view(), name="conditions"),
    path("enterprises/<int:pk>/policies/", views.EnterprisePoliciesView.as_view(), name="of_enterprise"),
]
