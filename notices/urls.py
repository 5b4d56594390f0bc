from django.urls import path

from . import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.NoticeListView.as_view(), name="list"),
    path("notices/read/", views.NoticesReadView.as_view(), name="read_all"),
    path("notices/delivery/", views.DeliveryView.as_view(), name="delivery"),
    path("robots/", views.RobotListView.as_view(), name="robot_list"),
    path("robots/new/", views.RobotCreateView.as_view(), name="robot_create"),
    path("robots/<int:pk>/", views.RobotUpdateView.as_view(), name="robot_update"),
    path("robots/<int:pk>/test/", views.RobotTestView.as_view(), name="robot_test"),
    path("notices/<int:pk>/open/", views.NoticeOpenView.as_view(), name="open"),
]
