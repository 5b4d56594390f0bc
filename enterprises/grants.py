"""The enterprises that a user works for, his own or those he guides, and the Party organisations he leads."""

from tenants.grants import GrantKind
from tenants.models import Role

from .models import EnterprisePermission, PartyOrganisationPermission
from .permissions import ASSIST, LEAD, OPERATE
from .selectors import enterprise_list, party_organisation_list

KINDS = (
    GrantKind(Role.ENTERPRISE, "代表的企业", OPERATE, EnterprisePermission, enterprise_list),
    GrantKind(Role.INSTRUCTOR, "指导的企业", ASSIST, EnterprisePermission, enterprise_list),
    GrantKind(Role.ROTATING_SECRETARY, "任书记的党组织", LEAD, PartyOrganisationPermission, party_organisation_list),
)
