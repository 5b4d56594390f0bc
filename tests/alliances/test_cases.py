"""Typical cases: drafted, submitted, reviewed by two levels, sent back, read by members once accepted."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from alliances.models import Alliance, CasePhoto, CaseStep, TypicalCase
from notices.models import Notice
from tenants.files import file_content
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, queries_of
from tests.factories import Sample

LIST = reverse("alliances:case_list")
TEXT = {"background": "回款慢。", "practice": "摸底。\n对接。", "effect": "放款八百万元。", "insight": "先摸底。"}


def photo(name: str = "对接会.jpg", colour: str = "red") -> SimpleUploadedFile:
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x010E] = "taken in Jining"
    Image.new("RGB", (40, 20), colour).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue())


@dataclass
class Desk:
    """An alliance, and the browsers of those who write and review its cases."""

    tenant: Tenant
    alliance: Alliance
    member: int
    secretary: Client
    county: Client
    city: Client
    clients: dict[str, Client] = field(default_factory=dict)

    def form(self, **values: Any) -> dict[str, Any]:
        return {"token": str(uuid4()), "title": "链上融资计", "enterprises": [self.member]} | TEXT | values

    def write(self, **values: Any) -> TypicalCase:
        address = reverse("alliances:case_create", args=[self.alliance.pk])
        assert self.secretary.post(address, self.form(**values)).status_code == 302
        with tenant_scope(self.tenant):
            return TypicalCase.objects.order_by("-pk")[0]

    def submitted(self, **values: Any) -> TypicalCase:
        case = self.write(**values)
        self.press(self.secretary, "submit", case)
        return self.now(case)

    def press(self, client: Client, act: str, case: TypicalCase, **data: Any) -> str:
        if act in ("approve", "return"):
            with tenant_scope(self.tenant):
                data = {"seen": case.steps.count()} | data
        address = reverse(f"alliances:case_{act}", args=[case.pk])
        return client.post(address, data, follow=True).content.decode()

    def page(self, client: Client, case: TypicalCase) -> str:
        return client.get(reverse("alliances:case", args=[case.pk])).content.decode()

    def now(self, case: TypicalCase) -> TypicalCase:
        with tenant_scope(self.tenant):
            return TypicalCase.objects.get(pk=case.pk)


@pytest.fixture
def desk(tenant: Tenant) -> Desk:
    with tenant_scope(tenant):
        member = factories.enterprise("甲公司")
        alliance = factories.alliance(member)
        county = factories.county()
    return Desk(
        tenant,
        alliance,
        member.pk,
        browser(tenant, Role.ALLIANCE_SECRETARY, alliance=alliance, full_name="王静"),
        browser(tenant, Role.COUNTY_STAFF, region=county, full_name="县里人"),
        browser(tenant, Role.CITY_STAFF, full_name="市里人"),
    )


def test_a_case_goes_through_both_reviews_and_everybody_is_told(desk: Desk) -> None:
    case = desk.submitted()
    assert case.state == "submitted"
    assert "审核通过</button>" in desk.page(desk.county, case)
    assert "采用</button>" not in desk.page(desk.city, case)
    assert "县级审核通过，已报市级审核。" in desk.press(desk.county, "approve", case)
    assert "采用</button>" in desk.page(desk.city, case)
    assert "已采用，可以收入汇编。" in desk.press(desk.city, "approve", case)
    case = desk.now(case)
    assert case.state == "accepted"
    page = desk.page(desk.secretary, case)
    for said in ("王静</span> 提交审核", "县里人</span> 县级审核通过", "市里人</span> 市级审核通过，采用"):
        assert said in page, said
    assert "把 状态 由 待县级审核 改为 待市级审核" in page
    with tenant_scope(desk.tenant):
        notices = Notice.objects.filter(key__startswith=f"case:{case.pk}:")
        told = set(notices.values_list("title", "recipient__full_name"))
    assert told == {
        ("请审核典型案例：链上融资计", "县里人"),
        ("请审核典型案例：链上融资计", "市里人"),
        ("典型案例已采用：链上融资计", "王静"),
    }


def test_a_returned_case_comes_with_the_reason_and_is_reviewed_anew(desk: Desk) -> None:
    case = desk.submitted()
    address = reverse("alliances:case_return", args=[case.pk])
    empty = desk.county.post(address, {"seen": 2, "reason": ""})
    assert empty.status_code == 422
    desk.press(desk.county, "return", case, reason="成效要有数字。")
    page = desk.page(desk.secretary, case)
    assert "成效要有数字。" in page
    edit = reverse("alliances:case_update", args=[case.pk])
    version = desk.secretary.get(edit).context["form"].initial["version"]
    desk.secretary.post(edit, desk.form(effect="放款九百万元。", version=version))
    desk.press(desk.secretary, "submit", case)
    case = desk.now(case)
    assert (case.state, case.returned_because, case.effect) == ("submitted", "", "放款九百万元。")


def test_two_reviewers_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    case = desk.submitted()
    with tenant_scope(desk.tenant):
        second = factories.actor(Role.COUNTY_STAFF, region=factories.county(), full_name="另一位")
    other = factories.sign_in(second.user)
    seen = other.get(reverse("alliances:case", args=[case.pk])).context["seen"]
    desk.press(desk.county, "approve", case)
    told = desk.press(other, "return", case, seen=seen, reason="我看还要改。")
    assert "县里人已经办理（县级审核通过），案例现在是“待市级审核”" in told
    assert "我看还要改。" in told
    assert desk.now(case).state == "forwarded"
    with tenant_scope(desk.tenant):
        assert case.steps.filter(action="return").count() == 0
        with pytest.raises(IntegrityError, match="case_step_once"), transaction.atomic():
            factories.case_step(case, second.user, "return", position=3)


def test_nobody_reviews_what_he_wrote(desk: Desk) -> None:
    create = reverse("alliances:case_create", args=[desk.alliance.pk])
    desk.county.post(create, desk.form(title="县里写的计"))
    with tenant_scope(desk.tenant):
        case = TypicalCase.objects.get(title="县里写的计")
    desk.press(desk.secretary, "submit", case)
    # The only reviewer of the county wrote it: the city reviews at once.
    assert desk.now(case).state == "forwarded"
    desk.press(desk.secretary, "take_back", case)
    with tenant_scope(desk.tenant):
        factories.actor(Role.COUNTY_STAFF, region=factories.county())
    desk.press(desk.secretary, "submit", case)
    assert desk.now(case).state == "submitted"
    assert "审核通过</button>" not in desk.page(desk.county, case)
    assert "请换一位同志审核" in desk.press(desk.county, "approve", case)
    assert desk.county.get(LIST, {"state": "mine"}).context["page"].paginator.count == 0


def test_each_level_reviews_its_own_step_only(desk: Desk) -> None:
    case = desk.submitted()
    assert "这一步审核不由您办理" in desk.press(desk.city, "approve", case)
    desk.press(desk.county, "approve", case)
    assert "这一步审核不由您办理" in desk.press(desk.county, "approve", case)
    assert desk.now(case).state == "forwarded"


def test_a_draft_with_gaps_is_kept_but_not_submitted(desk: Desk) -> None:
    case = desk.write(effect="", insight="")
    told = desk.press(desk.secretary, "submit", case)
    assert "还没有填写成效、启示" in told
    assert desk.now(case).state == "draft"
    with tenant_scope(desk.tenant), pytest.raises(IntegrityError, match="case_is_whole"), transaction.atomic():
        TypicalCase.objects.filter(pk=case.pk).update(state="submitted")


def test_under_review_nobody_changes_it_until_it_is_taken_back(desk: Desk) -> None:
    case = desk.submitted()
    edit = reverse("alliances:case_update", args=[case.pk])
    assert "不能再改" in desk.secretary.get(edit, follow=True).content.decode()
    assert desk.secretary.post(edit, desk.form(title="偷偷改", version="x")).status_code == 422
    add = reverse("alliances:photo_add", args=[case.pk])
    assert "不能再改" in desk.secretary.post(add, {"attachments": [photo()]}, follow=True).content.decode()
    assert "已撤回" in desk.press(desk.secretary, "take_back", case)
    assert desk.now(case).state == "draft"
    assert "不能撤回" in desk.press(desk.secretary, "take_back", case)


def test_members_read_it_once_it_is_accepted(desk: Desk) -> None:
    case = desk.submitted()
    with tenant_scope(desk.tenant):
        member = factories.actor(Role.ENTERPRISE, enterprise=desk.alliance.memberships.get().enterprise)
    client = factories.sign_in(member.user)
    address = reverse("alliances:case", args=[case.pk])
    assert client.get(address).status_code == 404
    desk.press(desk.county, "approve", case)
    desk.press(desk.city, "approve", case)
    page = client.get(address).content.decode()
    assert "放款八百万元。" in page
    assert "办理记录" not in page
    # Found wrong later, it is revised, and members do not see the revision.
    desk.press(desk.city, "return", case, reason="数字核错了。")
    assert client.get(address).status_code == 404


def test_photos_are_drawn_anew_counted_and_removed(desk: Desk) -> None:
    case = desk.write()
    add = reverse("alliances:photo_add", args=[case.pk])
    page = desk.secretary.post(add, {"attachments": [photo(), photo()], "caption": "银企对接会"}, follow=True)
    assert "银企对接会" in page.content.decode()
    with tenant_scope(desk.tenant):
        (kept,) = CasePhoto.objects.filter(case=case).select_related("file")
        assert b"taken in Jining" not in file_content(kept.file)
    paper = SimpleUploadedFile("方案.pdf", b"%PDF-1.7\n%%EOF")
    assert "不能上传这种文件" in desk.secretary.post(add, {"attachments": [paper]}, follow=True).content.decode()
    many = [photo(f"{n}.jpg", f"#0000{n}0") for n in range(6)]
    assert "最多放 6 个附件" in desk.secretary.post(add, {"attachments": many}, follow=True).content.decode()
    desk.secretary.post(reverse("alliances:photo_remove", args=[kept.pk]))
    with tenant_scope(desk.tenant):
        assert not CasePhoto.objects.filter(case=case).exists()


def test_sent_twice_it_is_one_case(desk: Desk) -> None:
    form = desk.form()
    address = reverse("alliances:case_create", args=[desk.alliance.pk])
    for _ in range(2):
        assert desk.secretary.post(address, form).status_code == 302
    with tenant_scope(desk.tenant):
        assert TypicalCase.objects.filter(alliance=desk.alliance).count() == 1
        assert CaseStep.objects.filter(case__alliance=desk.alliance).count() == 1


def test_words_of_somebody_else_are_shown_not_written_over(desk: Desk) -> None:
    case = desk.write()
    edit = reverse("alliances:case_update", args=[case.pk])
    old = desk.secretary.get(edit).context["form"].initial["version"]
    desk.county.post(edit, desk.form(insight="别人写的启示。", version=old))
    refused = desk.secretary.post(edit, desk.form(insight="我写的启示。", version=old))
    assert refused.status_code == 422
    assert "别人写的启示。" in refused.content.decode()
    assert "我写的启示。" in refused.content.decode()
    again = desk.form(insight="我写的启示。", version=refused.context["form"]["version"].value())
    assert desk.secretary.post(edit, again).status_code == 302
    assert desk.now(case).insight == "我写的启示。"


def test_the_search_for_enterprises_without_javascript_loses_nothing(desk: Desk) -> None:
    address = reverse("alliances:case_create", args=[desk.alliance.pk])
    page = desk.secretary.post(address, desk.form(find="search", q="甲", title="写了一半"))
    assert page.status_code == 200
    assert "写了一半" in page.content.decode()
    assert [each.pk for each in page.context["picker"].chosen] == [desk.member]


def test_a_secretary_of_another_alliance_sees_no_draft(desk: Desk, sample: Sample) -> None:
    case = desk.write()
    other = browser(desk.tenant, Role.ALLIANCE_SECRETARY, alliance=sample.other_alliance)
    assert other.get(reverse("alliances:case", args=[case.pk])).status_code == 404
    assert desk.secretary.get(LIST).context["page"].paginator.count == 1


def test_the_reviewers_find_what_waits_for_them(desk: Desk) -> None:
    desk.submitted()
    desk.write(title="还是草稿")
    assert desk.county.get(LIST, {"state": "mine"}).context["page"].paginator.count == 1
    assert desk.city.get(LIST, {"state": "mine"}).context["page"].paginator.count == 0
    assert desk.city.get(LIST).context["page"].paginator.count == 2
    assert desk.city.get(LIST, {"q": "草稿"}).context["page"].paginator.count == 1


def test_the_list_takes_few_queries(desk: Desk) -> None:
    desk.submitted()
    few = queries_of(desk.city, LIST)
    with tenant_scope(desk.tenant):
        for number in range(12):
            factories.typical_case(desk.alliance, title=f"第{number}计")
    # One more than a plain list: how many wait for the reader.
    assert queries_of(desk.city, LIST) == few <= LIST_QUERIES
