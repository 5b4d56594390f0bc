from .activity import Activity, ActivityAttachment, ActivityEnterprise
from .alliance import Alliance, AlliancePermission, Membership, Segment
from .chain import SupplyLink
from .rotation import Roster, RosterSlot, RotationRequest, Term, TermHolder

__all__ = [
    "Activity",
    "ActivityAttachment",
    "ActivityEnterprise",
    "Alliance",
    "AlliancePermission",
    "Membership",
    "Roster",
    "RosterSlot",
    "RotationRequest",
    "Segment",
    "SupplyLink",
    "Term",
    "TermHolder",
]
