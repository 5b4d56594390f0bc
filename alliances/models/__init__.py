from .activity import Activity, ActivityEnterprise
from .alliance import Alliance, AlliancePermission, Membership, Segment

__all__ = ["Activity", "ActivityEnterprise", "Alliance", "AlliancePermission", "Membership", "Segment"]
