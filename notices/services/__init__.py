"""Writes of messages."""

from .messages import Message, notice_read, notice_send, notices_read_all, notices_send

__all__ = ["Message", "notice_read", "notice_send", "notices_read_all", "notices_send"]
