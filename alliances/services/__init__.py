"""Writes about alliances, by what they are about."""

from .activities import (
    ActivityEntry,
    NewerEditError,
    activity_create,
    activity_update,
    activity_withdraw,
    attachment_remove,
    attachments_add,
)
from .handovers import handover_return, handover_sign, handover_write
from .rosters import (
    person_change,
    roster_adopt,
    rotation_request,
    rotation_request_approve,
    rotation_request_refuse,
)
from .turns import Turned, rotation_turn

__all__ = [
    "ActivityEntry",
    "NewerEditError",
    "Turned",
    "activity_create",
    "activity_update",
    "activity_withdraw",
    "attachment_remove",
    "attachments_add",
    "handover_return",
    "handover_sign",
    "handover_write",
    "person_change",
    "roster_adopt",
    "rotation_request",
    "rotation_request_approve",
    "rotation_request_refuse",
    "rotation_turn",
]
