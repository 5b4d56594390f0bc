"""The eight ledgers of the sample city, declared as the apps declare theirs, and a register held in memory."""

from collections.abc import Collection, Mapping
from typing import Any

from ledgers.kinds import (
    Amount,
    Bool,
    Choice,
    CreditCode,
    Date,
    Integer,
    Lookup,
    MultiLookup,
    MultiText,
    Name,
    Options,
    Phone,
    Text,
)
from ledgers.sheet import Column, Sheet, needed_when, not_before

ELEMENTS = ("人才", "政策支持", "金融", "基金", "土地", "生态环境", "能源")
SIZES = ("链主", "规上", "中小微")
REGIONS = (
    "任城区",
    "兖州区",
    "微山县",
    "鱼台县",
    "金乡县",
    "嘉祥县",
    "汶上县",
    "泗水县",
    "梁山县",
    "曲阜市",
    "邹城市",
    "高新区",
    "太白湖新区",
    "经开区",
)

ENTERPRISE = Lookup("enterprise", missing="企业不在名册")
ALLIANCE = Lookup("alliance", missing="联盟不在名册")
REGION = Lookup("region", missing="县（市、区）不存在")

alliances = Sheet(
    key="alliances",
    title="联盟名册",
    filename="联盟名册.xlsx",
    natural_key=("name", "initiator"),
    columns=(
        Column("name", "联盟名称", Name(), required=True, example="鱼台县盐化工产业链党建联盟"),
        Column("cluster", "产业集群", Name(), required=True, example="高端化工"),
        Column("region", "县（市、区）", REGION, required=True, aliases=("县市区",), example="鱼台县"),
        Column("leading_department", "牵头部门", Name(), example="工业和信息化局"),
        Column("chairman", "理事长", Name(), personal=True),
        Column("secretary_general", "秘书长", Name(), personal=True),
        Column("instructor", "联盟指导员", Name(), personal=True),
        Column("initiator", "发起单位", ENTERPRISE, required=True),
        Column("founded_on", "成立日期", Date(reported=True), required=True, example="2021-01-01"),
        Column("has_charter", "章程", Bool()),
    ),
)

enterprises = Sheet(
    key="enterprises",
    title="企业名册",
    filename="企业名册.xlsx",
    natural_key=("credit_code",),
    columns=(
        Column("alliance", "所属联盟", ALLIANCE, help="没有加入联盟的企业留空"),
        Column("name", "企业名称", Name(), required=True, example="鱼台嘉通燃料化工有限公司"),
        Column("credit_code", "统一社会信用代码", CreditCode(), required=True, example="91370827MAYFG6PG5F"),
        Column("region", "县（市、区）", REGION, required=True),
        Column("park", "所在园区", Name()),
        Column("segment", "产业链环节", Name()),
        Column("position", "上中下游", Choice(("上游", "中游", "下游"))),
        Column("size", "企业类型", Choice(SIZES)),
        Column("staff", "从业人数", Integer(), example="723"),
        Column("revenue", "年营业收入（万元）", Amount("万元", places=2)),
        Column("research_share", "研发占比（%）", Amount("%", places=2, maximum=100)),
        Column("honours", "资质荣誉", MultiText()),
        Column("founded_on", "成立日期", Date(reported=True)),
        Column("is_climbing", "助企攀登企业", Bool()),
        Column("contact", "联系人", Name(), personal=True),
        Column("phone", "联系电话", Phone(), personal=True),
    ),
)

party_organisations = Sheet(
    key="party_organisations",
    title="党组织台账",
    filename="党组织台账.xlsx",
    natural_key=("enterprise",),
    columns=(
        Column("enterprise", "企业名称", ENTERPRISE, required=True),
        Column("name", "党组织名称", Name(), required=True),
        Column("kind", "类型", Choice(("党委", "党总支", "党支部")), required=True),
        Column("secretary", "书记", Name(), personal=True),
        Column("post", "行政职务", Name()),
        Column("is_manager", "中层及以上", Bool()),
        Column("members", "党员数", Integer()),
        Column("developed", "本年度发展党员数", Integer()),
        Column("activists", "入党积极分子数", Integer()),
        Column("applicants", "递交入党申请书数", Integer()),
        Column("is_paired", "结对共建", Bool()),
        Column("worker", "专职党务工作者", Name(), personal=True),
        Column("is_certified", "资格认证", Bool(yes="持证", no="未持证")),
    ),
)

demands = Sheet(
    key="demands",
    title="诉求台账",
    filename="诉求台账.xlsx",
    natural_key=("raised_on", "enterprise", "element", "content"),
    repeats_allowed=True,
    columns=(
        Column("raised_on", "提出日期", Date(reported=True), required=True),
        Column("enterprise", "企业名称", ENTERPRISE, required=True),
        Column("element", "诉求类别", Choice(dictionary="element", missing="类别不在字典"), required=True),
        Column("content", "诉求内容", Text(), required=True),
        Column("unit", "责任单位", Name()),
        Column("accepted_on", "受理日期", Date(reported=True)),
        Column("due_on", "办理时限", Date()),
        Column("state", "办理状态", Choice(("待交办", "办理中", "已解决")), required=True),
        Column("closed_on", "办结日期", Date(reported=True)),
        Column("loan", "发放贷款（万元）", Amount("万元"), group="解决成效"),
        Column("staff", "引进人才用工（人）", Integer(), group="解决成效"),
        Column("land", "解决用地（亩）", Amount("亩"), group="解决成效"),
        Column("rating", "企业评价", Choice(("非常满意", "满意", "基本满意", "不满意", "非常不满意"))),
    ),
    checks=(
        not_before("accepted_on", "raised_on", "受理日期早于提出日期"),
        not_before("closed_on", "raised_on", "办结日期早于提出日期"),
        needed_when("closed_on", "state", "已解决", "已解决但缺办结日期"),
    ),
)

activities = Sheet(
    key="activities",
    title="活动台账",
    filename="活动台账.xlsx",
    natural_key=("held_on", "alliance", "kind", "topic", "host"),
    repeats_allowed=True,
    columns=(
        Column("held_on", "活动日期", Date(reported=True), required=True),
        Column("alliance", "联盟名称", ALLIANCE, required=True),
        Column("kind", "活动类型", Name(), required=True),
        Column(
            "common", "五共类别", Choice(("组织共建", "事务共商", "资源共享", "发展共促", "品牌共创")), required=True
        ),
        Column("topic", "活动主题", Name(), required=True),
        Column("host", "主办单位", Name()),
        Column("participants", "参加企业", MultiLookup("enterprise", missing="企业不在名册")),
        Column("heads", "参加人数", Integer()),
        Column("outcome", "活动成效", Text()),
    ),
)

policies = Sheet(
    key="policies",
    title="政策清单",
    filename="政策清单.xlsx",
    natural_key=("number",),
    columns=(
        Column("title", "政策名称", Name(), required=True),
        Column("number", "文号", Name(), required=True),
        Column("issuer", "发布单位", Name(), required=True),
        Column("element", "要素类别", Choice(dictionary="element"), required=True),
        Column("industry", "适用产业", Name()),
        Column("size", "适用企业类型", Choice(("不限", *SIZES))),
        Column("least_revenue", "营业收入下限（万元）", Amount("万元")),
        Column("least_research", "研发占比下限（%）", Amount("%", maximum=100)),
        Column("honour", "资质要求", MultiText()),
        Column("conditions", "申报条件", Text()),
        Column("support", "扶持标准", Text()),
        Column("starts_on", "施行日期", Date(), required=True),
        Column("ends_on", "有效期至", Date()),
        Column("delivery", "兑现方式", Choice(("免申即享", "即申即享", "申报审核"))),
        Column("contact", "联系人", Name(), personal=True),
        Column("phone", "联系电话", Phone(), personal=True),
    ),
    checks=(not_before("ends_on", "starts_on", "有效期早于施行日期"),),
)

resources = Sheet(
    key="resources",
    title="资源清单",
    filename="资源清单.xlsx",
    natural_key=("alliance", "enterprise", "kind", "content", "published_on"),
    repeats_allowed=True,
    columns=(
        Column("alliance", "联盟名称", ALLIANCE, required=True),
        Column("enterprise", "企业名称", ENTERPRISE, required=True),
        Column("kind", "资源类别", Name(), required=True),
        Column("content", "资源内容", Text(), required=True),
        Column("published_on", "发布日期", Date(reported=True)),
        Column("valid_until", "有效期至", Date()),
        Column("scope", "共享范围", Choice((("alliance", "本联盟"), ("city", "全市")))),
        Column("contact", "联系人", Name(), personal=True),
        Column("phone", "联系电话", Phone(), personal=True),
    ),
    checks=(not_before("valid_until", "published_on", "有效期早于发布日期"),),
)

support_groups = Sheet(
    key="support_groups",
    title="助企力量台账",
    filename="助企力量台账.xlsx",
    natural_key=("group", "cadre", "role", "unit"),
    repeats_allowed=True,
    columns=(
        Column("group", "小组名称", Name(), required=True),
        Column("level", "层级", Choice((("city", "市级"), ("county", "县级"))), required=True),
        Column("region", "县（市、区）", REGION, required=True),
        Column("cadre", "姓名", Name(), required=True, personal=True),
        Column("role", "组内职务", Choice(("组长", "成员")), required=True),
        Column("rank", "职级", Name()),
        Column("unit", "派出单位", Name()),
        Column("enterprises", "服务企业", MultiLookup("enterprise", missing="企业不在名册")),
        Column("sent_on", "选派日期", Date(reported=True)),
        Column("is_full_time", "脱产", Bool()),
    ),
)

ALL = (alliances, enterprises, party_organisations, demands, activities, policies, resources, support_groups)


class Registers:
    """A resolver over plain sets: a name stands for itself."""

    def __init__(self, **registers: Collection[str]) -> None:
        self._registers = {"region": set(REGIONS)} | {name: set(names) for name, names in registers.items()}

    def resolve(self, register: str, names: Collection[str]) -> Mapping[str, Any]:
        return {name: name for name in names if name in self._registers[register]}

    def dictionary(self, name: str) -> Options:
        return {"element": ELEMENTS}[name]
