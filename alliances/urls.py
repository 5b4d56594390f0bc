"""Addresses of alliances and activities."""

from django.urls import path

from . import views

app_name = "alliances"
urlpatterns = [
    path("alliances/", views.AllianceListView.as_view(), name="list"),
    path("alliances/<int:pk>/", views.AllianceDetailView.as_view(), name="detail"),
    path("alliances/<int:pk>/organisation/", views.AllianceOrganisationView.as_view(), name="organisation"),
    path("alliances/<int:pk>/charters/new/", views.CharterCreateView.as_view(), name="charter_create"),
    path("alliances/<int:pk>/appointments/new/", views.AppointView.as_view(), name="appoint"),
    path("appointments/<int:pk>/", views.AppointmentCorrectView.as_view(), name="appointment_correct"),
    path("appointments/<int:pk>/relieve/", views.RelieveView.as_view(), name="relieve"),
    path("charters/<int:pk>/", views.CharterDetailView.as_view(), name="charter"),
    path("charters/<int:pk>/file/", views.CharterFileView.as_view(), name="charter_file"),
    path("alliances/<int:pk>/members/", views.AllianceMembersView.as_view(), name="members"),
    path("alliances/<int:pk>/rotation/", views.AllianceRotationView.as_view(), name="rotation"),
    path("alliances/<int:pk>/rotation/roster/", views.RosterAdoptView.as_view(), name="roster_adopt"),
    path(
        "alliances/<int:pk>/rotation/requests/<str:kind>/",
        views.RotationRequestCreateView.as_view(),
        name="rotation_request_create",
    ),
    path(
        "rotation-requests/<int:pk>/approve/",
        views.RotationRequestApproveView.as_view(),
        name="rotation_request_approve",
    ),
    path(
        "rotation-requests/<int:pk>/refuse/", views.RotationRequestRefuseView.as_view(), name="rotation_request_refuse"
    ),
    path("terms/<int:pk>/person/", views.TermPersonView.as_view(), name="term_person"),
    path("alliances/<int:pk>/meetings/", views.AllianceMeetingsView.as_view(), name="meetings"),
    path("alliances/<int:pk>/meetings/bodies/<str:kind>/", views.BodyCreateView.as_view(), name="body_create"),
    path("meeting-bodies/<int:pk>/", views.BodyUpdateView.as_view(), name="body_update"),
    path("meeting-bodies/<int:pk>/meetings/new/", views.MeetingCreateView.as_view(), name="meeting_create"),
    path("meetings/<int:pk>/", views.MeetingDetailView.as_view(), name="meeting_detail"),
    path("meetings/<int:pk>/edit/", views.MeetingUpdateView.as_view(), name="meeting_update"),
    path("meetings/<int:pk>/cancel/", views.MeetingCancelView.as_view(), name="meeting_cancel"),
    path("meetings/<int:pk>/call/", views.MeetingCallView.as_view(), name="meeting_call"),
    path("meetings/<int:pk>/agenda/", views.AgendaFillView.as_view(), name="agenda_fill"),
    path("meetings/<int:pk>/topics/new/", views.TopicAddView.as_view(), name="topic_add"),
    path(
        "meetings/topics/<int:pk>/accept/", views.TopicDecideView.as_view(), {"decision": "accept"}, name="topic_accept"
    ),
    path(
        "meetings/topics/<int:pk>/decline/",
        views.TopicDecideView.as_view(),
        {"decision": "decline"},
        name="topic_decline",
    ),
    path("handovers/", views.HandoverListView.as_view(), name="handover_list"),
    path("handovers/<int:pk>/", views.HandoverView.as_view(), name="handover"),
    path("handovers/<int:pk>/edit/", views.HandoverUpdateView.as_view(), name="handover_update"),
    path("handovers/<int:pk>/sign/<str:party>/", views.HandoverSignView.as_view(), name="handover_sign"),
    path("handovers/<int:pk>/return/", views.HandoverReturnView.as_view(), name="handover_return"),
    path("alliances/<int:pk>/activities/", views.AllianceActivitiesView.as_view(), name="activities"),
    path("alliances/<int:pk>/log/", views.AllianceLogView.as_view(), name="log"),
    path("enterprises/<int:pk>/alliances/", views.EnterpriseAlliancesView.as_view(), name="of_enterprise"),
    path("chains/", views.ChainListView.as_view(), name="chain_list"),
    path("chains/<int:pk>/", views.ChainDetailView.as_view(), name="chain_detail"),
    path("chains/<int:pk>/segments/new/", views.SegmentCreateView.as_view(), name="segment_create"),
    path("chains/segments/<int:pk>/", views.SegmentUpdateView.as_view(), name="segment_update"),
    path("chains/segments/<int:pk>/delete/", views.SegmentDeleteView.as_view(), name="segment_delete"),
    path("chains/<int:pk>/supplies/new/", views.SupplyCreateView.as_view(), name="supply_create"),
    path("chains/supplies/<int:pk>/delete/", views.SupplyDeleteView.as_view(), name="supply_delete"),
    path("activities/", views.ActivityListView.as_view(), name="activity_list"),
    path("activities/new/", views.ActivityStartView.as_view(), name="activity_start"),
    path("activities/<int:pk>/", views.ActivityDetailView.as_view(), name="activity_detail"),
    path("activities/<int:pk>/edit/", views.ActivityUpdateView.as_view(), name="activity_update"),
    path("activities/<int:pk>/withdraw/", views.ActivityWithdrawView.as_view(), name="activity_withdraw"),
    path("activities/<int:pk>/attachments/", views.AttachmentAddView.as_view(), name="attachment_add"),
    path("activities/attachments/<int:pk>/", views.AttachmentDownloadView.as_view(), name="attachment"),
    path("activities/attachments/<int:pk>/remove/", views.AttachmentRemoveView.as_view(), name="attachment_remove"),
    path("alliances/<int:pk>/activities/new/", views.ActivityCreateView.as_view(), name="activity_create"),
    path("alliances/<int:pk>/activities/participants/", views.ParticipantPickerView.as_view(), name="participants"),
]
