"""Pages of the ground floor, by who uses them."""

from .accounts import InvitationView, SignInView
from .audit import OperationLogView, RevealView, SignInLogView
from .calendar import CalendarImportView, CalendarView, DeadlinesRecomputeView
from .operators import OperatorHomeView, PlatformLogView, TenantCreateView, TenantSwitchView
from .structure import (
    BodyNameView,
    DictionaryView,
    EntryMoveView,
    EntryUpdateView,
    RegionListView,
    RegionRenameView,
    UnitCreateView,
    UnitListView,
    UnitUpdateView,
)
from .users import (
    GrantAddView,
    GrantRemoveView,
    InvitationCreateView,
    RoleRevokeView,
    UserCreateView,
    UserDetailView,
    UserDisableView,
    UserEnableView,
    UserListView,
    UserSecondStepResetView,
    UserSessionsEndView,
    UserUpdateView,
)

__all__ = [
    "BodyNameView",
    "CalendarImportView",
    "CalendarView",
    "DeadlinesRecomputeView",
    "DictionaryView",
    "EntryMoveView",
    "EntryUpdateView",
    "GrantAddView",
    "GrantRemoveView",
    "InvitationCreateView",
    "InvitationView",
    "OperationLogView",
    "OperatorHomeView",
    "PlatformLogView",
    "RegionListView",
    "RegionRenameView",
    "RevealView",
    "RoleRevokeView",
    "SignInLogView",
    "SignInView",
    "TenantCreateView",
    "TenantSwitchView",
    "UnitCreateView",
    "UnitListView",
    "UnitUpdateView",
    "UserCreateView",
    "UserDetailView",
    "UserDisableView",
    "UserEnableView",
    "UserListView",
    "UserSecondStepResetView",
    "UserSessionsEndView",
    "UserUpdateView",
]
