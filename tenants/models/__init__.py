from .base import TenantForeignKey, TenantManager, TenantModel
from .calendar import CalendarDay, CalendarVersion
from .permission import TenantPermissionManager, TenantUserPermission
from .records import AuditEntry, Job, PlatformEntry, SearchDocument, StoredFile
from .tenant import BodyName, DictionaryEntry, Region, Tenant, Unit
from .user import Invitation, Role, RoleAssignment, User

__all__ = [
    "AuditEntry",
    "BodyName",
    "CalendarDay",
    "CalendarVersion",
    "DictionaryEntry",
    "Invitation",
    "Job",
    "PlatformEntry",
    "Region",
    "Role",
    "RoleAssignment",
    "SearchDocument",
    "StoredFile",
    "Tenant",
    "TenantForeignKey",
    "TenantManager",
    "TenantModel",
    "TenantPermissionManager",
    "TenantUserPermission",
    "Unit",
    "User",
]
