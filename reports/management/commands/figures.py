"""`manage.py figures --tenant SLUG --from 2025-10-01 --to 2026-09-30 --json OUT`: the totals of a period."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.permissions import office_actor
from reports.selectors import figures_for
from tenants.scope import tenant_scope
from tenants.selectors import tenant_named


class Command(BaseCommand):
    help = "汇总一段时期的成果数据，写成 JSON 文件或打印出来。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="单位代码")
        parser.add_argument("--from", dest="start", required=True, help="开始日期，如 2025-10-01")
        parser.add_argument("--to", dest="end", required=True, help="结束日期，如 2026-09-30")
        parser.add_argument("--json", type=Path, help="把结果写到这个文件；不写则打印")

    def handle(self, *args: Any, **options: Any) -> None:
        start, end = (self._day(options[name]) for name in ("start", "end"))
        tenant = tenant_named(options["tenant"])
        with tenant_scope(tenant, request_id="command:figures"):
            try:
                totals = figures_for(actor=office_actor(), period_from=start, period_to=end).totals()
            except ValueError as fault:
                raise CommandError(str(fault)) from fault
        text = json.dumps(totals, ensure_ascii=False, indent=1)
        if options["json"]:
            options["json"].write_text(text + "\n", encoding="utf-8")
        else:
            self.stdout.write(text)

    def _day(self, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError as fault:
            raise CommandError(f"日期“{text}”无法识别，请写成 2026-09-30 的样子。") from fault
