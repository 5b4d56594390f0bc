"""`flush` as the database owner, because only it may empty a table (docs/adr/0003).

Content types and permissions stay: migrations made them, and nothing but a migration changes them.
"""

from typing import Any

import psycopg
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.color import no_style
from django.db import connections

KEPT = {ContentType._meta.db_table, Permission._meta.db_table}


class Command(BaseCommand):
    help = "清空数据库中的全部业务数据（表结构、内容类型和权限保留）。"
    # Passed by Django's transaction tests, which empty the database at their end through this command.
    stealth_options = ("reset_sequences", "allow_cascade", "inhibit_post_migrate", "database")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive", help="不再询问。")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = connections["owner"]
        name = owner.settings_dict["NAME"]
        if options["interactive"] and input(f"将清空数据库 {name} 中的全部数据，无法恢复。输入 yes 继续：") != "yes":
            raise CommandError("未输入 yes，没有清空。")
        statements = owner.ops.sql_flush(
            no_style(),
            sorted(set(owner.introspection.django_table_names(include_views=False)) - KEPT),
            reset_sequences=options.get("reset_sequences", True),
            allow_cascade=options.get("allow_cascade", False),
        )
        # Not through the alias: a transaction test forbids those it did not ask for.
        with psycopg.connect(**owner.get_connection_params()) as connection:
            for statement in statements:
                connection.execute(statement)
