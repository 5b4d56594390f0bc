"""The alliances that a user works for, as secretary or as 轮值书记 during the term."""

from tenants.grants import GrantKind
from tenants.models import Role

from .models import AlliancePermission
from .permissions import CHAIR, MANAGE
from .selectors import alliance_list

KINDS = (
    GrantKind(Role.ALLIANCE_SECRETARY, "负责的联盟", MANAGE, AlliancePermission, alliance_list),
    GrantKind(Role.ROTATING_SECRETARY, "轮值的联盟", CHAIR, AlliancePermission, alliance_list),
)
