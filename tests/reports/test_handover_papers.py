"""The PDF of a handover pack: asked for by its parties, made once from the frozen content, whoever asks again."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from alliances.handover import Part, Row, content_of, digest
from alliances.models import Handover, HandoverSignature
from reports.models import HandoverPaper
from reports.papers import handover_html
from reports.printing import PaperTooLongError, Printed
from reports.services import handover_printing
from reports.services.handover_requests import handover_paper_request
from reports.tasks import handover_paper_task
from tenants.models import AuditEntry, Job, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser
from tests.factories import Sample

Party = HandoverSignature.Party


def _content(rows: int) -> dict:
    demands = Part(
        title="移交的诉求",
        columns=("编号", "诉求", "办理时限", "灯色"),
        rows=tuple(
            Row(at, f"/demands/{at}/", (f"XQ-2026-{at:06d}", "厂区门口道路积水", "2026年7月1日", "超期 5 天"), "red")
            for at in range(1, rows + 1)
        ),
        summary="",
        empty="没有未办结的诉求。",
    )
    members = Part("成员变动", ("企业", "变动"), (), "", "任期内没有成员入盟或退盟。")
    texts = [("季度工作小结", "召开例会两次。\n走访企业十二家。"), ("工作建议", "")]
    return content_of([("联盟", "高端装备联盟"), ("移交人", "李敏")], {"demands": demands, "members": members}, texts)


@pytest.fixture
def pack(sample: Sample, tenant: Tenant) -> Handover:
    """A pack signed by all three, without a paper yet."""
    with tenant_scope(tenant):
        HandoverPaper.objects.all().delete()
        done = sample.done_handover
        done.content = _content(60)
        done.sha256 = digest(done.content)
        done.save()
        for party, login in zip(Party, ("yi", "er", "san"), strict=True):
            user = factories.user(f"signer-{login}")
            line = {
                "name": f"签字人{login}",
                "unit": "甲公司党支部",
                "sha256": done.sha256,
                "signed_at": timezone.now(),
            }
            HandoverSignature.objects.create(handover=done, party=party, user=user, **line)
        return done


@pytest.fixture
def staff(tenant: Tenant, sample: Sample) -> Client:
    return browser(tenant, Role.CITY_STAFF, login="staff")


def _the_job(tenant: Tenant) -> Job:
    with tenant_scope(tenant):
        return HandoverPaper.objects.select_related("job").get().job


@pytest.mark.django_db(transaction=True)
def test_a_finished_pack_is_asked_for_made_and_downloaded(staff: Client, pack: Handover, tenant: Tenant) -> None:
    assert (
        reverse("reports:handover_paper", args=[pack.pk])
        in staff.get(reverse("alliances:handover", args=[pack.pk])).content.decode()
    )
    page, file = (reverse(f"reports:handover_{name}", args=[pack.pk]) for name in ("paper", "download"))
    assert "生成 PDF" in staff.get(page).content.decode()
    assert staff.get(file).status_code == 404
    assert staff.post(page).status_code == 302
    assert "排队中" in staff.get(page).content.decode()
    handover_paper_task(tenant_id=tenant.pk, job_id=_the_job(tenant).pk)
    assert "下载 PDF" in staff.get(page).content.decode()
    response = staff.get(file)
    assert response["Content-Disposition"].startswith("attachment")
    reader = PdfReader(BytesIO(b"".join(response.streaming_content)))
    text = re.sub(r"\s", "", "".join(each.extract_text() for each in reader.pages))
    for said in ("轮值交接清单", "召开例会两次。", "XQ-2026-000060", "■超期5天", "监交人", "签字人san", pack.sha256):
        assert said in text, said
    assert "任期内没有成员入盟或退盟。" in text
    assert len(reader.pages) > 1
    with tenant_scope(tenant):
        assert HandoverPaper.objects.get().pages == len(reader.pages)
        assert AuditEntry.objects.filter(verb=AuditEntry.Verb.DOWNLOAD).exists()


@pytest.mark.django_db(transaction=True)
def test_asked_for_again_it_is_the_same_job_and_the_same_file(
    pack: Handover, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []
    monkeypatch.setattr(handover_printing, "print_pdf", lambda html: printed.append(html) or Printed(b"%PDF-1.7", 1))
    with tenant_scope(tenant):
        actor = factories.actor(Role.CITY_STAFF)
        first = handover_paper_request(actor=actor, handover=pack)
        assert handover_paper_request(actor=actor, handover=pack).job_id == first.job_id
    for _ in range(2):
        handover_paper_task(tenant_id=tenant.pk, job_id=first.job_id)
    with tenant_scope(tenant):
        again = handover_paper_request(actor=actor, handover=pack)
        assert (again.job_id, again.file_id) == (first.job_id, HandoverPaper.objects.get().file_id)
    assert len(printed) == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_that_failed_is_started_anew(
    staff: Client, pack: Handover, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = reverse("reports:handover_paper", args=[pack.pk])
    staff.post(page)
    first = _the_job(tenant)

    def too_long(html: str) -> Printed:
        raise PaperTooLongError

    with monkeypatch.context() as broken:
        broken.setattr(handover_printing, "print_pdf", too_long)
        handover_paper_task(tenant_id=tenant.pk, job_id=first.pk)
    told = staff.get(page).content.decode()
    assert PaperTooLongError.sentence in told
    assert "生成 PDF" in told
    staff.post(page)
    assert _the_job(tenant).pk != first.pk


def test_a_pack_that_is_not_signed_by_all_has_no_paper(staff: Client, sample: Sample, tenant: Tenant) -> None:
    page = reverse("reports:handover_paper", args=[sample.handover.pk])
    assert staff.get(page).status_code == 404
    assert page not in staff.get(reverse("alliances:handover", args=[sample.handover.pk])).content.decode()
    with tenant_scope(tenant), pytest.raises(ValidationError, match="三方都签字以后"):
        handover_paper_request(actor=factories.actor(Role.CITY_STAFF), handover=sample.handover)


def test_words_of_a_pack_are_never_markup(pack: Handover, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        pack.content["texts"][0][1] = "<script>alert(1)</script>"
        assert "<script>" not in handover_html(pack, [])
