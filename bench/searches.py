"""Two-character search among 100,000 enterprises of one tenant, as the application role under row-level security."""

from __future__ import annotations

from django.db import connection, connections
from django.db.models import QuerySet

from bench.measuring import Result, against, database_milliseconds
from enterprises.models import Enterprise
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tenants.search import index, matching

ROWS = 100_000
LIMIT_MS = 20.0
#: A word that 15 % of the rows contain, and one that only a handful does.
COMMON, RARE = "机械", "鑫钰"


def measure(tenant: Tenant) -> list[Result]:
    """Counting the hits and fetching the first page, each by PostgreSQL's own clock."""
    with tenant_scope(tenant):
        _fill()
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    results = []
    with tenant_scope(tenant):
        for label, word in (("少见的词", RARE), ("常见的词", COMMON)):
            hits = matching(Enterprise.objects.all(), word)
            results.append(_timed(f"两字搜索（{label}）计数", hits.order_by().values("pk"), counted=True))
            results.append(_timed(f"两字搜索（{label}）首页", hits.order_by("pinyin", "pk").values("pk")[:50]))
    return results


def _fill() -> None:
    region = Enterprise.objects.values_list("region", flat=True)[0]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO enterprises_enterprise (tenant_id, name, credit_code, initials, pinyin, region_id, segment_name,
                stream, scale, honours, is_climbing, is_operating, contact_name, contact_phone)
            SELECT NULLIF(current_setting('app.tenant_id'), '')::bigint,
                   CASE WHEN n %% 20000 = 0 THEN '鑫钰' WHEN n %% 100 < 15 THEN '远大机械' ELSE '华诚材料' END
                       || lpad(n::text, 6, '0') || '有限公司',
                   'BENCH' || lpad(n::text, 13, '0'), 'x', 'x' || lpad(n::text, 6, '0'), %s, '', '', 'small', '{}',
                   false, true, '', ''
            FROM generate_series(1, %s) AS n
            """,
            [region, ROWS - Enterprise.objects.count()],
        )
    index(Enterprise.objects.filter(credit_code__startswith="BENCH").only(*Enterprise.search_fields))


def _timed(name: str, rows: QuerySet, *, counted: bool = False) -> Result:
    sql, params = rows.query.sql_with_params()
    if counted:
        sql = f"SELECT count(*) FROM ({sql}) hits"
    return against(name, database_milliseconds(sql, list(params)), LIMIT_MS, unit="ms", limit=1.0)
