"""`manage.py ledger_import FOLDER --tenant SLUG --json OUT`: import a folder of ledgers, rows without error only."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ledgers.importing import import_folder
from tenants.scope import tenant_scope
from tenants.selectors import tenant_named


class Command(BaseCommand):
    help = "导入一个文件夹里的台账：有错误的行列出原因，其余的行导入。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="放台账的文件夹")
        parser.add_argument("--tenant", required=True, help="单位代码")
        parser.add_argument("--json", type=Path, help="把结果写到这个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"没有这个文件夹：{folder}")
        tenant = tenant_named(options["tenant"])
        with tenant_scope(tenant, request_id="command:ledger_import"):
            results = import_folder(folder)
        if not results:
            raise CommandError(f"文件夹 {folder} 里没有台账（.xlsx、.xls、.csv）。")
        files = {}
        for result in results:
            if result.reading is None:
                files[result.name] = {"accepted": 0, "rejected": [], "refused": result.refused}
                self.stderr.write(f"{result.name}：{result.refused}")
                continue
            rejected = [list(pair) for pair in result.reading.rejected]
            files[result.name] = {"accepted": len(result.reading.rows), "rejected": rejected}
            counts = result.counts
            self.stdout.write(
                f"{result.name}：导入 {len(result.reading.rows)} 行（新增 {counts.created}，更新 {counts.updated}，"
                f"无变化 {counts.unchanged}），退回 {len(rejected)} 行"
            )
        if options["json"]:
            options["json"].write_text(json.dumps({"files": files}, ensure_ascii=False, indent=1), encoding="utf-8")
        refused = sum(result.reading is None for result in results)
        if refused:
            raise CommandError(f"{refused} 个文件没有导入，其余的已导入。")
