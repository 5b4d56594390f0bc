"""The turn of an alliance and its handover by three people; the former holder is refused.

Runs after the others: the member that leaves takes its demands out of the alliance.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import Portal
from .looking import flaws

pytestmark = pytest.mark.journey
#: The accounts of the sample city that lead the two units here.
GIVER, TAKER = "qianren@jining", "lunzhi@jining"
#: An alliance that hands nothing over yet: its holder and whoever comes next get accounts. Prints the alliance's id.
LEADERS = f"""
from django.contrib.auth.models import Permission
from django.utils import timezone
from alliances.models import Alliance
from alliances.selectors.rotation import rotation_of
from enterprises.models import PartyOrganisationPermission
from tenants.models import User
from tenants.scope import tenant_scope
from tenants.selectors import tenant_named
with tenant_scope(tenant_named("jining")):
    found = Alliance.objects.filter(handovers=None, has_rotation=True).order_by("-pk")
    for alliance in found:
        rotation = rotation_of(alliance=alliance, today=timezone.localdate())
        coming = [row.organisation for row in rotation.coming if row.organisation != rotation.present.organisation]
        if coming:
            break
    lead = Permission.objects.get(codename="lead_party_organisation")
    for name, unit in (("{GIVER}", rotation.present.organisation), ("{TAKER}", coming[0])):
        user = User.objects.get(username=name)
        PartyOrganisationPermission.objects.get_or_create(user=user, permission=lead, content_object=unit)
print("alliance", alliance.pk)
"""
#: The holder's enterprise leaves the alliance today: the next unit takes over at once.
EXIT = """
from django.utils import timezone
from alliances.models import Membership, Term
from tenants.scope import tenant_scope
from tenants.selectors import tenant_named
with tenant_scope(tenant_named("jining")):
    term = Term.objects.select_related("organisation").get(alliance={alliance}, outcome="serving")
    present = Membership.objects.filter(alliance={alliance}, left_on=None)
    present.filter(enterprise=term.organisation.enterprise_id).update(left_on=timezone.localdate())
"""


def _turn(portal: Portal) -> None:
    portal.manage("rotate", "--tenant", "jining")


@pytest.fixture
def alliance(portal: Portal) -> int:
    """An alliance that GIVER leads, and TAKER after him."""
    number = portal.manage("shell", "-c", LEADERS).split()[-1]
    _turn(portal)
    return int(number)


def _sign(page: Page, party: str) -> None:
    page.get_by_role("button", name=f"{party}签字").click()
    page.get_by_role("button", name="签字", exact=True).click()


def test_a_turn_is_handed_over_by_three_people(
    sign_in: Callable[..., Page], portal: Portal, alliance: int, screenshot: Callable[[Page, str], None]
) -> None:
    giver = sign_in(GIVER, width=375)
    address = f"/alliances/{alliance}/"
    assert giver.goto(address).status == 200
    name = giver.get_by_role("heading", level=1).inner_text()
    assert giver.goto(f"{address}activities/new/").status == 200

    portal.manage("shell", "-c", EXIT.format(alliance=alliance))
    _turn(portal)
    for refused in (address, f"{address}rotation/", f"{address}activities/new/"):
        assert giver.goto(refused).status == 404, refused

    # His pack he still has, and it waits on his desk.
    giver.goto("/")
    giver.get_by_role("link", name=name).click()
    assert [*flaws(giver)] == []
    _sign(giver, "移交人")
    expect(giver.get_by_text("还没有填写季度工作小结")).to_be_visible()
    giver.get_by_role("link", name="补充").click()
    assert [*flaws(giver)] == []
    giver.get_by_label("季度工作小结").fill("召开理事会一次，走访企业九家。")
    giver.get_by_label("工作建议").fill("盯住用工诉求。")
    giver.get_by_role("button", name="保存").click()
    _sign(giver, "移交人")
    expect(giver.get_by_text("已签字。")).to_be_visible()
    pack = giver.url

    taker = sign_in(TAKER)
    assert taker.goto(address).status == 200
    taker.goto("/notices/")
    expect(taker.get_by_text(f"请接收签字：{name}")).to_be_visible()
    taker.goto(pack)
    expect(taker.get_by_text("召开理事会一次，走访企业九家。")).to_be_visible()
    _sign(taker, "接收人")
    expect(taker.get_by_text("已签字。")).to_be_visible()
    assert taker.get_by_role("button", name="监交人签字").count() == 0

    office = sign_in("shiji@jining")
    office.goto(pack)
    assert [*flaws(office)] == []
    _sign(office, "监交人")
    expect(office.get_by_text("三方已签字，清单定稿，不再变动。")).to_be_visible()
    screenshot(office, "handover-1280")
    office.get_by_role("link", name="PDF").click()
    office.get_by_role("button", name="生成 PDF").click()
    with office.expect_download() as download:
        office.get_by_role("link", name="下载 PDF").click(timeout=60_000)
    assert download.value.suggested_filename.startswith("交接清单_")
    assert [*flaws(office)] == []
