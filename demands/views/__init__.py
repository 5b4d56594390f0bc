"""Pages about demands and resources."""

from .entering import DemandEnterView, DemandStartView, DraftDiscardView, DraftUpdateView
from .handling import ActView, InboxView, ShelvedView, SupervisionView
from .lists import (
    AllianceListsView,
    DemandDetailView,
    DemandListView,
    EnterpriseDemandsView,
    ResourceDetailView,
    ResourceListView,
)

__all__ = [
    "ActView",
    "AllianceListsView",
    "DemandDetailView",
    "DemandEnterView",
    "DemandListView",
    "DemandStartView",
    "DraftDiscardView",
    "DraftUpdateView",
    "EnterpriseDemandsView",
    "InboxView",
    "ResourceDetailView",
    "ResourceListView",
    "ShelvedView",
    "SupervisionView",
]
