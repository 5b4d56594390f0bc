"""Out of the portal: e-mail by Django, group robots by Apprise. Nothing here knows of tenants or rows."""

from __future__ import annotations

from smtplib import SMTPException

from apprise import Apprise
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from .models import Channel
from .services.deliveries import DeliveryError, Letter


def send(letter: Letter) -> None:
    """Send one letter. Raises `DeliveryError` with the reason."""
    if letter.kind == Channel.Kind.EMAIL:
        _mail(letter)
    else:
        _robot(letter)


def _mail(letter: Letter) -> None:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    message = EmailMessage(
        letter.subject,
        letter.body,
        to=[letter.to],
        headers={"Message-ID": f"<{letter.reference}@{host}>", "Auto-Submitted": "auto-generated"},
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT),
    )
    try:
        message.send()
    except (OSError, SMTPException) as error:
        raise DeliveryError(
            f"邮件服务器没有收下（{type(error).__name__}）。请联系系统管理员检查邮件服务器。"
        ) from error


def _robot(letter: Letter) -> None:
    # The key is letters, digits and dashes (`channels.KEY`): it cannot lead to another host.
    robot = Apprise()
    if not robot.add(settings.ROBOT_ADDRESSES[letter.kind].format(key=letter.to)):
        raise DeliveryError("机器人的密钥不对。请重新复制 Webhook 地址。")
    if not robot.notify(title=letter.subject, body=letter.body):
        raise DeliveryError("群机器人没有收下。请检查密钥是否有效、服务器能否连到外网。")
