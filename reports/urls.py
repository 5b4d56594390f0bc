from django.urls import path

from . import booklet_views, demand_views, minutes_views, profile_views, views

app_name = "reports"
urlpatterns = [
    path("dashboard/", views.DashboardView.as_view(), name="dashboard"),
    path("dashboard/figures.xlsx", views.FiguresExportView.as_view(), name="figures_export"),
    path("dashboard/snapshots/<str:number>/", views.SnapshotView.as_view(), name="snapshot"),
    path("briefings/", views.BriefingListView.as_view(), name="briefing_list"),
    path("briefings/new/", views.BriefingCreateView.as_view(), name="briefing_create"),
    path("briefings/jobs/<int:pk>/", views.BriefingJobView.as_view(), name="briefing_job"),
    path("briefings/jobs/<int:pk>/cancel/", views.BriefingCancelView.as_view(), name="briefing_cancel"),
    path("briefings/<int:pk>/download/", views.BriefingDownloadView.as_view(), name="briefing_download"),
    path("booklets/", booklet_views.BookletListView.as_view(), name="booklet_list"),
    path("booklets/new/", booklet_views.BookletCreateView.as_view(), name="booklet_create"),
    path("booklets/jobs/<int:pk>/", booklet_views.BookletJobView.as_view(), name="booklet_job"),
    path("booklets/jobs/<int:pk>/cancel/", booklet_views.BookletCancelView.as_view(), name="booklet_cancel"),
    path("booklets/<str:number>/", booklet_views.BookletView.as_view(), name="booklet"),
    path("booklets/<str:number>/download/", booklet_views.BookletDownloadView.as_view(), name="booklet_download"),
    path("alliances/<int:pk>/profile/", profile_views.AllianceProfileView.as_view(), name="profile"),
    path(
        "alliances/<int:pk>/profile/download/",
        profile_views.AllianceProfileDownloadView.as_view(),
        name="profile_download",
    ),
    path("handovers/<int:pk>/paper/", views.HandoverPaperView.as_view(), name="handover_paper"),
    path("handovers/<int:pk>/paper/download/", views.HandoverDownloadView.as_view(), name="handover_download"),
    path("demands/papers/<int:pk>/", demand_views.DemandPaperView.as_view(), name="demand_paper"),
    path("demands/papers/<int:pk>/download/", demand_views.DemandDownloadView.as_view(), name="demand_download"),
    path("meetings/<int:pk>/minutes/", minutes_views.MinutesView.as_view(), name="minutes"),
    path("meetings/<int:pk>/minutes/<str:form>/", minutes_views.MinutesDownloadView.as_view(), name="minutes_download"),
]
