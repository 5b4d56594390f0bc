"""Pages of alliances, by what they are about."""

from .activities import ActivityDetailView, ActivityListView
from .alliances import (
    AllianceActivitiesView,
    AllianceDetailView,
    AllianceListView,
    AllianceLogView,
    AllianceMembersView,
    AllianceTabView,
    EnterpriseAlliancesView,
)
from .recording import (
    ActivityCreateView,
    ActivityStartView,
    ActivityUpdateView,
    ActivityWithdrawView,
    AttachmentAddView,
    AttachmentDownloadView,
    AttachmentRemoveView,
    ParticipantPickerView,
)

__all__ = [
    "ActivityCreateView",
    "ActivityDetailView",
    "ActivityListView",
    "ActivityStartView",
    "ActivityUpdateView",
    "ActivityWithdrawView",
    "AllianceActivitiesView",
    "AllianceDetailView",
    "AllianceListView",
    "AllianceLogView",
    "AllianceMembersView",
    "AllianceTabView",
    "AttachmentAddView",
    "AttachmentDownloadView",
    "AttachmentRemoveView",
    "EnterpriseAlliancesView",
    "ParticipantPickerView",
]
