"""Pages of administrators and operators; those of signing in are in account_urls.py."""

from django.urls import path

from . import views

app_name = "tenants"
urlpatterns = [
    path("system/users/", views.UserListView.as_view(), name="user_list"),
    path("system/users/new/", views.UserCreateView.as_view(), name="user_create"),
    path("system/users/<int:pk>/", views.UserDetailView.as_view(), name="user_detail"),
    path("system/users/<int:pk>/edit/", views.UserUpdateView.as_view(), name="user_update"),
    path("system/users/<int:pk>/disable/", views.UserDisableView.as_view(), name="user_disable"),
    path("system/users/<int:pk>/enable/", views.UserEnableView.as_view(), name="user_enable"),
    path("system/users/<int:pk>/invitation/", views.InvitationCreateView.as_view(), name="user_invite"),
    path("system/users/<int:pk>/sessions/end/", views.UserSessionsEndView.as_view(), name="user_sessions_end"),
    path("system/users/<int:pk>/2fa/reset/", views.UserSecondStepResetView.as_view(), name="user_second_step_reset"),
    path("system/users/<int:pk>/grants/<slug:role>/add/", views.GrantAddView.as_view(), name="grant_add"),
    path("system/users/<int:pk>/grants/<slug:role>/remove/", views.GrantRemoveView.as_view(), name="grant_remove"),
    path("system/roles/<int:pk>/revoke/", views.RoleRevokeView.as_view(), name="role_revoke"),
    path("system/regions/", views.RegionListView.as_view(), name="region_list"),
    path("system/regions/<int:pk>/", views.RegionRenameView.as_view(), name="region_rename"),
    path("system/units/", views.UnitListView.as_view(), name="unit_list"),
    path("system/units/new/", views.UnitCreateView.as_view(), name="unit_create"),
    path("system/units/<int:pk>/", views.UnitUpdateView.as_view(), name="unit_update"),
    path("system/dictionaries/", views.DictionaryView.as_view(), {"kind": "element"}, name="dictionary_home"),
    path("system/dictionaries/<slug:kind>/", views.DictionaryView.as_view(), name="dictionary"),
    path("system/dictionary-entries/<int:pk>/", views.EntryUpdateView.as_view(), name="entry_update"),
    path("system/dictionary-entries/<int:pk>/move/", views.EntryMoveView.as_view(), name="entry_move"),
    path("system/body-names/", views.BodyNameView.as_view(), name="body_names"),
    path("system/calendar/", views.CalendarView.as_view(), name="calendar"),
    path("system/calendar/import/<int:year>/", views.CalendarImportView.as_view(), name="calendar_import"),
    path("system/calendar/recompute/", views.DeadlinesRecomputeView.as_view(), name="deadlines_recompute"),
    path("system/audit/", views.OperationLogView.as_view(), name="operation_log"),
    path("system/sign-ins/", views.SignInLogView.as_view(), name="sign_in_log"),
    path("reveal/<slug:kind>/<int:pk>/<slug:field>/", views.RevealView.as_view(), name="reveal"),
    path("operator/", views.OperatorHomeView.as_view(), name="operator_home"),
    path("operator/log/", views.PlatformLogView.as_view(), name="operator_log"),
    path("operator/tenants/new/", views.TenantCreateView.as_view(), name="operator_tenant_create"),
    path("operator/tenants/<int:pk>/switch/", views.TenantSwitchView.as_view(), name="operator_tenant_switch"),
]
