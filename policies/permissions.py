"""Who may do what with policies."""

from __future__ import annotations

from tenants.models import Role
from tenants.permissions import STAFF, WHOLE_TENANT, Actor

from .models import Policy

#: Those who may ask which enterprises a policy is for; each sees the enterprises of his own scope.
FINDERS = STAFF | {Role.DEPARTMENT, Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}


def may_set_conditions(actor: Actor, policy: Policy) -> bool:
    """The city's office, and the department that issued the policy."""
    return bool(actor.roles & WHOLE_TENANT) or policy.issuer_id in actor.unit_ids
