"""Forms about alliances, by what they are about."""

from .activities import ActivityForm, AttachmentForm, WithdrawalForm

__all__ = ["ActivityForm", "AttachmentForm", "WithdrawalForm"]
