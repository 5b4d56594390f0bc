"""The figures of domain.md §4 and §7: what each one counts, defined once. No database, no clock.

`reports.selectors` fetches grouped rows per source (`Rows`); everything shown anywhere (dashboard, briefing, API,
workbook, command line) is a sum or a ratio of sums over those rows, as its `Definition` here says.

=============  =========================================================================================
source         measures besides `n`; each row also carries its `region`
=============  =========================================================================================
alliances      founded by the last day
enterprises    founded by the last day: operating, covered, members, climbing, served
groups         support groups with a cadre in post on the last day, by `level`
cadres         in post on the last day
party          latest report of each organisation in the period: developed_sum, activists_sum
activities     held in the period, by `kind`, `five_joint`, `month`: heads
demands        raised in the period, by `element`, `light`: accepted, solved, settled (partly solved ones count half),
               closed, days (from raised to closed), loans (万元), talents (人), lands (亩), rated, satisfied
due            demands that fell due in the period: on_time
policies       in force by the last day
resources      published by the last day
=============  =========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .periods import Period

Row = Mapping[str, Any]
Rows = Mapping[str, list[Row]]
Number = int | Decimal


@dataclass(frozen=True)
class Place:
    """A region looked at, or everything that the reader may see (`region_ids` None)."""

    id: int | None
    name: str
    region_ids: frozenset[int] | None = field(default=None, compare=False)
    #: Lists filter by county; numbers of a smaller place have no list of their own.
    is_county: bool = field(default=False, compare=False)
    #: Left out of a table where it has no rows at all.
    is_optional: bool = field(default=False, compare=False)

    @property
    def has_lists(self) -> bool:
        return self.is_county or self.id is None


@dataclass(frozen=True)
class Link:
    """The list behind a number: a route and its filters."""

    route: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Term:
    """A sum over the rows of one source: of one measure, where some of its columns have given values."""

    source: str
    measure: str = "n"
    where: tuple[tuple[str, str], ...] = ()

    def sum(self, rows: Rows) -> Number:
        chosen = (row for row in rows[self.source] if all(row[name] == value for name, value in self.where))
        return sum((row[self.measure] or 0 for row in chosen), 0)


@dataclass(frozen=True)
class Definition:
    """One figure: `of` alone, or `of` per `per`; times `factor`, rounded half up to `places`."""

    key: str
    group: str
    label: str
    unit: str
    #: 口径, in the words that stand beside the figure.
    text: str
    of: Term
    per: Term | None = None
    factor: Decimal = Decimal(1)
    places: int = 0
    route: str = ""
    params: tuple[tuple[str, str], ...] = ()
    #: Prefix of the list's two date filters, where the list is filtered by the period too.
    dated: str = ""
    #: The same where the list is filtered up to the period's last day only.
    until: str = ""
    regional: bool = True
    #: False where the ledgers keep the present state only, so that no earlier period can be known.
    has_history: bool = True
    #: What heads its column in a narrow table; the label, if empty.
    column: str = ""

    @property
    def column_label(self) -> str:
        return self.column or self.label

    def link(self, period: Period, place: Place) -> Link | None:
        """The list of what it counts, with the same period and region."""
        if not self.route or not place.has_lists:
            return None
        params = dict(self.params)
        if self.dated:
            params |= {f"{self.dated}_from": period.start.isoformat(), f"{self.dated}_to": period.end.isoformat()}
        if self.until:
            params[f"{self.until}_to"] = period.end.isoformat()
        if self.regional and place.id is not None:
            params["region"] = str(place.id)
        return Link(self.route, tuple(params.items()))


ENTERPRISES, PARTIES, FORCES, CADRES = (
    f"enterprises:{name}" for name in ("list", "party_list", "force_list", "cadre_list")
)
ACTIVITIES, DEMANDS = "alliances:activity_list", "demands:list"
HUNDRED = Decimal(100)
ORGANISED, SERVING, ACTIVE, HANDLED, GAINED = "组织覆盖", "助企力量", "活动与服务", "诉求办理", "惠企成果"
GROUPS = (ORGANISED, SERVING, ACTIVE, HANDLED, GAINED)


def _activities(key: str, label: str, kind: str, text: str) -> Definition:
    term = Term("activities", where=(("kind", kind),))
    shown = (("group", kind), ("state", "held"))
    return Definition(key, ACTIVE, label, "场", text, term, route=ACTIVITIES, params=shown, dated="held")


def _demands(key: str, label: str, unit: str, text: str, group: str = HANDLED, **more: Any) -> Definition:
    measure = more.pop("measure", key)
    return Definition(key, group, label, unit, text, Term("demands", measure), route=DEMANDS, dated="raised", **more)


DEFINITIONS = (
    Definition(
        "alliances", ORGANISED, "产业链党建联盟", "个", "期末已成立的联盟。", Term("alliances"), route="alliances:list",
        column="联盟",
    ),
    Definition(
        "member_enterprises", ORGANISED, "联盟成员企业", "家",
        "期末在任一联盟内的企业；加入两个联盟的企业只计一次。",
        Term("enterprises", "members"), route=ENTERPRISES, params=(("member", "true"),), column="成员企业",
    ),
    Definition(
        "enterprises", ORGANISED, "名册企业", "家", "企业名册中期末已成立的非公企业。",
        Term("enterprises"), route=ENTERPRISES,
    ),
    Definition(
        "coverage_rate", ORGANISED, "组织覆盖率", "%",
        "单独组建或联合组建党组织的企业 ÷ 正常经营的名册企业。按现时名册计算。",
        Term("enterprises", "covered"), Term("enterprises", "operating"), HUNDRED, 2, PARTIES, has_history=False,
    ),
    Definition(
        "members_developed", ORGANISED, "本年发展党员", "人",
        "各党组织期内最近一次填报的本年度发展党员数之和（自当年1月1日累计）。",
        Term("party", "developed_sum"), route=PARTIES,
    ),
    Definition(
        "activists", ORGANISED, "入党积极分子", "人", "各党组织期内最近一次填报的入党积极分子数之和。",
        Term("party", "activists_sum"), route=PARTIES,
    ),
    Definition(
        "climbing_enterprises", SERVING, "助企攀登企业", "家", "名册中标为助企攀登的企业。按现时名册计算。",
        Term("enterprises", "climbing"), route=ENTERPRISES, params=(("climbing", "true"),), has_history=False,
    ),
    Definition(
        "support_groups_city", SERVING, "市级助企攀登小组", "个", "期末有干部在岗的市级小组。",
        Term("groups", where=(("level", "city"),)), route=FORCES, params=(("level", "city"),),
    ),
    Definition(
        "support_groups_county", SERVING, "县级助企攀登小组", "个", "期末有干部在岗的县级小组。",
        Term("groups", where=(("level", "county"),)), route=FORCES, params=(("level", "county"),),
    ),
    Definition("cadres", SERVING, "选派助企干部", "人", "期末在岗的助企干部。", Term("cadres"), route=CADRES),
    Definition(
        "served_rate", SERVING, "攀登企业服务覆盖率", "%",
        "有助企攀登小组服务的攀登企业 ÷ 全部攀登企业。按现时名册计算。",
        Term("enterprises", "served"), Term("enterprises", "climbing"), HUNDRED, 2,
        ENTERPRISES, (("climbing", "true"),), has_history=False,
    ),
    _activities("party_activities", "党建活动", "party", "期内举办、类型归入党建活动的场次（主题党日、微党课等）。"),
    _activities("recruitment_events", "用工招聘", "recruitment", "期内举办的用工招聘场次。"),
    _activities("finance_events", "融资洽谈", "finance", "期内举办的融资洽谈场次。"),
    _activities("research_events", "产学研对接", "research", "期内举办的产学研对接场次。"),
    _demands("demands", "收集诉求", "件", "期内企业提出的诉求。", measure="n"),
    _demands(
        "demands_solved", "已解决", "件", "期内提出的诉求中，办理结果为“已解决”的。",
        measure="solved", params=(("result", "solved"),),
    ),
    _demands(
        "resolution_rate", "解决率", "%", "已解决 ÷ 收集。", measure="solved", params=(("result", "solved"),),
        per=Term("demands"), factor=HUNDRED, places=2,
    ),
    _demands(
        "settled_rate", "化解率", "%", "（已解决 + 部分解决的一半）÷（已受理 − 企业撤回）。", measure="settled",
        per=Term("demands", "accepted"), factor=HUNDRED, places=2,
    ),
    Definition(
        "on_time_rate", HANDLED, "按时办结率", "%", "期内到期的诉求中，在办理时限当天或之前办结的 ÷ 期内到期的诉求。",
        Term("due", "on_time"), Term("due"), HUNDRED, 2, DEMANDS, dated="due",
    ),
    _demands(
        "satisfaction_rate", "满意率", "%", "评价为非常满意、满意、基本满意的 ÷ 企业实际评价的；默认评价不计。",
        measure="satisfied", per=Term("demands", "rated"), factor=HUNDRED, places=2,
    ),
    _demands(
        "rating_rate", "参评率", "%", "企业实际评价的 ÷ 已办结的。", measure="rated",
        per=Term("demands", "closed"), factor=HUNDRED, places=2,
    ),
    _demands(
        "average_days", "平均办理天数", "天", "期内提出且已办结的诉求，从提出到办结的自然日数的平均。", measure="days",
        per=Term("demands", "closed"), places=1,
    ),
    _demands(
        "loans_wan_yuan", "发放贷款", "万元", "期内提出的诉求促成的贷款。", GAINED,
        measure="loans", params=(("outcome", "loan"),),
    ),
    _demands(
        "loans_yi_yuan", "发放贷款（折合）", "亿元", "发放贷款（万元）÷ 10000。", GAINED,
        measure="loans", params=(("outcome", "loan"),), factor=Decimal("0.0001"), places=2,
    ),
    _demands(
        "talent_introduced", "引进人才用工", "人", "期内提出的诉求促成引进的人才和用工。", GAINED,
        measure="talents", params=(("outcome", "talent"),), column="引才用工",
    ),
    _demands(
        "land_mu", "解决用地", "亩", "期内提出的诉求促成解决的用地。", GAINED,
        measure="lands", params=(("outcome", "land"),),
    ),
    Definition(
        "policies", GAINED, "政策清单", "条", "政策清单中期末已施行的政策，不分区域。",
        Term("policies"), route="policies:list", until="effective", regional=False,
    ),
    Definition(
        "resources", GAINED, "共享资源", "项", "资源清单中期末已发布的共享资源。",
        Term("resources"), route="demands:resource_list", until="published",
    ),
)  # fmt: skip
BY_KEY = {definition.key: definition for definition in DEFINITIONS}
#: Shown once as 亿元 in the briefing and the totals, not as a card of its own beside 万元.
WITHOUT_CARD = frozenset({"loans_yi_yuan"})
#: The results that a report to the office above names, in its order.
TOTALS = (
    "alliances", "member_enterprises", "enterprises", "climbing_enterprises", "support_groups", "cadres",
    "party_activities", "recruitment_events", "finance_events", "research_events", "members_developed", "activists",
    "demands", "demands_solved", "resolution_rate", "loans_wan_yuan", "loans_yi_yuan", "talent_introduced", "land_mu",
    "policies", "resources",
)  # fmt: skip
#: The columns of the table by county.
BY_COUNTY = (
    "alliances", "member_enterprises", "party_activities", "demands", "demands_solved", "resolution_rate",
    "loans_wan_yuan", "talent_introduced", "land_mu",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A figure's value in one period and region, beside that of the period before."""

    key: str
    value: Number | None
    numerator: Number | None = None
    denominator: Number | None = None
    #: None: the period before has no data.
    previous: Number | None = None
    link: Link | None = field(default=None, compare=False)

    @property
    def definition(self) -> Definition:
        return BY_KEY[self.key]

    @property
    def label(self) -> str:
        return self.definition.label

    @property
    def unit(self) -> str:
        return self.definition.unit

    @property
    def shown(self) -> str:
        """`1,162`, `82.87`; a dash where there is nothing to divide by."""
        return shown(self.value, self.definition.places)

    @property
    def change(self) -> str:
        """The change in words and with its sign: `比上期增加 12（+3.5%）`, `比上期降低 1.20 个百分点`."""
        if self.previous is None or self.value is None:
            return "上期无数据"
        difference, places = self.value - self.previous, self.definition.places
        if not difference:
            return "与上期持平"
        size = shown(abs(Decimal(difference)), places)
        sign = "+" if difference > 0 else "−"
        if self.unit == "%":
            return f"比上期{'提高' if difference > 0 else '降低'} {size} 个百分点（{sign}）"
        share = f"{sign}{shown(percent(abs(Decimal(difference)), self.previous, 1), 1)}%" if self.previous else sign
        return f"比上期{'增加' if difference > 0 else '减少'} {size}（{share}）"


@dataclass(frozen=True)
class Figures:
    """All figures of a period and region, by key."""

    items: tuple[Figure, ...]

    def __getitem__(self, key: str) -> Figure:
        for figure in self.items:
            if figure.key == key:
                return figure
        raise KeyError(key)

    def __iter__(self) -> Iterable[Figure]:
        return iter(self.items)

    def of(self, *keys: str) -> list[Figure]:
        return [self[key] for key in keys]

    @property
    def groups(self) -> list[tuple[str, list[Figure]]]:
        """The cards of the dashboard under their headings."""
        cards = [figure for figure in self.items if figure.key not in WITHOUT_CARD]
        return [(group, [card for card in cards if card.definition.group == group]) for group in GROUPS]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all happened in the period."""
        return not any(self[key].value for key in ("demands", "party_activities", "members_developed", "cadres"))

    def totals(self) -> dict[str, Any]:
        """The results of domain.md §7 as plain numbers, under the keys of `data/jining/expected.json`."""
        groups = {
            "市级": plain(self["support_groups_city"].value),
            "县级": plain(self["support_groups_county"].value),
        }
        return {key: groups if key == "support_groups" else plain(self[key].value) for key in TOTALS}


def percent(numerator: Number, denominator: Number, places: int = 2) -> Decimal:
    """A share in percent, rounded half up."""
    return _rounded(Decimal(numerator) * 100 / Decimal(denominator), places)


def shown(value: Number | None, places: int) -> str:
    """A number for reading: thousands separated, `places` decimals for rates; amounts keep what they have."""
    if value is None:
        return "—"
    if places:
        return f"{value:,.{places}f}"
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def compute(definition: Definition, rows: Rows) -> tuple[Number | None, Number | None, Number | None]:
    """(value, numerator, denominator) of one figure over `rows`; a ratio of nothing is None."""
    numerator = definition.of.sum(rows)
    if definition.per is None:
        if definition.factor == 1 and not definition.places:
            return numerator, None, None
        return _rounded(numerator * definition.factor, definition.places), None, None
    denominator = definition.per.sum(rows)
    if not denominator:
        return None, numerator, denominator
    return _rounded(numerator * definition.factor / Decimal(denominator), definition.places), numerator, denominator


def figures(rows: Rows, before: Rows | None, period: Period, place: Place, keys: Iterable[str] = ()) -> Figures:
    """The figures of `rows`, compared with the rows of the period before."""
    chosen = [BY_KEY[key] for key in keys] or DEFINITIONS
    out = []
    for definition in chosen:
        value, numerator, denominator = compute(definition, rows)
        previous = None
        if before is not None and definition.has_history and any(row["n"] for row in before[definition.of.source]):
            previous = compute(definition, before)[0]
        out.append(Figure(definition.key, value, numerator, denominator, previous, definition.link(period, place)))
    return Figures(tuple(out))


def _rounded(value: Number, places: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def plain(value: Number | None) -> int | float | None:
    """For JSON: whole numbers as int, others as the nearest float, which prints with the same few decimals."""
    if value is None or isinstance(value, int):
        return value
    return int(value) if value == value.to_integral_value() else float(value)
