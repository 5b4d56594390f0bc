from .activity import Activity, ActivityEnterprise
from .alliance import Alliance, AlliancePermission, Membership, Segment
from .rotation import Roster, RosterSlot, RotationRequest, Term, TermHolder

__all__ = [
    "Activity",
    "ActivityEnterprise",
    "Alliance",
    "AlliancePermission",
    "Membership",
    "Roster",
    "RosterSlot",
    "RotationRequest",
    "Segment",
    "Term",
    "TermHolder",
]
