"""Demands of the last days in the sample city, one in each state of their course. May run again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.timezone import localdate

from alliances.models import Alliance
from demands.clocks import EXTENDED_MOST
from demands.models import Demand
from demands.services import DemandEntry, demand_act, demand_enter
from demands.workflow import Action, Need
from enterprises.models import Enterprise
from tenants.models import DictionaryEntry, Unit
from tenants.permissions import Actor
from tenants.selectors.calendar import calendar_current

A, N = Action, Need
OFFICE, UNIT, ASKER = "office", "unit", "asker"
#: (who, action, what is said)
Step = tuple[str, Action, dict[Need, Any]]


@dataclass(frozen=True)
class Cast:
    """Who plays: the administrator, the office, the department in charge, the enterprise."""

    admin: Actor
    office: Actor
    unit: Actor
    asker: Actor
    enterprise: Enterprise
    lead: Unit
    helper: Unit


@dataclass(frozen=True)
class Story:
    """A demand, how many days ago it came, and what was done since, a step an hour unless it says otherwise."""

    element: str
    content: str
    days_ago: int
    steps: list[Step] = field(default_factory=list)
    is_draft: bool = False


def demands_ensure(admin: Actor, office: Actor, unit: Actor, asker: Actor, alliance: Alliance, now: datetime) -> None:
    """Tell the stories of the alliance's first member. Each step has a form of its own: run again, nothing is new."""
    (unit_id,) = unit.unit_ids
    lead = Unit.objects.get(pk=unit_id)
    helper = Unit.objects.filter(is_active=True, kind=lead.kind).exclude(pk=unit_id).order_by("pk").first() or lead
    member = alliance.memberships.filter(left_on__isnull=True).order_by("id")[0].enterprise
    people = Cast(admin, office, unit, asker, member, lead, helper)
    main = None
    for story in _stories(people, now):
        told = _tell(people, story, now, main)
        main = main or (told if story.content.startswith("新厂区") else None)


def _tell(people: Cast, story: Story, now: datetime, main: Demand | None) -> Demand:
    came_at = now - timedelta(days=story.days_ago)
    element = DictionaryEntry.objects.filter(kind=DictionaryEntry.Kind.ELEMENT, label__contains=story.element).first()
    demand, _ = demand_enter(
        actor=people.admin if story.is_draft else people.asker,
        enterprise=people.enterprise,
        entry=DemandEntry(element or DictionaryEntry.objects.filter(kind="element")[0], story.content),
        submit=not story.is_draft,
        token=_form(story, "enter"),
        now=came_at,
    )
    for number, (who, action, said) in enumerate(story.steps):
        current = Demand.objects.get(pk=demand.pk)
        if said.get(N.INTO):
            said = said | {N.INTO: main.number if main else ""}
        demand, _ = demand_act(
            actor=getattr(people, who),
            demand=current,
            action=action,
            said=said,
            version=current.version,
            token=_form(story, str(number)),
            now=min(now, came_at + timedelta(minutes=20 * (number + 1))),
        )
    return demand


def _form(story: Story, step: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"sample:{story.content}:{step}")


def _stories(people: Cast, now: datetime) -> list[Story]:
    accept: Step = (OFFICE, A.ACCEPT, {N.COMPLEXITY: "ordinary"})
    accept_hard: Step = (OFFICE, A.ACCEPT, {N.COMPLEXITY: "complex"})
    assign: Step = (OFFICE, A.ASSIGN, {N.LEAD: people.lead, N.TEXT: "请主动联系企业，办结后答复。"})
    together: Step = (
        OFFICE,
        A.ASSIGN,
        {N.LEAD: people.lead, N.ASSISTING: [people.helper], N.TEXT: "涉及两个部门，请主办单位牵头会商。"},
    )
    sign: Step = (UNIT, A.SIGN, {})
    explained: Step = (UNIT, A.ANSWER, {N.RESULT: "explained", N.TEXT: "现行政策只支持首次购置，已逐条说明依据。"})
    later = calendar_current().add_working_days(localdate(now), EXTENDED_MOST - 8)
    promised = localdate(now) + timedelta(days=150)
    return [
        Story("人才", "希望与技工院校合作，定向培养数控操作工 30 名", 0),
        Story("金融", "订单增加，需要流动资金贷款 800 万元，抵押物不足", 0, [accept]),
        Story("土地", "仓库租期将满，希望在园区内协调标准厂房 2000 平方米", 1, [accept, together]),
        Story(
            "政策", "研发费用加计扣除的口径不清楚，希望上门辅导", 1,
            [accept, assign, (UNIT, A.OBJECT, {N.REASON: "涉税事项由税务部门负责，建议改派。"})],
        ),
        Story(
            "能源", "新厂区用电需要增容，变压器容量由 800 千伏安增至 1600 千伏安", 4,
            [
                accept_hard, together, sign,
                (UNIT, A.REPLY, {N.TEXT: "已与企业电工班现场核对负荷，正在做增容方案。"}),
                (UNIT, A.EXTEND, {N.NEW_DUE_ON: later, N.REASON: "增容方案要经评审，线路要另行招标。"}),
                (OFFICE, A.SUPERVISE, {N.REASON: "重点项目用电，每周报告一次进展。"}),
                (OFFICE, A.URGE, {N.TEXT: "企业计划下月投产，请加快方案评审。"}),
            ],
        ),
        Story(
            "能源", "新上一条产线，希望把用电容量提高一倍", 3,
            [accept, (OFFICE, A.MERGE, {N.INTO: "?", N.REASON: "与新厂区增容是同一件事，一并办理。"})],
        ),
        Story(
            "生态环境", "环评批复迟迟没有下来，影响设备安装", 3,
            [accept, assign, sign, (UNIT, A.PAUSE, {N.REASON: "请企业补交项目总平面图和噪声预测。"})],
        ),
        Story(
            "土地", "二期扩建需要工业用地 30 亩", 6,
            [
                accept_hard, assign, sign,
                (UNIT, A.SHELVE, {N.PROMISED_ON: promised, N.TEXT: "本年度指标已用完，列入明年第一批供地计划。"}),
            ],
        ),
        Story("金融", "设备更新贷款希望享受贴息", 2, [accept, assign, sign, explained]),
        Story(
            "政策", "购置二手数控机床，希望纳入技改补助", 5,
            [accept, assign, sign, explained, (ASKER, A.RATE, {N.RATING: 2, N.TEXT: "没有说清不符合哪一条。"})],
        ),
        Story(
            "政策", "外地引进的工程师希望办理人才落户和子女入学", 6,
            [
                accept, assign, sign, explained, (ASKER, A.RATE, {N.RATING: 2, N.TEXT: "入学问题没有答复。"}),
                (OFFICE, A.CALL_BACK, {N.AGAIN: True, N.TEXT: "企业要求教育部门给出入学安排。"}),
            ],
        ),
        Story(
            "人才", "缺人", 2,
            [(OFFICE, A.RETURN, {N.REASON: "请写明工种、人数、到岗时间和待遇。"})],
        ),
        Story(
            "政策", "与外地客户的货款纠纷，希望政府出面追讨", 2,
            [(OFFICE, A.REFUSE, {N.REASON: "属于合同纠纷，应依法诉讼。", N.RESPONSIBLE: "有管辖权的人民法院"})],
        ),
        Story("人才", "来电反映：食堂、宿舍不足，招来的工人留不住", 0, is_draft=True),
    ]  # fmt: skip
