"""The enterprises that a user works for: his own, or those he guides."""

from tenants.grants import GrantKind
from tenants.models import Role

from .models import EnterprisePermission
from .permissions import ASSIST, OPERATE
from .selectors import enterprise_list

KINDS = (
    GrantKind(Role.ENTERPRISE, "代表的企业", OPERATE, EnterprisePermission, enterprise_list),
    GrantKind(Role.INSTRUCTOR, "指导的企业", ASSIST, EnterprisePermission, enterprise_list),
)
