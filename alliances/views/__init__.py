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

__all__ = [
    "ActivityDetailView",
    "ActivityListView",
    "AllianceActivitiesView",
    "AllianceDetailView",
    "AllianceListView",
    "AllianceLogView",
    "AllianceMembersView",
    "AllianceTabView",
    "EnterpriseAlliancesView",
]
