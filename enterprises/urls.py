from django.urls import path

from . import views

app_name = "enterprises"
urlpatterns = [
    path("enterprises/", views.EnterpriseListView.as_view(), name="list"),
]
