"""The briefing's sentences, written from an overview's figures alone. Pure: the same figures give the same words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .charts import Chart, PlaceFigures
from .figures import Figure, percent, shown
from .overview import Overview, TypicalCase
from .periods import cn_date

#: How many elements or regions a sentence names.
NAMED = 3


@dataclass(frozen=True)
class Block:
    """A paragraph, or the place of a chart (by its id) or of the table by region."""

    text: str = ""
    chart: str = ""
    is_table: bool = False


@dataclass(frozen=True)
class Section:
    """A numbered section of the briefing."""

    heading: str
    blocks: tuple[Block, ...] = ()
    cases: tuple[TypicalCase, ...] = ()


def title(overview: Overview) -> str:
    """`2026年第三季度济宁市产业链党建工作情况`."""
    return f"{overview.period.label}{overview.place.name}产业链党建工作情况"


def editors_note(overview: Overview) -> str:
    """The 按语 that stands unless the office writes its own."""
    return f"现将{overview.place.name}{overview.period.label}产业链党建工作主要数据和办理情况予以刊发，供工作中参阅。"


def sections(overview: Overview) -> tuple[Section, ...]:
    """The body of the briefing; sections without anything to say are left out."""
    found = [
        Section("总体情况", _overall(overview)),
        Section("诉求办理", _demands(overview)),
        Section("活动与服务", _activities(overview)),
        Section("助企力量", _forces(overview)),
        Section("典型案例", cases=overview.cases),
    ]
    return tuple(section for section in found if section.blocks or section.cases)


def demand_case(
    *,
    enterprise: str,
    alliance: str,
    content: str,
    unit: str,
    raised_on: date,
    closed_on: date,
    gains: str,
    rating: str,
) -> TypicalCase:
    """A solved demand told in its own facts."""
    member = f"（{alliance}成员企业）" if alliance else ""
    handled = f"由{unit}负责办理，" if unit else ""
    rated = f"，企业评价为“{rating}”" if rating else ""
    return TypicalCase(
        f"为{enterprise}{gains}",
        f"{_month_day(raised_on)}，该企业{member}提出“{content.rstrip('。')}”，{handled}"
        f"{_month_day(closed_on)}办结，用时{(closed_on - raised_on).days}天{rated}。",
    )


def activity_case(*, alliance: str, topic: str, held_on: date, heads: int | None, outcome: str) -> TypicalCase:
    """An activity told in its own facts."""
    people = f"{heads:,}人参加，" if heads else ""
    return TypicalCase(topic, f"{_month_day(held_on)}由{alliance}举办，{people}{outcome.rstrip('。')}。")


def _overall(overview: Overview) -> tuple[Block, ...]:
    figures = overview.figures
    standing = (
        f"截至{cn_date(overview.period.end)}，{overview.place.name}共建立产业链党建联盟{_n(figures['alliances'])}，"
        f"联盟成员企业{_n(figures['member_enterprises'])}；企业名册在册企业{_n(figures['enterprises'])}，"
        f"组织覆盖率{_rate(figures['coverage_rate'])}。"
    )
    if figures["members_developed"].value or figures["activists"].value:
        standing += (
            f"据各党组织期内最近一次填报，本年度发展党员{_n(figures['members_developed'])}，"
            f"入党积极分子{_n(figures['activists'])}。"
        )
    done = (
        f"期内开展党建活动{_n(figures['party_activities'])}{_trend(figures['party_activities'])}；"
        f"收集企业诉求{_n(figures['demands'])}{_trend(figures['demands'])}，"
        f"已解决{_n(figures['demands_solved'])}，解决率{_rate(figures['resolution_rate'])}。"
        f"通过办理诉求，促成发放贷款{_n(figures['loans_yi_yuan'])}，"
        f"引进人才用工{_n(figures['talent_introduced'])}，解决用地{_n(figures['land_mu'])}。"
    )
    return Block(standing), Block(done)


def _demands(overview: Overview) -> tuple[Block, ...]:
    figures = overview.figures
    if not figures["demands"].value:
        return (Block("期内没有收集到企业诉求。"),)
    chart = overview.chart("demand-lights")
    totals = [(name, sum(series.data[index] for series in chart.series)) for index, name in enumerate(chart.categories)]
    by_element = "、".join(f"{name}{count:,}件" for name, count in _largest(totals))
    handling = (
        f"期内共收集诉求{_n(figures['demands'])}，从要素类别看，居前的是{by_element}。"
        f"期内到期的诉求按时办结率{_rate(figures['on_time_rate'])}，"
        f"已办结诉求平均办理{_n(figures['average_days'])}；"
        f"企业评价满意率{_rate(figures['satisfaction_rate'])}，参评率{_rate(figures['rating_rate'])}。"
    )
    return (
        Block(handling),
        Block(_overdue(chart, overview.as_of)),
        Block(_by_region(overview.parts)),
        Block(is_table=True),
        Block(chart="demand-lights"),
        Block(chart="demands-by-place"),
    )


def _by_region(parts: Iterable[PlaceFigures]) -> str:
    rated = [
        (part.place.name, figure) for part in parts if (figure := part.figures["resolution_rate"]).value is not None
    ]
    if len(rated) <= NAMED:
        return ""
    total = sum(figure.denominator or 0 for _, figure in rated)
    average = percent(sum(figure.numerator or 0 for _, figure in rated), total)
    best = sorted(rated, key=lambda pair: pair[1].value or Decimal(0), reverse=True)[:NAMED]
    below = [name for name, figure in rated if (figure.value or Decimal(0)) < average]
    names = "、".join(f"{name}（{figure.shown}%）" for name, figure in best)
    words = f"从区域看，解决率居前的是{names}"
    return words + (f"；低于总体水平（{average}%）的有{'、'.join(below)}。" if below else "。")


def _overdue(chart: Chart, as_of: date) -> str:
    tones = {series.tone: series for series in chart.series}
    red, amber = tones["red"], tones["amber"]
    late, soon = sum(red.data), sum(amber.data)
    if not late and not soon:
        return f"截至{cn_date(as_of)}，期内提出的诉求没有超期和临近时限的。"
    named = "、".join(f"{name}{count:,}件" for name, count in _largest(zip(chart.categories, red.data, strict=True)))
    words = f"截至{cn_date(as_of)}，期内提出的诉求尚有{late:,}件超过办理时限未办结"
    words += f"，主要是{named}" if named else ""
    return words + (f"；另有{soon:,}件临近时限。" if soon else "。")


def _activities(overview: Overview) -> tuple[Block, ...]:
    kinds = overview.figures.of("party_activities", "recruitment_events", "finance_events", "research_events")
    total = sum(figure.value or 0 for figure in kinds)
    if not total:
        return ()
    chart = overview.chart("activities-by-month")
    joint = "、".join(f"{series.name}{sum(series.data):,}场" for series in chart.series if any(series.data))
    listed = "、".join(f"{figure.label}{_n(figure)}" for figure in kinds)
    text = f"期内各联盟共举办活动{total:,}场，其中{listed}。按“五共”划分，{joint}。"
    return Block(text), Block(chart="activities-by-month")


def _forces(overview: Overview) -> tuple[Block, ...]:
    figures = overview.figures
    if not figures["cadres"].value:
        return ()
    text = (
        f"全部助企攀登企业{_n(figures['climbing_enterprises'])}，由市级助企攀登小组"
        f"{_n(figures['support_groups_city'])}、县级助企攀登小组{_n(figures['support_groups_county'])}联系服务，"
        f"期末在岗助企干部{_n(figures['cadres'])}，服务覆盖率{_rate(figures['served_rate'])}。"
    )
    return Block(text), Block(chart="coverage")


def _n(figure: Figure) -> str:
    return f"{figure.shown}{figure.unit}"


def _rate(figure: Figure) -> str:
    if figure.value is None:
        return "无从计算（没有可计的事项）"
    return f"{figure.shown}%（{shown(figure.numerator, 0)}/{shown(figure.denominator, 0)}）"


def _trend(figure: Figure) -> str:
    if figure.previous is None or figure.value is None:
        return ""
    difference = figure.value - figure.previous
    if not difference:
        return "，与上期持平"
    size = shown(abs(Decimal(difference)), figure.definition.places)
    return f"，比上期{'增加' if difference > 0 else '减少'}{size}{figure.unit}"


def _largest(pairs: Iterable[tuple[str, int | Decimal]]) -> list[tuple[str, int | Decimal]]:
    return sorted((pair for pair in pairs if pair[1]), key=lambda pair: pair[1], reverse=True)[:NAMED]


def _month_day(day: date) -> str:
    return f"{day.month}月{day.day}日"
