"""Writes of the ground floor, by what they are about."""

from .opening import (
    DEFAULT_DICTIONARY,
    operator_create,
    region_add,
    tenant_create,
    tenant_open,
    tenant_switch,
    unit_ensure,
)
from .reveals import reveal
from .sign_ins import sign_in_failed, signed_in, signed_out
from .structure import (
    body_name_add,
    entry_create,
    entry_move,
    entry_update,
    region_create,
    region_rename,
    unit_create,
    unit_update,
)
from .tokens import api_token_issue, api_token_revoke
from .users import (
    administrator_invite,
    invitation_accept,
    invitation_create,
    password_set,
    role_assign,
    role_revoke,
    second_step_reset,
    sessions_end,
    user_create,
    user_disable,
    user_enable,
    user_update,
)

__all__ = [
    "DEFAULT_DICTIONARY",
    "administrator_invite",
    "api_token_issue",
    "api_token_revoke",
    "body_name_add",
    "entry_create",
    "entry_move",
    "entry_update",
    "invitation_accept",
    "invitation_create",
    "operator_create",
    "password_set",
    "region_add",
    "region_create",
    "region_rename",
    "reveal",
    "role_assign",
    "role_revoke",
    "second_step_reset",
    "sessions_end",
    "sign_in_failed",
    "signed_in",
    "signed_out",
    "tenant_create",
    "tenant_open",
    "tenant_switch",
    "unit_create",
    "unit_ensure",
    "unit_update",
    "user_create",
    "user_disable",
    "user_enable",
    "user_update",
]
