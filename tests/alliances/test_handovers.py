"""A handover pack in the browser: supplemented, signed by three people, sent back, frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, Handover, HandoverSignature
from alliances.rotation import Quarter
from alliances.services import rotation_turn
from demands.models import Demand
from enterprises.models import PartyOrganisationPermission
from enterprises.permissions import LEAD
from notices.models import Notice
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, queries_of

Party = HandoverSignature.Party


@dataclass(frozen=True)
class Turn:
    """A pack of this quarter's turn, and the browsers of those who sign it."""

    pack: Handover
    alliance: Alliance
    demand: Demand
    giver: Client
    taker: Client
    office: Client

    @property
    def page(self) -> str:
        return reverse("alliances:handover", args=[self.pack.pk])

    def now(self) -> Handover:
        return Handover.objects.get(pk=self.pack.pk)


@pytest.fixture
def turn(tenant: Tenant) -> Turn:
    """甲 led until the last quarter, 乙 leads this one."""
    quarter = Quarter.of(timezone.localdate())
    start = quarter.following(-1).starts_on
    with tenant_scope(tenant):
        members = [factories.enterprise(f"{letter}公司") for letter in "甲乙"]
        alliance = factories.alliance(*members, founded_on=start)
        parties = [factories.party_organisation(each, f"{each.name}党支部", secretary="李敏") for each in members]
        factories.roster(alliance, *parties)
        demand = factories.demand(
            members[0], alliance=alliance, raised_on=start, due_on=quarter.ends_on, content="厂区门口道路积水"
        )
    giver, taker = (browser(tenant, Role.ROTATING_SECRETARY, party_organisation=each) for each in parties)
    office = browser(tenant, Role.CITY_STAFF)
    with tenant_scope(tenant):
        rotation_turn(at=timezone.make_aware(datetime.combine(start, time())))
        rotation_turn(at=timezone.now())
        return Turn(Handover.objects.get(), alliance, demand, giver, taker, office)


def _sign(client: Client, turn: Turn, party: str, seen: str | None = None) -> str:
    """Press the button as the page shows it; what the page says afterwards."""
    seen = client.get(turn.page).context["seen"] if seen is None else seen
    address = reverse("alliances:handover_sign", args=[turn.pack.pk, party])
    return client.post(address, {"seen": seen}, follow=True).content.decode()


def _write(client: Client, turn: Turn, summary: str = "召开例会两次。", **values: str) -> str:
    address = reverse("alliances:handover_update", args=[turn.pack.pk])
    version = client.get(address).context["form"].initial["version"]
    values = {"summary": summary, "suggestions": "盯住道路积水。", "version": version} | values
    return client.post(address, values, follow=True).content.decode()


def _all_sign(turn: Turn) -> None:
    _write(turn.giver, turn)
    for client, party in ((turn.giver, Party.GIVING), (turn.taker, Party.RECEIVING), (turn.office, Party.SUPERVISING)):
        _sign(client, turn, party)


def test_three_people_sign_and_the_pack_is_frozen(turn: Turn, tenant: Tenant) -> None:
    assert "还没有填写季度工作小结" in _sign(turn.giver, turn, Party.GIVING)
    _write(turn.giver, turn)
    assert "移交人还没有签字" in _sign(turn.taker, turn, Party.RECEIVING)
    assert "已签字。" in _sign(turn.giver, turn, Party.GIVING)
    assert "接收人签字</button>" in turn.taker.get(turn.page).content.decode()
    assert "已签字。" in _sign(turn.taker, turn, Party.RECEIVING)
    assert "清单定稿" in _sign(turn.office, turn, Party.SUPERVISING)
    with tenant_scope(tenant):
        pack = turn.now()
        signatures = list(pack.signatures.all())
        assert pack.state == Handover.State.DONE
        assert {each.sha256 for each in signatures} == {pack.sha256}
        assert [each.unit for each in signatures] == ["甲公司党支部", "乙公司党支部", "服务指导办公室"]
        assert Notice.objects.filter(key__endswith=":done").count() == 2
        Demand.objects.filter(pk=turn.demand.pk).update(content="已改成别的事")
    shown = turn.office.get(turn.page).content.decode()
    assert "厂区门口道路积水" in shown
    assert "已改成别的事" not in shown
    assert "移交人已经签字，内容不能再改" in _write(turn.giver, turn, "晚了")


def test_the_lists_are_alive_until_the_first_signature_and_stand_after_it(turn: Turn, tenant: Tenant) -> None:
    _write(turn.giver, turn)
    seen = turn.giver.get(turn.page).context["seen"]
    with tenant_scope(tenant):
        Demand.objects.filter(pk=turn.demand.pk).update(content="道路积水，已约交通局")
    assert "清单内容有了变动，没有签字" in _sign(turn.giver, turn, Party.GIVING, seen)
    assert "已约交通局" in turn.giver.get(turn.page).content.decode()
    _sign(turn.giver, turn, Party.GIVING)
    with tenant_scope(tenant):
        Demand.objects.filter(pk=turn.demand.pk).update(content="又有变化")
    assert "已约交通局" in turn.taker.get(turn.page).content.decode()


def test_a_pack_is_sent_back_with_its_reason_and_signed_anew(turn: Turn, tenant: Tenant) -> None:
    address = reverse("alliances:handover_return", args=[turn.pack.pk])
    assert "只有移交人已经签字" in turn.taker.post(address, {"reason": "缺联系人"}).content.decode()
    _write(turn.giver, turn)
    _sign(turn.giver, turn, Party.GIVING)
    _sign(turn.office, turn, Party.SUPERVISING)
    assert turn.giver.get(address).status_code == 403
    assert "请填写“退回原因”" in turn.taker.post(address, {}).content.decode()
    assert "已退回移交人" in turn.taker.post(address, {"reason": "缺联系人"}, follow=True).content.decode()
    assert "缺联系人" in turn.giver.get(turn.page).content.decode()
    with tenant_scope(tenant):
        assert not turn.now().signatures.exists()
    _all_sign(turn)
    with tenant_scope(tenant):
        assert turn.now().state == Handover.State.DONE


def test_nobody_signs_twice_or_for_another(turn: Turn, tenant: Tenant) -> None:
    _write(turn.giver, turn)
    giving = reverse("alliances:handover_sign", args=[turn.pack.pk, Party.GIVING])
    assert turn.taker.post(giving, {"seen": turn.taker.get(turn.page).context["seen"]}).status_code == 403
    with tenant_scope(tenant):
        assert not turn.now().signatures.exists()
    _sign(turn.giver, turn, Party.GIVING)
    assert "移交人已经签过字" in _sign(turn.giver, turn, Party.GIVING)
    with tenant_scope(tenant):
        first = turn.now().signatures.get()
        values = {"handover": turn.pack, "name": "某", "unit": "某", "sha256": "", "signed_at": timezone.now()}
        with pytest.raises(IntegrityError, match="handover_signed_once_per_person"), transaction.atomic():
            HandoverSignature.objects.create(party=Party.RECEIVING, user=first.user, **values)


def test_one_person_is_not_two_parties(turn: Turn, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        both = [turn.pack.outgoing.organisation, turn.pack.incoming.organisation]
        user = factories.actor(Role.ROTATING_SECRETARY, party_organisation=both[0], login="both").user
        PartyOrganisationPermission.objects.assign_perm(LEAD, user, both[1])
    client = factories.sign_in(user)
    _write(client, turn)
    _sign(client, turn, Party.GIVING)
    assert "您已经替另一方签过字" in _sign(client, turn, Party.RECEIVING)


def test_words_of_somebody_else_are_shown_not_written_over(turn: Turn, tenant: Tenant) -> None:
    address = reverse("alliances:handover_update", args=[turn.pack.pk])
    old = turn.giver.get(address).context["form"].initial["version"]
    secretary = browser(tenant, Role.ALLIANCE_SECRETARY, alliance=turn.alliance)
    _write(secretary, turn, "秘书长写的小结")
    refused = turn.giver.post(address, {"summary": "我写的小结", "suggestions": "", "version": old})
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "秘书长写的小结" in text
    assert "我写的小结" in text
    again = {"summary": "我写的小结", "suggestions": "", "version": refused.context["form"]["version"].value()}
    assert turn.giver.post(address, again).status_code == 302
    with tenant_scope(tenant):
        assert turn.now().summary == "我写的小结"


def test_strangers_to_a_pack_do_not_see_it(turn: Turn, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        elsewhere = factories.party_organisation(factories.enterprise("丁公司"), "丁公司党支部")
        member = turn.pack.outgoing.organisation.enterprise
    other = browser(tenant, Role.ROTATING_SECRETARY, party_organisation=elsewhere)
    assert other.get(turn.page).status_code == 404
    assert other.get(reverse("alliances:handover_list")).context["page"].paginator.count == 0
    # What other members ask for is not an enterprise's affair.
    assert browser(tenant, Role.ENTERPRISE, enterprise=member).get(turn.page).status_code == 403


def test_a_former_holder_sees_his_pack_but_opens_nothing_of_the_alliance(turn: Turn) -> None:
    assert turn.giver.get(reverse("alliances:detail", args=[turn.alliance.pk])).status_code == 404
    page = turn.giver.get(turn.page)
    demand = reverse("demands:detail", args=[turn.demand.number])
    assert "厂区门口道路积水" in page.content.decode()
    assert demand not in page.content.decode()
    assert turn.giver.get(demand).status_code == 404
    assert demand in turn.taker.get(turn.page).content.decode()


def test_every_row_opens_what_it_names(turn: Turn) -> None:
    parts = turn.office.get(turn.page).context["parts"]
    addresses = [row.url for part in parts for row in part["rows"]]
    assert addresses
    assert {turn.office.get(address).status_code for address in addresses} == {200}


def test_an_overdue_pack_is_red_on_the_desk_the_list_and_the_tab(turn: Turn, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        Handover.objects.update(due_on=timezone.localdate() - timedelta(days=3))
    tab = reverse("alliances:rotation", args=[turn.alliance.pk])
    listed = reverse("alliances:handover_list")
    for address in (reverse("desk"), listed, tab, turn.page):
        assert '<span class="light red">超期 3 天</span>' in turn.office.get(address).content.decode(), address
    assert turn.office.get(f"{listed}?state=overdue").context["page"].paginator.count == 1
    assert turn.office.get(f"{listed}?state=done").context["page"].paginator.count == 0
    assert "待办交接" in turn.giver.get(reverse("desk")).content.decode()
    _all_sign(turn)
    assert turn.office.get(f"{listed}?state=overdue").context["page"].paginator.count == 0
    assert "待办交接" not in turn.giver.get(reverse("desk")).content.decode()


def test_an_unknown_party_is_no_page(turn: Turn) -> None:
    address = reverse("alliances:handover_sign", args=[turn.pack.pk, "witness"])
    assert turn.office.post(address, {"seen": ""}).status_code == 404


def test_the_list_takes_few_queries(turn: Turn) -> None:
    # Beside the list, the working-day calendar that its lights are counted by.
    assert queries_of(turn.office, reverse("alliances:handover_list")) <= LIST_QUERIES + 1
