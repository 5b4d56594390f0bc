"""Pages under /accounts/: of allauth only what is wanted here. Sign-up, e-mail, mailed resets and social sign-in do
not exist on a closed network, so their addresses do not either."""

from allauth.account import views as account
from django.urls import include, path

from .views import InvitationView, SignInView

urlpatterns = [
    path("login/", SignInView.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("invitation/<str:token>/", InvitationView.as_view(), name="account_invitation"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
]
