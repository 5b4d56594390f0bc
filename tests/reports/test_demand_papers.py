"""任务书 and 催办单 as PDF: asked for by those who handle a demand, made once, as it stood with the act."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from demands.models import Demand, DemandEvent
from demands.services import demand_act
from demands.workflow import Action, Need
from reports.models import DemandPaper
from reports.tasks import demand_paper_task
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser
from tests.factories import Sample

NOW = datetime(2026, 11, 2, 2, tzinfo=UTC)


@pytest.fixture
def order(sample: Sample, tenant: Tenant) -> DemandEvent:
    """The act of handing a demand to the sample's unit; since then another unit has it."""
    with tenant_scope(tenant):
        demand = factories.demand(sample.enterprise, "流动资金紧张，希望续贷", state="accepted")
        for action, said in (
            (Action.ASSIGN, {Need.LEAD: sample.unit, Need.TEXT: "请主动上门"}),
            (Action.REASSIGN, {Need.LEAD: factories.unit("市税务局"), Need.REASON: "属税务事项"}),
        ):
            current = Demand.objects.get(pk=demand.pk)
            call = {"actor": sample.admin, "demand": current, "version": current.version, "now": NOW}
            demand_act(**call, action=action, said=said, token=uuid4())
        return demand.events.get(action="assign")


@pytest.fixture
def staff(tenant: Tenant, sample: Sample) -> Client:
    return browser(tenant, Role.CITY_STAFF, login="staff")


@pytest.mark.django_db(transaction=True)
def test_a_work_order_is_asked_for_made_once_and_downloaded(staff: Client, order: DemandEvent, tenant: Tenant) -> None:
    detail = staff.get(reverse("demands:detail", args=[order.demand.number])).content.decode()
    page, file = (reverse(f"reports:demand_{name}", args=[order.pk]) for name in ("paper", "download"))
    assert page in detail
    assert staff.get(file).status_code == 404
    assert [staff.post(page).status_code for _ in range(2)] == [302, 302]
    with tenant_scope(tenant):
        job = DemandPaper.objects.get(event=order).job
    demand_paper_task(tenant_id=tenant.pk, job_id=job.pk)
    assert "下载 PDF" in staff.get(page).content.decode()
    pdf = PdfReader(BytesIO(b"".join(staff.get(file).streaming_content)))
    text = "".join(each.extract_text() for each in pdf.pages).replace("\n", "")
    assert len(pdf.pages) == 1
    for words in ("诉求任务书", order.demand.number, "流动资金紧张", "请主动上门", "市人力资源和社会保障局"):
        assert words in text
    assert "市税务局" not in text
    assert "13800000000" not in text


def test_an_act_without_a_paper_has_none_and_an_enterprise_gets_none(
    staff: Client, order: DemandEvent, sample: Sample, tenant: Tenant
) -> None:
    with tenant_scope(tenant):
        reply = DemandEvent.objects.create(
            demand=sample.demand, action="reply", at=NOW, who="市财政局", form_token=uuid4()
        )
    assert staff.get(reverse("reports:demand_paper", args=[reply.pk])).status_code == 404
    asker = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    assert asker.get(reverse("reports:demand_paper", args=[order.pk])).status_code == 403
    assert "任务书" not in asker.get(reverse("demands:detail", args=[order.demand.number])).content.decode()
