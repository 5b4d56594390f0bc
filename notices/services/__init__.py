"""Writes of messages, and of how they leave the portal."""

from .channels import mail_switch, robot_add, robot_change, robot_test
from .deliveries import deliver
from .messages import Message, notice_read, notice_send, notices_read_all, notices_send

__all__ = [
    "Message",
    "deliver",
    "mail_switch",
    "notice_read",
    "notice_send",
    "notices_read_all",
    "notices_send",
    "robot_add",
    "robot_change",
    "robot_test",
]
