"""A secretary records an activity on a phone, with a photo; who must not see it does not."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from .looking import flaws

pytestmark = pytest.mark.journey
TOPIC = "化工园区安全生产大讲堂"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """What a phone's camera makes: large, turned, with the place in it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "35.41N 116.58E"
    place = tmp_path / "现场.jpg"
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(place, "JPEG", exif=exif)
    return place


def test_a_box_ticked_while_the_list_is_fetched_stays_ticked(sign_in: Callable[..., Page]) -> None:
    page = sign_in("mishuzhang@jining")
    page.goto("/activities/")
    page.get_by_role("link", name="登记活动").click()
    under_way: list[Route] = []
    page.route("**/participants/**", lambda route: under_way.append(route))
    with page.expect_request("**/participants/**"):
        page.get_by_label("搜索参加企业").fill("zzzzzz")
    first = page.locator("#participants label").first.inner_text()
    with page.expect_request("**/participants/**"):
        page.get_by_label(first, exact=True).check()
    under_way[-1].continue_()
    expect(page.locator("#participants [role=status]")).to_contain_text("没有找到")
    expect(page.get_by_label(first, exact=True)).to_be_checked()


def test_secretary_records_an_activity_on_a_phone(
    sign_in: Callable[..., Page], screenshot: Callable[[Page, str], None], photo: Path
) -> None:
    page = sign_in("mishuzhang@jining", width=375)
    page.goto("/activities/")
    page.get_by_role("link", name="登记活动").click()
    expect(page.get_by_role("heading", name="登记活动")).to_be_visible()
    assert [*flaws(page)] == []

    # Nothing filled in: told beside the fields and at the top, the typed text stays.
    page.get_by_label("参加人数").fill("36")
    page.get_by_role("button", name="记录为已开展").click()
    expect(page.get_by_role("alert")).to_contain_text("有 3 处需要修改")
    expect(page.get_by_label("参加人数")).to_have_value("36")
    assert [*flaws(page)] == []

    page.get_by_label("活动主题").fill(TOPIC)
    page.get_by_label("活动类型").select_option(label="专题讲座")
    page.get_by_label("资源共享").check()
    boxes = page.locator("#participants input")
    name = page.locator("#participants label").first.inner_text()
    page.get_by_label("搜索参加企业").press_sequentially(name[:4])
    page.locator("#participants input").first.check()
    page.get_by_label("搜索参加企业").fill("zzzzzz")
    expect(page.locator("#participants [role=status]")).to_contain_text("没有找到")
    expect(boxes).to_have_count(1)  # whoever is chosen stays
    page.get_by_label("搜索参加企业").fill("")
    expect(boxes.nth(1)).to_be_visible()
    page.locator("summary", has_text="促成贷款").click()
    page.get_by_label("签订协议").fill("2")
    page.get_by_label("活动成效").fill("12 家企业对照整改隐患 30 处。")
    page.get_by_label("照片和文件").set_input_files(photo)
    screenshot(page, "activity-form-375")
    page.get_by_role("button", name="记录为已开展").click()

    expect(page.get_by_role("heading", name=TOPIC)).to_be_visible()
    expect(page.get_by_text("参加企业（1 家）")).to_be_visible()
    expect(page.get_by_text("2 份")).to_be_visible()
    assert [*flaws(page)] == []
    with page.expect_download() as download:
        page.get_by_role("link", name="现场.jpg").click()
    kept = Image.open(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert kept.size == (1200, 1600)
    assert not kept.getexif()
    address = page.url

    # Next time most of it is there already.
    page.get_by_role("link", name="照此再记一次").click()
    expect(page.get_by_label("活动主题")).to_have_value(TOPIC)
    expect(page.get_by_label("参加人数")).to_have_value("")
    expect(page.locator("#participants input:checked")).to_have_count(1)

    stranger = sign_in("qiye@jining")
    assert stranger.goto(address).status == 404 or stranger.get_by_role("link", name="修改").count() == 0


def test_two_people_at_one_activity_see_each_other(sign_in: Callable[..., Page]) -> None:
    first = sign_in("mishuzhang@jining", width=375)
    first.goto("/activities/")
    first.locator("tbody td.main a").first.click()
    first.get_by_role("link", name="修改", exact=True).click()
    second = sign_in("admin@jining")
    second.goto(first.url)
    second.get_by_label("参加人数").fill("77")
    second.get_by_role("button", name="保存").click()
    expect(second.get_by_text("已保存。")).to_be_visible()

    first.get_by_label("参加人数").fill("66")
    first.get_by_role("button", name="保存").click()
    expect(first.get_by_role("alert")).to_contain_text("有人改过这条活动")
    expect(first.get_by_role("row", name="参加人数")).to_contain_text("77")
    assert [*flaws(first)] == []
    first.get_by_role("button", name="保存").click()
    expect(first.get_by_text("已保存。")).to_be_visible()
    expect(first.get_by_text("66 人")).to_be_visible()


def test_picker_works_without_javascript(sign_in: Callable[..., Page]) -> None:
    page = sign_in("mishuzhang@jining", width=375)
    page.goto("/activities/new/")
    plain = page.context.browser.new_context(
        base_url=page.url, storage_state=page.context.storage_state(), java_script_enabled=False
    )
    form = plain.new_page()
    form.goto(page.url)
    form.get_by_label("活动主题").fill(TOPIC)
    form.get_by_role("button", name="选上全部成员").click()
    assert form.get_by_label("活动主题").input_value() == TOPIC
    assert form.locator("#participants input:checked").count() > 1
    plain.close()
