"""`manage.py briefing --tenant SLUG --quarter 2026Q3 --out FILE.pdf`: make, archive and write a quarter's briefing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError

from reports.imprint import default_imprint
from reports.periods import quarter_parse, quarter_period
from reports.permissions import office_actor, region_tree
from reports.services.issuing import briefing_issue
from reports.services.snapshots import figures_collect
from tenants.files import file_content
from tenants.models import StoredFile
from tenants.scope import tenant_scope
from tenants.selectors import tenant_named


class Command(BaseCommand):
    help = "编制一个季度的《产业链党建工作简报》，存档并写成 PDF 文件。数据没有变化时取已存档的那一期。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="单位代码")
        parser.add_argument("--quarter", required=True, help="季度，如 2026Q3")
        parser.add_argument("--region", help="区域名称；不写则为全市")
        parser.add_argument("--out", type=Path, required=True, help="PDF 写到这个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            year, quarter = quarter_parse(options["quarter"])
        except ValueError as fault:
            raise CommandError(str(fault)) from fault
        tenant = tenant_named(options["tenant"])
        with tenant_scope(tenant, request_id="command:briefing"):
            actor = office_actor()
            tree = region_tree(actor)
            wanted = options["region"]
            region = next((each for each in tree.regions if each.name == wanted), None) if wanted else tree.default
            if region is None:
                raise CommandError(f"没有名为“{wanted}”的区域。" if wanted else "这个租户还没有设置区域。")
            briefing = briefing_issue(
                actor=actor,
                year=year,
                quarter=quarter,
                region=region,
                imprint=default_imprint(region.name),
                data=figures_collect(actor=actor, period=quarter_period(year, quarter), region=region),
            )
            content = file_content(cast(StoredFile, briefing.file))
        options["out"].write_bytes(content)
        self.stdout.write(
            f"《{briefing.title}》第{briefing.issue}期（总第{briefing.serial}期），{briefing.pages} 页，"
            f"快照 {briefing.snapshot.number}，SHA-256 {briefing.file.sha256}"
        )
