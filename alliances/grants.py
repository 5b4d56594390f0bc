"""The alliances that a user works for as secretary. Those of a 轮值书记 come and go with his unit's terms."""

from tenants.grants import GrantKind
from tenants.models import Role

from .models import AlliancePermission
from .permissions import MANAGE
from .selectors import alliance_list

KINDS = (GrantKind(Role.ALLIANCE_SECRETARY, "负责的联盟", MANAGE, AlliancePermission, alliance_list),)
