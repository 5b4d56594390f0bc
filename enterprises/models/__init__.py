from .enterprise import Enterprise, EnterprisePermission, Scale, Stream
from .party import PartyOrganisation, PartyOrganisationCount, PartyOrganisationPermission
from .support import Cadre, SupportedEnterprise, SupportGroup
from .team import InstructorTeam, TeamAssignment, TeamMember
from .visit import Visit

__all__ = [
    "Cadre",
    "Enterprise",
    "EnterprisePermission",
    "InstructorTeam",
    "PartyOrganisation",
    "PartyOrganisationCount",
    "PartyOrganisationPermission",
    "Scale",
    "Stream",
    "SupportGroup",
    "SupportedEnterprise",
    "TeamAssignment",
    "TeamMember",
    "Visit",
]
