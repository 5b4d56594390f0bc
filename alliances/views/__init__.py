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
from .chains import (
    ChainDetailView,
    ChainListView,
    SegmentCreateView,
    SegmentDeleteView,
    SegmentUpdateView,
    SupplyCreateView,
    SupplyDeleteView,
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
from .rotation import (
    AllianceRotationView,
    RosterAdoptView,
    RotationRequestApproveView,
    RotationRequestCreateView,
    RotationRequestRefuseView,
    TermPersonView,
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
    "AllianceRotationView",
    "AllianceTabView",
    "AttachmentAddView",
    "AttachmentDownloadView",
    "AttachmentRemoveView",
    "ChainDetailView",
    "ChainListView",
    "EnterpriseAlliancesView",
    "ParticipantPickerView",
    "RosterAdoptView",
    "RotationRequestApproveView",
    "RotationRequestCreateView",
    "RotationRequestRefuseView",
    "SegmentCreateView",
    "SegmentDeleteView",
    "SegmentUpdateView",
    "SupplyCreateView",
    "SupplyDeleteView",
    "TermPersonView",
]
