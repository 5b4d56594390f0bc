"""数据导入导出 in the browser: upload, check, preview, commit, cancel, export; every refusal in a sentence."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import Settings

from enterprises.models import Enterprise
from ledgers.models import ImportRun
from ledgers.services import NOT_CLEAN
from notices.models import Notice
from tenants.models import AuditEntry, DictionaryEntry, Job, Role, StoredFile, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.ledgers.books import with_parts, xlsx
from tests.ledgers.conftest import Office, SignIn
from tests.ledgers.writing_down import cells, written

HOME = "/data/"


def roster(count: int = 3, wrong: int = 0, **values: Any) -> bytes:
    """Rows in order, then rows whose 企业类型 is wrong."""
    rows = [
        {
            "name": f"任城第{number}机械有限公司",
            "credit_code": factories.credit_code(number),
            "region": "任城区",
            "scale": "规上" if number <= count else "大型",
            "contact_phone": "13912341234",
            **values,
        }
        for number in range(1, count + wrong + 1)
    ]
    return written("enterprises", *rows)


def test_a_clean_ledger_is_checked_previewed_and_imported(office: Office) -> None:
    run = office.checked(roster(3))
    assert (run.state, run.total, run.accepted, run.created) == (ImportRun.State.CHECKED, 3, 3, 3)
    assert office.count(Enterprise) == 0
    page = office.page(run)
    assert "检查完毕，没有错误" in page
    assert "新增 3，更新 0，无变化 0" in page
    assert "139****1234" in page
    assert "13912341234" not in page
    assert "填报日期：2026-09-30" in page
    assert 'type="radio"' not in page
    assert office.commit(run, "all").url == reverse("ledgers:run", args=[run.pk])
    assert "导入《企业名册》" in office.page(run)
    office.work()
    assert office.count(Enterprise) == 3
    run = office.run()
    assert (run.state, run.created, run.unchanged) == (ImportRun.State.IMPORTED, 3, 0)
    assert "导入下一份" in office.page(run)


def test_the_same_file_again_is_known_before_it_is_imported(office: Office) -> None:
    for _ in range(2):
        run = office.checked(roster(3))
        before = office.page(run)
        office.commit(run)
        office.work()
    assert "与系统里已有的完全相同" in before
    assert (office.run().created, office.run().updated, office.run().unchanged) == (0, 0, 3)


def test_with_errors_the_page_offers_both_ways(office: Office) -> None:
    run = office.checked(roster(2, wrong=1))
    page = office.page(run)
    assert "有 1 行错误，怎样导入？" in page
    assert "只导入无误的 2 行" in page
    assert "全部无误才导入" in page
    assert "企业类型不在字典" in page
    assert "只能填：链主、规上、中小微" in page
    office.commit(run, "all")
    assert office.sent == []
    assert NOT_CLEAN in office.page(run)
    assert office.count(Enterprise) == 0
    office.commit(run, "clean")
    office.work()
    assert office.count(Enterprise) == 2
    assert "有错误的 1 行没有导入" in office.client.get(reverse("notices:list")).content.decode()


def test_the_importer_is_told_once_with_a_way_back(office: Office) -> None:
    run = office.checked(roster(2, wrong=1))
    office.commit(run)
    office.work()
    with tenant_scope(office.tenant):
        notice = Notice.objects.get()
        assert (notice.recipient, notice.url) == (run.started_by, reverse("ledgers:run", args=[run.pk]))
        assert notice.title == "《企业名册》已导入 2 行，有错误的 1 行没有导入"


def test_a_file_without_one_good_row_offers_no_import(office: Office) -> None:
    run = office.checked(roster(0, wrong=2))
    page = office.page(run)
    assert "没有可以导入的行" in page
    assert reverse("ledgers:commit", args=[run.pk]) not in page
    office.commit(run)
    assert "没有可以导入的行。请按错误标注改正后重新上传。" in office.page(run)
    assert office.sent == []


def test_the_corrected_error_workbook_is_taken(office: Office) -> None:
    run = office.checked(roster(1, wrong=1))
    response = office.client.get(reverse("ledgers:errors", args=[run.pk]))
    assert response["Content-Disposition"].startswith("attachment")
    workbook = load_workbook(io.BytesIO(response.getvalue()))
    sheet = workbook["企业名册"]
    bad = next(cell for row in sheet.iter_rows() for cell in row if cell.comment)
    assert (bad.coordinate, bad.value) == ("D5", "大型")
    bad.value = "规上"
    corrected = io.BytesIO()
    workbook.save(corrected)
    run = office.checked(corrected.getvalue())
    assert (run.accepted, run.errors) == (2, [])
    with tenant_scope(office.tenant):
        assert AuditEntry.objects.get(verb=AuditEntry.Verb.DOWNLOAD).object_label == "企业名册（错误标注）.xlsx"


def test_more_errors_than_the_page_shows(office: Office) -> None:
    page = office.page(office.checked(roster(1, wrong=230)))
    assert page.count('data-label="原因"') == 200
    assert "还有 30 处错误没有列出" in page


def test_a_run_without_errors_has_no_error_workbook(office: Office) -> None:
    run = office.checked(roster(1))
    assert office.client.get(reverse("ledgers:errors", args=[run.pk])).status_code == 404


def macros() -> bytes:
    return with_parts(roster(1), lambda name, data: data, {"xl/vbaProject.bin": b"macro"})


def without_county() -> bytes:
    return xlsx(("1", [["企业名称", "统一社会信用代码", "企业类型"], ["甲", "1", "规上"]]))


def bomb() -> bytes:
    blank = b"<row/>" * 8_000_000
    return with_parts(roster(1), lambda name, data: data + blank if name == "xl/worksheets/sheet1.xml" else data)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (lambda: b"%PDF-1.7", "这是 PDF 文件，不能导入"),
        (lambda: b"<html><table></table></html>", "这是网页，只是换了文件名"),
        (lambda: xlsx(("通讯录", [["姓名", "电话"], ["王芳", "1"]])), "没有找到《企业名册》的表头"),
        (lambda: roster(1)[:900], "文件不完整或已损坏"),
        (macros, "文件含有宏"),
        (bomb, "文件解压后过大"),
        (
            lambda: xlsx(("1", [["企业名称", "统一社会信用代码", "企业类型"], ["甲", "1", "规上"]])),
            "缺少必填列：县（市、区）",
        ),
    ],
    ids=["pdf", "html", "other", "truncated", "macro", "bomb", "column"],
)
def test_a_file_that_cannot_be_taken_is_refused_in_a_sentence(office: Office, content: Any, sentence: str) -> None:
    run = office.checked(content())
    assert run.state == ImportRun.State.REFUSED
    page = office.page(run)
    assert sentence in page
    assert "没有写入任何数据" in page
    assert f"{HOME}?sheet=enterprises" in page
    office.commit(run)
    assert "不能再次导入" in office.page(run)
    assert (office.sent, office.count(Enterprise)) == ([], 0)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"sheet": "enterprises", "file": io.BytesIO(b"")}, "文件是空的"),
        ({"sheet": "enterprises"}, "请选择要导入的文件"),
        ({"sheet": "nothing", "file": io.BytesIO(b"x")}, "“台账”没有这个选项。请重新选择。"),
    ],
    ids=["empty", "none", "sheet"],
)
def test_an_incomplete_form_says_what_is_missing(office: Office, data: dict[str, Any], sentence: str) -> None:
    response = office.post(HOME, data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert office.count(ImportRun) == office.count(StoredFile) == 0


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(office: Office, settings: Settings) -> None:
    settings.LEDGER_MAX_BYTES = 1024 * 1024
    response = office.upload(b"x" * (1024 * 1024 + 1))
    assert response.status_code == 422
    assert "文件超过 1 MB。请删去图片和无关的工作表" in response.content.decode()
    assert office.count(StoredFile) == 0


def test_unknown_and_missing_columns_are_reported(office: Office) -> None:
    rows = [
        ["企业名称", "统一社会信用代码", "县(市、区)", "企业类型", "备注"],
        ["甲厂", factories.credit_code(1), "任城区", "规上", "新"],
    ]
    page = office.page(office.checked(xlsx(("1", rows))))
    assert "这些列不在模板里，没有导入：备注（E 列）" in page
    assert "文件里没有这些列，系统里已有的内容不变：所属联盟、所在园区" in page
    assert "没有找到填报日期" in page


def test_masked_numbers_are_pointed_out(office: Office) -> None:
    page = office.page(office.checked(roster(2, contact_phone="139****1234")))
    assert "联系电话有 2 个是隐去中间几位的号码，不导入" in page


def test_templates_offer_the_tenants_own_dictionaries(office: Office) -> None:
    with tenant_scope(office.tenant):
        DictionaryEntry.objects.create(kind=DictionaryEntry.Kind.CLUSTER, label="钢铁冶金")
        DictionaryEntry.objects.filter(kind=DictionaryEntry.Kind.CLUSTER, label="新材料").update(is_active=False)
    response = office.client.get(reverse("ledgers:template", args=["alliances"]))
    hidden = load_workbook(io.BytesIO(response.content))["字典"]
    offered = {cell.value for row in hidden.iter_rows() for cell in row}
    assert "钢铁冶金" in offered
    assert "新材料" not in offered
    assert office.client.get(reverse("ledgers:template", args=["nothing"])).status_code == 404


def test_home_lists_ledgers_and_the_latest_imports(office: Office) -> None:
    assert "还没有导入过" in office.client.get(HOME).content.decode()
    run = office.checked(roster(2, wrong=1))
    page = office.client.get(HOME).content.decode()
    assert reverse("ledgers:run", args=[run.pk]) in page
    assert "已检查，待导入" in page
    assert page.count("下载模板") == page.count("导出全部") == 8


def test_a_ledger_is_chosen_by_the_link_that_leads_here(office: Office) -> None:
    page = office.client.get(f"{HOME}?sheet=demands").content.decode()
    assert '<option value="demands" selected>诉求台账</option>' in page


# Roles and tenants


@pytest.mark.parametrize("role", [Role.CITY_STAFF, Role.COUNTY_STAFF])
def test_staff_may_export_but_not_import(office: Office, sign_in: SignIn, role: str) -> None:
    run = office.checked(roster(1, wrong=1))
    client = sign_in(role, region="任城区") if role == Role.COUNTY_STAFF else sign_in(role)
    home = client.get(HOME)
    assert home.status_code == 200
    assert "上传并检查" not in home.content.decode()
    assert "最近的导入" not in home.content.decode()
    assert client.get(reverse("ledgers:export", args=["policies"])).status_code == 200
    assert client.post(HOME, {"sheet": "enterprises", "file": io.BytesIO(roster(1))}).status_code == 403
    assert client.get(reverse("ledgers:template", args=["policies"])).status_code == 403
    for name in ("run", "errors"):
        assert client.get(reverse(f"ledgers:{name}", args=[run.pk])).status_code == 403
    for name in ("commit", "abandon"):
        assert client.post(reverse(f"ledgers:{name}", args=[run.pk])).status_code == 403
    assert office.run().state == ImportRun.State.CHECKED


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.DEPARTMENT, Role.ALLIANCE_SECRETARY, None])
def test_others_have_no_business_here(office: Office, sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    assert client.get(HOME).status_code == 403
    assert client.get(reverse("ledgers:export", args=["enterprises"])).status_code == 403


def test_strangers_are_sent_to_sign_in(office: Office) -> None:
    assert Client().get(HOME).status_code == 302


def test_county_staff_export_their_own_county(office: Office, sign_in: SignIn) -> None:
    with tenant_scope(office.tenant):
        factories.enterprise("任城机械有限公司")
        factories.enterprise("鱼台机械有限公司", region=factories.county("鱼台县"))
    response = sign_in(Role.COUNTY_STAFF, region="鱼台县").get(reverse("ledgers:export", args=["enterprises"]))
    text = str(cells(response.content))
    assert "鱼台机械有限公司" in text
    assert "任城机械有限公司" not in text
    assert "138****0000" in text


def test_another_tenants_run_does_not_exist(office: Office, sign_in: SignIn, second_tenant: Tenant) -> None:
    run = office.checked(roster(1, wrong=1))
    stranger = sign_in(Role.TENANT_ADMIN, of=second_tenant)
    for name in ("run", "errors"):
        assert stranger.get(reverse(f"ledgers:{name}", args=[run.pk])).status_code == 404
    for name in ("commit", "abandon"):
        assert stranger.post(reverse(f"ledgers:{name}", args=[run.pk])).status_code == 404
    assert "任城第1" not in str(cells(stranger.get(reverse("ledgers:export", args=["enterprises"])).content))
    assert office.run().state == ImportRun.State.CHECKED


# While the job is under way


def test_an_upload_that_waits_says_so_and_why_when_it_takes_long(office: Office) -> None:
    office.upload(roster(1))
    run = office.run()
    assert "排队中，马上开始" in office.page(run)
    with tenant_scope(office.tenant):
        Job.objects.filter(pk=run.job_id).update(created_at=timezone.now() - timedelta(minutes=2))
    page = office.page(run)
    assert "后台服务暂时没有响应" in page
    assert "不必重新上传" in page


def test_the_progress_box_asks_for_the_page_when_all_is_done(office: Office) -> None:
    office.upload(roster(1))
    address = reverse("ledgers:run", args=[office.run().pk]) + "?part=progress"
    waiting = office.client.get(address, headers={"HX-Request": "true"})
    assert "<progress" in waiting.content.decode()
    assert "<html" not in waiting.content.decode()
    office.work()
    assert office.client.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_get_never_commits(office: Office) -> None:
    run = office.checked(roster(1))
    for name in ("commit", "abandon"):
        assert office.client.get(reverse(f"ledgers:{name}", args=[run.pk])).status_code == 405
