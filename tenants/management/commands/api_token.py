"""`api_token USER [--revoke]`: the key with which another program reads the API in a user's name (docs/api.md)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.services import api_token_issue, api_token_revoke


class Command(BaseCommand):
    help = "为账号生成接口令牌并打印出来（旧令牌随即作废）；--revoke 只作废。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="完整账号，如 liming@jining")
        parser.add_argument("--revoke", action="store_true", help="作废现有令牌")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["revoke"]:
                api_token_revoke(username=options["username"])
                self.stdout.write("令牌已作废。")
            else:
                self.stdout.write(api_token_issue(username=options["username"]))
        except ValidationError as error:
            raise CommandError("".join(error.messages)) from error
