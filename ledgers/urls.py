from django.urls import path

from . import views

app_name = "ledgers"
urlpatterns = [
    path("data/", views.HomeView.as_view(), name="home"),
    path("data/imports/<int:pk>/", views.RunView.as_view(), name="run"),
    path("data/imports/<int:pk>/commit/", views.CommitView.as_view(), name="commit"),
    path("data/imports/<int:pk>/abandon/", views.AbandonView.as_view(), name="abandon"),
    path("data/imports/<int:pk>/errors.xlsx", views.ErrorWorkbookView.as_view(), name="errors"),
    path("data/templates/<slug:key>.xlsx", views.TemplateView.as_view(), name="template"),
    path("data/exports/<slug:key>.xlsx", views.ExportView.as_view(), name="export"),
]
