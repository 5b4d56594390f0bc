from .enterprise import Enterprise, EnterprisePermission, Scale, Stream
from .party import PartyOrganisation, PartyOrganisationCount, PartyOrganisationPermission
from .support import Cadre, SupportedEnterprise, SupportGroup
from .visit import Visit

__all__ = [
    "Cadre",
    "Enterprise",
    "EnterprisePermission",
    "PartyOrganisation",
    "PartyOrganisationCount",
    "PartyOrganisationPermission",
    "Scale",
    "Stream",
    "SupportGroup",
    "SupportedEnterprise",
    "Visit",
]
