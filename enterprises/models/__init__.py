from .enterprise import Enterprise, EnterprisePermission, Scale, Stream
from .party import PartyOrganisation, PartyOrganisationCount
from .support import Cadre, SupportedEnterprise, SupportGroup

__all__ = [
    "Cadre",
    "Enterprise",
    "EnterprisePermission",
    "PartyOrganisation",
    "PartyOrganisationCount",
    "Scale",
    "Stream",
    "SupportGroup",
    "SupportedEnterprise",
]
