"""`audit_prune --keep-days 365`: remove old audit entries. Runs as the database owner: nobody else may delete any."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tenants.models import AuditEntry, PlatformEntry, Tenant
from tenants.scope import cross_tenant, tenant_scope

#: 网络安全法 art. 21: network logs are kept for at least six months.
SHORTEST = 184


class Command(BaseCommand):
    help = f"删除早于指定天数的操作日志、登录日志和平台日志。依法至少保存 {SHORTEST} 天。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keep-days", type=int, required=True, help=f"保留最近多少天，不少于 {SHORTEST}")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["keep_days"]
        if days < SHORTEST:
            raise CommandError(f"日志依法至少保存 {SHORTEST} 天（网络安全法），不能只留 {days} 天。")
        before = timezone.now() - timedelta(days=days)
        with cross_tenant(reason="operator command", using="owner"):
            tenants = list(Tenant.objects.using("owner").order_by("pk"))
            removed, _ = PlatformEntry.objects.using("owner").filter(at__lt=before).delete()
        for tenant in tenants:
            with tenant_scope(tenant, using="owner"):
                count, _ = AuditEntry.objects.using("owner").filter(at__lt=before).delete()
                removed += count
        self.stdout.write(f"已删除 {before:%Y-%m-%d} 以前的日志 {removed} 条。")
