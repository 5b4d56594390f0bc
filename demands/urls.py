"""Addresses of demands and resources, and their tabs on the pages of enterprises and alliances."""

from django.urls import path

from . import list_views, views

app_name = "demands"
urlpatterns = [
    path("demands/", views.DemandListView.as_view(), name="list"),
    path("demands/new/", views.DemandStartView.as_view(), name="start"),
    path("demands/inbox/", views.InboxView.as_view(), name="inbox"),
    path("demands/supervision/", views.SupervisionView.as_view(), name="supervision"),
    path("demands/shelved/", views.ShelvedView.as_view(), name="shelved"),
    path("demands/<str:number>/act/<slug:action>/", views.ActView.as_view(), name="act"),
    path("demands/<str:number>/edit/", views.DraftUpdateView.as_view(), name="draft_update"),
    path("demands/<str:number>/discard/", views.DraftDiscardView.as_view(), name="draft_discard"),
    path("enterprises/<int:pk>/demands/new/", views.DemandEnterView.as_view(), name="enter"),
    path("demands/<str:number>/", views.DemandDetailView.as_view(), name="detail"),
    path("resources/", views.ResourceListView.as_view(), name="resource_list"),
    path("resources/<int:pk>/", views.ResourceDetailView.as_view(), name="resource_detail"),
    path("alliances/<int:pk>/lists/", views.AllianceListsView.as_view(), name="of_alliance"),
    path("alliances/<int:pk>/lists/<slug:kind>/", list_views.ListVersionsView.as_view(), name="list_versions"),
    path("alliances/<int:pk>/lists/<slug:kind>/publish/", list_views.ListPublishView.as_view(), name="list_publish"),
    path(
        "alliances/<int:pk>/lists/<slug:kind>/leave-out/", list_views.ListLeaveOutView.as_view(), name="list_leave_out"
    ),
    path("alliances/<int:pk>/lists/<slug:kind>/put-back/", list_views.ListPutBackView.as_view(), name="list_put_back"),
    path("alliances/<int:pk>/lists/<slug:kind>/compare/", list_views.ListCompareView.as_view(), name="list_compare"),
    path("lists/kinds/", list_views.ListKindsView.as_view(), name="list_kinds"),
    path("lists/<int:pk>/", list_views.ListVersionView.as_view(), name="list_version"),
    path("lists/<int:pk>/files/", list_views.ListPaperMakeView.as_view(), name="list_paper_make"),
    path("lists/<int:pk>/<str:form>/", list_views.ListFileView.as_view(), name="list_file"),
    path("enterprises/<int:pk>/demands/", views.EnterpriseDemandsView.as_view(), name="of_enterprise"),
]
