"""A quarter's briefing from the first query to the archived file; beside bare WeasyPrint with the same HTML."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

from django.db import transaction
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from bench.measuring import Result, against, paired
from reports.imprint import default_imprint
from reports.periods import quarter_period
from reports.permissions import office_actor, region_tree
from reports.printing import PaperFetcher, fonts, print_pdf
from reports.services import issuing
from reports.services.snapshots import figures_collect
from tenants.models import Tenant
from tenants.permissions import Actor
from tenants.scope import tenant_scope

YEAR, QUARTER = 2026, 3
LIMIT = 1.15


def measure(tenant: Tenant) -> list[Result]:
    """Figures, sentences, charts, snapshot, layout and archive against layout alone, both in a warm process."""
    printed: list[str] = []
    with tenant_scope(tenant, request_id="bench"):
        actor = office_actor()
        with patch.object(issuing, "print_pdf", lambda html: printed.append(html) or print_pdf(html)):
            _issue(actor)
        mine, reference = paired(lambda: _issue(actor), _bare(printed[0]), runs=5)
    return [against("季度简报 PDF", mine, reference, unit="ms", limit=LIMIT)]


def _issue(actor: Actor) -> None:
    """Make the briefing and take it back, so that the next run makes it again."""
    region = region_tree(actor).default
    with transaction.atomic():
        issuing.briefing_issue(
            actor=actor,
            year=YEAR,
            quarter=QUARTER,
            region=region,
            imprint=default_imprint(region.name),
            data=figures_collect(actor=actor, period=quarter_period(YEAR, QUARTER), region=region),
        )
        transaction.set_rollback(True)


def _bare(html: str) -> Callable[[], bytes]:
    """WeasyPrint as its manual shows it, with the same fonts loaded beforehand."""
    configuration = FontConfiguration()
    stylesheet = CSS(string=fonts().stylesheet, font_config=configuration, url_fetcher=PaperFetcher())
    return lambda: HTML(string=html).write_pdf(stylesheets=[stylesheet], font_config=configuration)
