"""`operator_create LOGIN --name …`: an account for the platform's operators."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tenants.services import operator_create


class Command(BaseCommand):
    help = "开平台运维账号，打印一次性的初始密码；首次登录须更换。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="登录名，账号为 <登录名>@platform")
        parser.add_argument("--name", default="平台运维", help="姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        # Letters of both cases, digits and a sign, whatever the random part turns out to be.
        password = f"Aa1-{secrets.token_urlsafe(12)}"
        try:
            user = operator_create(
                login=options["login"], full_name=options["name"], password=password, now=timezone.now()
            )
        except ValidationError as error:
            raise CommandError("".join(error.messages)) from error
        self.stdout.write(f"运维账号：{user.username}")
        self.stdout.write(f"初始密码：{password}")
