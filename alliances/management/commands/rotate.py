"""`manage.py rotate --tenant SLUG --at 2027-01-01T00:00+08:00 --json OUT`: one run of the rotation as of a moment."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from alliances.models import Term
from alliances.services.turns import rotation_turn
from tenants.scope import tenant_scope
from tenants.selectors import tenant_named


def moment(written: str) -> datetime:
    """A moment in ISO 8601; one without an offset is meant in Beijing time."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise ArgumentTypeError(f"看不懂时间“{written}”。请写成 2027-01-01T00:00+08:00 这样的格式。") from error
    return at if timezone.is_aware(at) else timezone.make_aware(at)


class Command(BaseCommand):
    help = "按某一时刻办理一次轮值：开始和结束任期、调整权限、发送提醒。同一时刻再运行一次，什么都不会改变。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="单位代码")
        parser.add_argument("--at", type=moment, help="时刻，如 2027-01-01T00:00+08:00；不给时为现在")
        parser.add_argument("--json", type=Path, help="把结果写到这个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = tenant_named(options["tenant"])
        with tenant_scope(tenant, request_id="command:rotate"):
            turned = rotation_turn(at=options["at"] or timezone.now())
            result = {"opened": _rows(turned.opened), "closed": _rows(turned.closed), "notices": turned.notices}
        if options["json"]:
            options["json"].write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
        self.stdout.write(
            f"{tenant.name}：开始任期 {len(turned.opened)} 个，结束任期 {len(turned.closed)} 个，"
            f"发出提醒 {turned.notices} 条。"
        )


def _rows(terms: Iterable[Term]) -> list[dict[str, str]]:
    return [
        {
            "alliance": term.alliance.name,
            "holder": term.organisation.name,
            "from": term.starts_on.isoformat(),
            "to": term.ends_on.isoformat(),
        }
        for term in terms
    ]
