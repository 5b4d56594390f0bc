"""`flush` as the database owner, because only it may empty a table (docs/adr/0003).

Content types and permissions stay: migrations made them, and nothing but a migration changes them.
"""

from typing import Any

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
        # A connection of its own: a transaction test forbids the use of aliases it did not ask for.
        connection = connections.create_connection("owner")
        try:
            name = connection.settings_dict["NAME"]
            if (
                options["interactive"]
                and input(f"将清空数据库 {name} 中的全部数据，无法恢复。输入 yes 继续：") != "yes"
            ):
                raise CommandError("未输入 yes，没有清空。")
            tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
            statements = connection.ops.sql_flush(
                no_style(),
                sorted(set(tables) - KEPT),
                reset_sequences=options.get("reset_sequences", True),
                allow_cascade=options.get("allow_cascade", False),
            )
            connection.ops.execute_sql_flush(statements)
        finally:
            connection.close()
