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

__all__ = [
    "ActivityEntry",
    "NewerEditError",
    "activity_create",
    "activity_update",
    "activity_withdraw",
    "attachment_remove",
    "attachments_add",
]
