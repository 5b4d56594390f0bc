"""Pages on which demands are entered and handled, as each role meets them; two people acting at the same instant."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from demands.models import Demand, DemandEvent
from demands.services import DemandEntry, demand_act, demand_enter
from demands.workflow import Action, Need
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, queries_of
from tests.factories import Sample

A, N, State = Action, Need, Demand.State
INBOX = reverse("demands:inbox")


@pytest.fixture
def office(tenant: Tenant, sample: Sample) -> Client:
    return browser(tenant, Role.COUNTY_STAFF, region=sample.county, full_name="王芳")


@pytest.fixture
def asker(tenant: Tenant, sample: Sample) -> Client:
    return browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise, full_name="赵强")


@pytest.fixture
def unit(tenant: Tenant, sample: Sample) -> Client:
    return browser(tenant, Role.DEPARTMENT, unit=sample.unit, full_name="孙丽")


def detail(number: str) -> str:
    return reverse("demands:detail", args=[number])


def page_of(client: Client, number: str) -> str:
    return client.get(detail(number)).content.decode()


def address(number: str, action: Action) -> str:
    return reverse("demands:act", args=[number, action.value])


def form_of(client: Client, number: str, action: Action) -> dict[str, Any]:
    """What the form of an act starts with."""
    form = client.get(address(number, action)).context["form"]
    return {name: form[name].value() for name in ("version", "token")}


def act(client: Client, number: str, action: Action, **values: Any) -> Any:
    return client.post(address(number, action), form_of(client, number, action) | values)


def entered(client: Client, sample: Sample, content: str = "流动资金紧张", **extra: Any) -> str:
    """The number of a demand that was entered on the page."""
    at = reverse("demands:enter", args=[sample.enterprise.pk])
    token = client.get(at).context["form"]["token"].value()
    response = client.post(at, {"element": sample.element.pk, "content": content, "token": token} | extra)
    assert response.status_code == 302, response.content.decode()
    return str(response.url.rstrip("/").rsplit("/", 1)[1])


def test_from_the_enterprise_to_the_closed_file(asker: Client, office: Client, unit: Client, sample: Sample):
    number = entered(asker, sample)
    assert "已提交" in page_of(asker, number)
    assert act(office, number, A.ACCEPT, complexity="ordinary").status_code == 302
    assert act(office, number, A.ASSIGN, lead=sample.unit.pk, text="请抓紧").status_code == 302
    assert act(unit, number, A.SIGN).status_code == 302
    assert act(unit, number, A.ANSWER, result="solved", text="银行已续贷五百万元", loan="500").status_code == 302
    page = page_of(asker, number)
    assert "银行已续贷五百万元" in page
    assert "等企业评价" in page
    assert act(asker, number, A.RATE, rating="5").status_code == 302
    page = page_of(office, number)
    for words in ("任城区 王芳", "孙丽", "主办单位：市人力资源和社会保障局", "难易程度：一般", "非常满意", "按期办结"):
        assert words in page
    assert "可以办理的事项" not in page_of(unit, number)


def test_the_bar_shows_just_what_may_be_done(asker: Client, office: Client, unit: Client, sample: Sample):
    number = entered(asker, sample)
    shown = {who: [each["label"] for each in client.get(detail(number)).context["actions"]] for who, client in
             {"asker": asker, "office": office}.items()}  # fmt: skip
    assert shown == {"asker": ["撤回诉求"], "office": ["受理", "退回补正", "不予受理", "并案", "催办"]}
    assert unit.get(detail(number)).status_code == 404


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(
    asker: Client, office: Client, sample: Sample
):
    number = entered(asker, sample)
    response = act(office, number, A.REFUSE, reason="不属本级职权")
    assert response.status_code == 422
    assert response.context["form"].errors["responsible"] == ["请填写“责任单位”。"]
    assert "不属本级职权" in response.content.decode()


def test_a_rule_that_refuses_stands_beside_its_field(office: Client, asker: Client, sample: Sample):
    number = entered(asker, sample)
    act(office, number, A.ACCEPT, complexity="ordinary")
    response = act(office, number, A.ASSIGN, lead=sample.unit.pk, assisting=[sample.unit.pk])
    assert "同一个单位不能既主办又分办、协办" in response.context["form"].errors["lead"][0]


def test_whoever_comes_second_reads_what_happened_and_keeps_what_he_typed(
    asker: Client, office: Client, unit: Client, sample: Sample, tenant: Tenant
):
    number = entered(asker, sample)
    act(office, number, A.ACCEPT, complexity="ordinary")
    act(office, number, A.ASSIGN, lead=sample.unit.pk)
    opened = form_of(office, number, A.RECATEGORISE)
    act(unit, number, A.SIGN)
    typed = {"element": sample.element.pk, "complexity": "complex", "reason": "涉及多个部门"}
    response = office.post(address(number, A.RECATEGORISE), opened | typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "孙丽已在" in page
    assert "涉及多个部门" in page
    again = response.context["form"]
    response = office.post(
        address(number, A.RECATEGORISE), {"version": again["version"].value(), "token": opened["token"]} | typed
    )
    assert response.status_code == 302
    with tenant_scope(tenant):
        assert Demand.objects.get(number=number).complexity == "complex"


def test_an_act_that_is_over_sends_back_with_the_reason(unit: Client, sample: Sample):
    response = unit.get(address(sample.demand.number, A.SIGN), follow=True)
    assert "这件诉求现在是“办理中”，不能签收。" in response.content.decode()
    assert unit.get(reverse("demands:act", args=[sample.demand.number, "dance"])).status_code == 404


def test_the_enterprise_does_not_read_what_offices_say_among_themselves(
    asker: Client, office: Client, unit: Client, sample: Sample
):
    act(unit, sample.demand.number, A.NOTE, text="企业账目不清，先核实")
    assert "企业账目不清" in page_of(office, sample.demand.number)
    assert "企业账目不清" not in page_of(asker, sample.demand.number)


def test_a_draft_is_changed_submitted_or_thrown_away(asker: Client, office: Client, sample: Sample, tenant: Tenant):
    draft = entered(asker, sample, "缺焊工", draft="1")
    assert office.get(detail(draft)).status_code == 404
    edit = reverse("demands:draft_update", args=[draft])
    token = asker.get(edit).context["form"]["token"].value()
    asker.post(edit, {"element": sample.element.pk, "content": "缺焊工二十名", "token": token})
    act(asker, draft, A.SUBMIT)
    assert "缺焊工二十名" in page_of(office, draft)
    other = entered(asker, sample, "重复的", draft="1")
    asker.post(reverse("demands:draft_discard", args=[other]))
    assert asker.get(detail(other)).status_code == 404


def test_a_form_sent_twice_makes_one(asker: Client, sample: Sample, tenant: Tenant):
    at = reverse("demands:enter", args=[sample.enterprise.pk])
    data = {"element": sample.element.pk, "content": "缺厂房", "token": str(uuid4())}
    first, second = asker.post(at, data), asker.post(at, data, follow=True)
    assert second.redirect_chain[-1][0] == first.url
    assert "没有重复登记" in second.content.decode()
    with tenant_scope(tenant):
        assert Demand.objects.filter(content="缺厂房").count() == 1


def test_the_inbox_is_by_next_deadline_and_takes_as_many_queries_for_thirty(
    unit: Client, sample: Sample, tenant: Tenant
):
    with tenant_scope(tenant):
        for days in (3, 1):
            due = timezone.now() + timedelta(days=days)
            factories.demand(sample.enterprise, unit=sample.unit, next_due_at=due, number=f"N{days}")
    rows = unit.get(INBOX).context["page"].object_list
    assert [row.number for row in rows] == ["N1", "N3", sample.demand.number]
    few = queries_of(unit, INBOX)
    with tenant_scope(tenant):
        for _ in range(28):
            made = factories.demand(sample.enterprise, unit=sample.unit)
            factories.course(made, sample.admin.user)
    assert queries_of(unit, INBOX) == few <= LIST_QUERIES + 2


def test_supervision_and_the_long_list(office: Client, unit: Client, sample: Sample):
    number = sample.demand.number
    act(office, number, A.SUPERVISE, reason="市长热线关注")
    promised = (timezone.localdate() + timedelta(days=90)).isoformat()
    act(unit, number, A.SHELVE, promised_on=promised, text="列入明年计划")
    for name, words in (("supervision", "督办"), ("shelved", "列入明年计划")):
        page = office.get(reverse(f"demands:{name}")).content.decode()
        assert number in page
        assert words in page
    assert "灰灯：挂账" in page_of(office, number)


def test_the_light_filter_agrees_with_the_lights_shown(office: Client, sample: Sample, tenant: Tenant):
    today = timezone.localdate()
    near = {"accepted_on": today - timedelta(days=30), "due_on": today - timedelta(days=2)}
    with tenant_scope(tenant):
        Demand.objects.all().delete()
        for number, values in {
            "PAUSED": {"state": "paused"},
            "RETURNED": {"state": "returned"},
            "SHELVED": {"state": "shelved", "promised_on": today + timedelta(days=9)},
            "BROKEN": {"state": "shelved", "promised_on": today - timedelta(days=1)},
            "ANSWERED": {"state": "answered", "settled_on": today},
            "PARTLY": {"state": "answered", "result": "partly"},
            "SECOND": {"is_second": True, "settled_on": today, "second_due_on": today + timedelta(days=30)},
            "LATE": {},
            "CALLBACK": {"state": "callback", "next_due_at": timezone.now() - timedelta(days=3)},
            "DONE": {"state": "closed", "closed_on": today, "settled_on": today - timedelta(days=2)},
        }.items():
            factories.demand(sample.enterprise, number=number, **(near | {"raised_on": date(2026, 1, 5)} | values))
    at = reverse("demands:list")
    shown = {row.number: row.light.colour for row in office.get(at).context["page"].object_list}
    assert shown == {
        "PAUSED": "grey", "RETURNED": "grey", "SHELVED": "grey", "BROKEN": "red", "ANSWERED": "green",
        "PARTLY": "red", "SECOND": "green", "LATE": "red", "CALLBACK": "red", "DONE": "done",
    }  # fmt: skip
    for colour in set(shown.values()):
        found = {row.number for row in office.get(at, {"light": colour}).context["page"].object_list}
        assert found == {number for number, each in shown.items() if each == colour}
    assert "按期办结" in office.get(at, {"light": "done"}).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_form", [True, False])
def test_two_who_act_at_once_leave_one_act_and_one_is_told(same_form: bool):
    """Two connections: the unit signs while the office hands the demand to another unit; or one form arrives twice."""
    tenant = factories.city()
    with tenant_scope(tenant):
        enterprise = factories.enterprise(region=factories.county())
        office = factories.actor(Role.COUNTY_STAFF, region=factories.county())
        first, second = factories.unit("市财政局"), factories.unit("市税务局")
        unit = factories.actor(Role.DEPARTMENT, unit=first)
        now = timezone.now()
        entry = DemandEntry(factories.entry("element"), "流动资金紧张")
        demand, _ = demand_enter(actor=office, enterprise=enterprise, entry=entry, submit=True, token=uuid4(), now=now)
        for action, said in ((A.ACCEPT, {N.COMPLEXITY: "ordinary"}), (A.ASSIGN, {N.LEAD: first})):
            current = Demand.objects.get()
            demand, _ = demand_act(
                actor=office, demand=current, action=action, said=said, version=current.version, token=uuid4(), now=now
            )
    sign = {"actor": unit, "action": A.SIGN, "said": {}}
    other = {"actor": office, "action": A.REASSIGN, "said": {N.LEAD: second, N.REASON: "属税务事项"}}
    token = uuid4()
    calls = [sign | {"token": token}, (sign | {"token": token}) if same_form else (other | {"token": uuid4()})]
    together, outcomes = Barrier(2), []

    def work(call: dict[str, Any]) -> None:
        try:
            with tenant_scope(tenant):
                together.wait()
                outcomes.append(demand_act(demand=demand, version=demand.version, now=now, **call)[1])
        except Exception as error:
            outcomes.append(str(error))
        finally:
            connection.close()

    workers = [Thread(target=work, args=[call]) for call in calls]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with tenant_scope(tenant):
        assert DemandEvent.objects.count() == 4
        assert Demand.objects.get().version == 4
    if same_form:
        assert sorted(outcomes) == [False, True]
    else:
        (words,) = [each for each in outcomes if each is not True]
        assert "您打开这个页面以后" in words
