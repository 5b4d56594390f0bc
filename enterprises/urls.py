from django.urls import path

from . import views
from .views import certificates, teams

app_name = "enterprises"
urlpatterns = [
    path("enterprises/", views.EnterpriseListView.as_view(), name="list"),
    path("enterprises/<int:pk>/", views.EnterpriseDetailView.as_view(), name="detail"),
    path("enterprises/<int:pk>/party/", views.EnterprisePartyView.as_view(), name="party"),
    path("enterprises/<int:pk>/forces/", views.EnterpriseForcesView.as_view(), name="forces"),
    path("enterprises/<int:pk>/log/", views.EnterpriseLogView.as_view(), name="log"),
    path("enterprises/<int:pk>/visits/", views.EnterpriseVisitsView.as_view(), name="visits"),
    path("enterprises/<int:pk>/visits/new/", views.VisitCreateView.as_view(), name="visit_create"),
    path("visits/<int:pk>/withdraw/", views.VisitWithdrawView.as_view(), name="visit_withdraw"),
    path("party-organisations/", views.PartyOrganisationListView.as_view(), name="party_list"),
    path("party-organisations/<int:pk>/", views.PartyOrganisationDetailView.as_view(), name="party_detail"),
    path("party-organisations/<int:pk>/worker/", certificates.WorkerSaveView.as_view(), name="worker_save"),
    path("support-groups/", views.SupportGroupListView.as_view(), name="force_list"),
    path("support-groups/<int:pk>/", views.SupportGroupDetailView.as_view(), name="force_detail"),
    path("support-groups/cadres/", views.CadreListView.as_view(), name="cadre_list"),
    path("support-groups/visits/", views.VisitListView.as_view(), name="visit_list"),
    path("instructor-teams/", teams.TeamListView.as_view(), name="team_list"),
    path("instructor-teams/new/", teams.TeamCreateView.as_view(), name="team_create"),
    path("instructor-teams/<int:pk>/", teams.TeamDetailView.as_view(), name="team_detail"),
    path("instructor-teams/<int:pk>/edit/", teams.TeamEditView.as_view(), name="team_edit"),
    path("instructor-teams/<int:pk>/join/", teams.TeamJoinView.as_view(), name="team_join"),
    path("instructor-teams/<int:pk>/assign/", teams.TeamAssignView.as_view(), name="team_assign"),
    path("instructor-teams/members/<int:pk>/leave/", teams.TeamLeaveView.as_view(), name="team_leave"),
    path("instructor-teams/assignments/<int:pk>/end/", teams.TeamUnassignView.as_view(), name="team_unassign"),
]
