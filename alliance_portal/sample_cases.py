"""Brand projects and typical cases of the sample city, in every state. Every step may run again."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from alliances.cases import PUBLISHED
from alliances.models import Alliance, BrandProject, TypicalCase
from alliances.selectors.cases import cases_to_compile, step_list
from alliances.services.brands import BrandEntry, brand_create, brand_progress
from alliances.services.case_reviews import case_approve, case_return
from alliances.services.cases import CaseEntry, case_create, case_submit, photos_add
from enterprises.models import Enterprise
from reports.models import CaseBooklet
from reports.services.booklets import booklet_collect, booklet_issue
from tenants.permissions import Actor

Kind, State, Stage = BrandProject.Kind, BrandProject.State, TypicalCase.State
#: One form for each row: made once, whatever happens.
FORM = 53_000
#: (years from now, kind, name, goal, state, result)
BRANDS = (
    (-1, Kind.BRAND, "红链先锋", "组建党员突击队，攻关三项共性工艺。", State.DONE, "攻关三项工艺，节约约 420 万元。"),
    (-1, Kind.DEMONSTRATION, "链上夜校", "每周开一次技能夜校。", State.STOPPED, "承办企业搬迁，并入“红链先锋”。"),
    (0, Kind.DEMONSTRATION, "党员攻关示范岗", "在五家成员企业设示范岗，带徒二十名。", State.RUNNING, ""),
    (0, Kind.BRAND, "红帆助链服务站", "在园区设服务站，政策、用工、融资一站受理。", State.PLANNED, ""),
)


#: How many cases the sample's booklet has.
COMPILED = 2
PREFACE = (
    "各产业链党建联盟围绕组织共建、事务共商、资源共享、发展共促、品牌共创，摸索出一批管用的做法。\n"
    "现选编成册，供各联盟互相学习。"
)


@dataclass(frozen=True)
class Story:
    """A case of the sample: its text, and how far it has come."""

    title: str
    background: str
    practice: str
    effect: str
    insight: str
    state: str


STORIES = (
    Story(
        "链上融资计",
        "联盟成员多为配套企业，账期长、抵押物少，单家找银行难。",
        "联盟党组织牵头摸底，二十三家成员企业把订单、开票、用工情况一次说清。\n"
        "银行党支部与链主党委结对，以链主订单为依据授信，不另要抵押。\n"
        "秘书处每月核对一次放款进度，没放下去的逐笔问原因。",
        "半年授信 1.2 亿元，放款 8600 万元，平均利率下降 0.6 个百分点；没有新增逾期。",
        "先把家底摸清，再请银行上门；以订单作依据，链主出面一次，胜过配套企业各跑十次。",
        Stage.ACCEPTED,
    ),
    Story(
        "共享用工计",
        "食品、纺织两条链淡旺季错开，一边招不到人，一边留不住人。",
        "理事会决定建共享用工台账，成员企业报忙闲时段和可调剂人数。\n"
        "联盟统一用工协议文本，工资、保险由借用单位承担，工会全程监督。",
        "全年调剂 312 人次，成员企业少付停工工资约 190 万元，稳住熟练工 140 人。",
        "调剂的是人，守住的是权益：协议文本先过工会，工人愿意，企业才敢借。",
        Stage.ACCEPTED,
    ),
    Story(
        "抱团采购计",
        "同一种钢材，七家企业七个价，小单议不下来。",
        "联盟收集季度需求，由链主一并询价，成员按量分摊。\n价格和用量在联盟内公开，互相监督。",
        "三个季度采购 1.1 万吨，均价低 3.2%，节约约 260 万元。",
        "公开是抱团的前提：价格、用量摆在桌面上，才没有人吃亏。",
        Stage.ACCEPTED,
    ),
    Story("政策上门计", "政策多。", "指导员带着清单逐家讲。", "兑现奖补 41 家。", "讲给办事的人听。", Stage.FORWARDED),
    Story("技能比武计", "熟练工少。", "三家企业轮流承办比武。", "评出能手二十名。", "以赛促学。", Stage.SUBMITTED),
    Story("党员带徒计", "新工人上手慢。", "党员师傅一带二。", "带徒效果明显。", "师傅要给足时间。", Stage.RETURNED),
    Story("链上法务计", "合同纠纷多。", "律师党员每周坐班。", "", "", Stage.DRAFT),
)  # fmt: skip


def brands_ensure(writer: Actor, alliance: Alliance, today: date) -> None:
    """Two projects a year of the main alliance: last year's ended, this year's under way."""
    members = _members(alliance)
    for number, (years, kind, name, goal, state, result) in enumerate(BRANDS):
        year = today.year + years
        if year < alliance.founded_on.year:
            continue
        entry = BrandEntry(year, kind, name, goal, date(year, 11, 30), enterprise=members[number % len(members)])
        token = UUID(int=FORM + number)
        brand = brand_create(actor=writer, alliance=alliance, entry=entry, token=token, today=today)
        notes = [(State.RUNNING, "方案经理事会通过，已开始实施。", "")] if state != State.PLANNED else []
        if result:
            notes.append((state, "按年度安排收尾。", result))
        for at, (after, text, outcome) in enumerate(notes):
            brand_progress(
                actor=writer,
                brand=brand,
                noted_on=min(date(year, 3 + 6 * at, 15), today),
                text=text,
                state=after,
                result=outcome,
                token=UUID(int=FORM + 100 + 10 * number + at),
                today=today,
            )


def cases_ensure(
    writer: Actor, county: Actor, city: Actor, alliance: Alliance, reviewed_here: Alliance, now: datetime
) -> None:
    """Cases of the main alliance in every state; the one that waits for its county is of `reviewed_here`, an alliance
    of the county with an account."""
    for number, story in enumerate(STORIES):
        of = reviewed_here if story.state == Stage.SUBMITTED else alliance
        at = now - timedelta(days=30 - number)
        entry = CaseEntry(
            story.title,
            story.background,
            story.practice,
            story.effect,
            story.insight,
            _members(of)[number : number + 2],
        )
        author = writer if of == alliance else city
        token = UUID(int=FORM + 200 + number)
        case = case_create(actor=author, alliance=of, entry=entry, token=token, now=at)
        if case.state != Stage.DRAFT or story.state == Stage.DRAFT:
            continue
        if story.state in PUBLISHED:
            photos_add(actor=author, case=case, uploads=[_photo(number)], caption=f"{story.title}现场（示意图）")
        _bring(case_submit(actor=author, case=case, now=at), story.state, county, city, at)


def booklet_ensure(city: Actor, now: datetime) -> None:
    """One issued booklet of the cases that were accepted first; the others wait to be chosen."""
    ready = cases_to_compile(actor=city).order_by("pk")[:COMPILED]
    ids = [case.pk for case in ready]
    if len(ids) == COMPILED and not CaseBooklet.objects.exists():
        collected = booklet_collect(actor=city, case_ids=ids, preface=PREFACE, now=now)
        booklet_issue(actor=city, case_ids=ids, collected=collected, now=now)


def _bring(case: TypicalCase, to: str, county: Actor, city: Actor, now: datetime) -> None:
    """Let the reviewers bring a submitted case as far as the sample wants it."""
    if to == Stage.SUBMITTED:
        return
    if case.state == Stage.SUBMITTED:
        case = case_approve(actor=county, case=case, seen=len(step_list(case)), now=now)
    if to == Stage.RETURNED:
        reason = "成效要有数字：带了几名、几个月能独立上岗、留下多少人。"
        case_return(actor=city, case=case, reason=reason, seen=len(step_list(case)), now=now)
    if to == Stage.ACCEPTED:
        case_approve(actor=city, case=case, seen=len(step_list(case)), now=now)


def _members(alliance: Alliance) -> Sequence[Enterprise]:
    members = alliance.memberships.filter(left_on__isnull=True).select_related("enterprise").order_by("pk")
    return [each.enterprise for each in members[:10]]


def _photo(number: int) -> SimpleUploadedFile:
    """A drawn picture in the place of a photo: a hall, people at a table. No real person is shown."""
    picture = Image.new("RGB", (1200, 800), ("#dfe6ee", "#e9e4da", "#e2ebe2")[number % 3])
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 560, 1200, 800), fill="#b9a58a")
    draw.rectangle((120, 80, 1080, 330), fill="#ffffff", outline="#8a97a6", width=6)
    draw.rectangle((150, 540, 1050, 600), fill="#7a5c3e")
    for seat in range(6):
        x = 200 + seat * 150
        draw.ellipse((x, 400, x + 80, 480), fill="#c98f6b")
        draw.rectangle((x - 15, 480, x + 95, 545), fill=("#b3312b", "#35506e")[seat % 2])
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return SimpleUploadedFile(f"现场{number + 1}.jpg", out.getvalue(), content_type="image/jpeg")
