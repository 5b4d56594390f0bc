"""`tenant_create SLUG NAME --regions …`: open a tenant from the command line."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from tenants.forms import region_names
from tenants.services import tenant_create, tenant_open


class Command(BaseCommand):
    help = "开通租户：建区域、字典和发文机关名称；给出 --admin-login 时打印第一位管理员的邀请链接。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="单位代码，账号 @ 后面的部分，如 jining")
        parser.add_argument("name", help="名称，如 济宁市")
        parser.add_argument("--regions", default="", help="县（市、区），用逗号隔开：任城区,兖州区")
        parser.add_argument("--body-name", help="发文机关名称；不给时为“<名称>两新工委”")
        parser.add_argument("--admin-login", help="第一位管理员的登录名，如 admin")
        parser.add_argument("--admin-name", default="系统管理员", help="第一位管理员的姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        wanted = {
            "slug": options["slug"],
            "name": options["name"],
            "body_name": options["body_name"] or f"{options['name']}两新工委",
            "regions": region_names(options["regions"]),
        }
        try:
            if not options["admin_login"]:
                tenant = tenant_create(**wanted, since=timezone.localdate(now))
                self.stdout.write(f"已开通 {tenant.name}（{tenant.slug}）。")
                return
            login, name = options["admin_login"], options["admin_name"]
            tenant, user, token = tenant_open(**wanted, admin_login=login, admin_name=name, now=now)
        except ValidationError as error:
            raise CommandError("".join(error.messages)) from error
        self.stdout.write(f"已开通 {tenant.name}（{tenant.slug}）。管理员账号：{user.username}")
        self.stdout.write("邀请链接（只能用一次，接在本站网址后面打开）：")
        self.stdout.write(reverse("account_invitation", args=[token]))
