"""The preview's pages, under the route names that the frame uses."""

from django.urls import include, path

from . import account, pages

notices = ([path("", pages.empty_list, name="list")], "notices")

urlpatterns = [
    path("", pages.desk, name="desk"),
    path("search/", pages.empty_list, name="search"),
    path("notices/", include(notices)),
    path("demands/", pages.demand_list),
    path("demands/empty/", pages.empty_list),
    path("demands/new/", pages.demand_form),
    path("demands/draft/", pages.draft),
    path("demands/one/", pages.demand_detail),
    path("dashboard/", pages.dashboard),
    path("jobs/", pages.job_page),
    path("jobs/progress/", pages.job_progress),
    path("accounts/login/", account.login),
    path("accounts/password/change/", account.password_change),
    path("accounts/logout/", account.logout),
    path("accounts/2fa/", account.mfa_index),
    path("accounts/2fa/authenticate/", account.mfa_authenticate),
    path("accounts/2fa/totp/activate/", account.totp_activate),
    path("accounts/2fa/recovery-codes/", account.recovery_codes),
    path("accounts/sessions/", account.sessions),
    path("accounts/", include("allauth.urls")),
    path("failure/<str:name>/", account.failure),
]
