"""The preview's pages: the drawings of the design, made of the real templates, with invented content."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .forms import DemandFilter, DemandForm

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
JOB_ROWS, STEP = 3426, 1713
MENU = (
    (None, (("工作台", "/"),)),
    (
        "联盟",
        (
            ("联盟", "#alliances"),
            ("产业链图谱", "#chains"),
            ("轮值与交接", "#terms"),
            ("会议", "#meetings"),
            ("活动", "#"),
        ),
    ),
    ("企业", (("企业与党组织", "#enterprises"), ("助企力量", "#forces"))),
    ("三张清单", (("需求", "/demands/"), ("资源", "#r"), ("政策", "#p"), ("项目", "#x"), ("清单发布", "#l"))),
    ("考核与报告", (("运行总览", "/dashboard/"), ("考核", "#a"), ("简报与公文", "#b"))),
    ("管理", (("数据导入导出", "/jobs/"), ("系统", "#s"))),
)
ROWS = (
    ("red", "超期 1 天", "XQ-2026-000873", "二期项目用地手续需协调", "鱼台嘉通燃料化工有限公司", "土地", None),
    (
        "amber",
        "还剩 1 个工作日",
        "XQ-2026-000901",
        "流动资金紧张，需贷款 300 万元",
        "山东金大丰机械有限公司",
        "资金",
        300,
    ),
    ("amber", "还剩 2 个工作日", "XQ-2026-000895", "危废处置渠道不足", "济宁中银电化有限公司", "环保", None),
    (
        "green",
        "还剩 5 个工作日",
        "XQ-2026-000912",
        "招聘数控车工 30 人",
        "兖州区红色农机产业园管理有限公司",
        "人才用工",
        None,
    ),
    ("grey", "等企业补充", "XQ-2026-000866", "车间需增容 500 千伏安", "邹城润辉医药包装有限公司", "用能", 1280.5),
    ("done", "已办结", "XQ-2026-000790", "技改设备贷款贴息", "山东天意机械股份有限公司", "资金", 21000),
)


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """What the project's own context processor gives every page."""
    nav = [{"label": label, "items": [_item(request, text, url) for text, url in items]} for label, items in MENU]
    return {
        "nav": nav,
        "brand_name": "产业链党建联盟",
        "body_name": "济宁市（样例）委两新工委",
        "user_label": "李敏",
        "role_label": "市级工作人员",
        "unread_count": 6,
        "search_url": "/search/",
    }


def _item(request: HttpRequest, label: str, url: str) -> dict[str, Any]:
    active = request.path == url or (url != "/" and request.path.startswith(url))
    return {"label": label, "url": url, "active": active, "count": 3 if label == "需求" else 0}


def _rows(count: int) -> list[dict[str, Any]]:
    keys = ("light", "words", "number", "title", "enterprise", "element", "amount")
    rows = [dict(zip(keys, ROWS[index % len(ROWS)], strict=True)) for index in range(count)]
    for index, row in enumerate(rows):
        row |= {
            "pk": index,
            "due": NOW + timedelta(days=index % 9),
            "unit": "地方金融监督管理局",
            "phone": "13912342231",
        }
    return rows


def desk(request: HttpRequest) -> HttpResponse:
    figures = [
        {"label": "待交办诉求", "value": 12, "unit": "件", "url": "/demands/", "change": "最早一件已等 6 小时"},
        {"label": "黄灯", "value": 9, "unit": "件", "url": "/demands/", "change": "两天内到期", "tone": "amber"},
        {"label": "红灯", "value": 3, "unit": "件", "url": "/demands/", "change": "涉及 2 个单位", "tone": "red"},
        {
            "label": "本季按时办结率",
            "value": "92.4",
            "unit": "%",
            "url": "/demands/",
            "numerator": 218,
            "denominator": 236,
            "change": "较上季 ＋3.1",
        },
        {"label": "未交接轮值", "value": 1, "unit": "个联盟", "url": "#terms", "change": "应于 10月12日 前完成"},
    ]
    chips = [
        {"label": "全部", "count": 24, "url": "?", "on": True},
        {"label": "交办", "count": 12, "url": "?kind=assign"},
        {"label": "延期审批", "count": 4, "url": "?kind=extend"},
        {"label": "异议", "count": 2, "url": "?kind=object"},
        {"label": "交接监交", "count": 1, "url": "?kind=handover"},
    ]
    return render(request, "preview/desk.html", {"figures": figures, "chips": chips, "rows": _rows(5), "today": NOW})


def _list(request: HttpRequest, rows: list[dict[str, Any]]) -> HttpResponse:
    filters = DemandFilter(request.GET or None, queryset=SimpleNamespace(model=None))
    size = int(request.GET.get("size", "20"))
    context = {
        "filter": filters,
        "page": Paginator(rows, size).get_page(request.GET.get("page")),
        "size": size,
        "crumbs": [{"label": "三张清单", "url": "/"}, {"label": "需求"}],
        "chips": [
            {"label": "全部", "count": len(rows), "url": "?", "on": "light" not in request.GET},
            {"label": "红灯", "count": 3, "url": "?light=red", "on": request.GET.get("light") == "red"},
            {"label": "黄灯", "count": 9, "url": "?light=amber", "on": request.GET.get("light") == "amber"},
        ],
        "export_url": f"/demands/?{request.GET.urlencode()}",
        "empty_title": "还没有诉求",
        "empty_text": "企业在手机上提交，或由工作人员登记热线来电。",
        "empty_url": "/demands/new/",
        "empty_label": "登记第一件诉求",
    }
    return render(request, "preview/list.html", context)


def demand_list(request: HttpRequest) -> HttpResponse:
    return _list(request, _rows(312))


def empty_list(request: HttpRequest) -> HttpResponse:
    return _list(request, [])


def demand_detail(request: HttpRequest) -> HttpResponse:
    steps = [
        {"label": "提交", "state": "done", "note": "11月10日"},
        {"label": "受理", "state": "done", "note": "11月11日"},
        {"label": "交办", "state": "done", "note": "11月12日"},
        {"label": "签收", "state": "done", "note": "11月12日"},
        {"label": "办理中", "state": "now", "note": "应于 11月24日 前办结"},
        {"label": "答复"},
        {"label": "评价"},
        {"label": "销号"},
    ]
    office, bank = "市委两新工委 李敏", "地方金融监督管理局"
    entries = [
        {
            "at": NOW - timedelta(days=5),
            "who": f"{bank} 王建国",
            "text": "进展：已与 3 家银行对接，待尽调。",
        },
        {"at": NOW - timedelta(days=9), "who": bank, "text": "签收", "tone": "green"},
        {
            "at": NOW - timedelta(days=10),
            "who": office,
            "text": "交办：主办 地方金融监督管理局",
            "note": "办理时限 7 个工作日（一般事项）",
        },
        {"at": NOW - timedelta(days=11), "who": office, "text": "受理，提示可能适用政策 2 条"},
    ]
    tabs = [
        {"label": "概况", "url": "/demands/one/", "on": True},
        {"label": "经过", "url": "?tab=log", "count": 4},
        {"label": "附件", "url": "?tab=files", "count": 2},
        {"label": "操作日志", "url": "?tab=audit"},
    ]
    crumbs = [
        {"label": "需求", "url": "/demands/"},
        {"label": "收件箱", "url": "/demands/"},
        {"label": "XQ-2026-000901"},
    ]
    context = {"steps": steps, "entries": entries, "tabs": tabs, "crumbs": crumbs, "phone": "13912342231"}
    return render(request, "preview/detail.html", context)


def demand_form(request: HttpRequest) -> HttpResponse:
    form = DemandForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, "诉求已提交，1 个工作日内受理。")
        return redirect("/demands/one/")
    return render(request, "preview/form.html", {"form": form})


def draft(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


def dashboard(request: HttpRequest) -> HttpResponse:
    counties = [
        "任城区",
        "兖州区",
        "曲阜市",
        "邹城市",
        "微山县",
        "鱼台县",
        "金乡县",
        "嘉祥县",
        "汶上县",
        "泗水县",
        "梁山县",
    ]
    solved = [96, 143, 88, 152, 61, 70, 82, 90, 74, 55, 52]
    lights = (
        ("绿灯", "green", [210, 98, 240, 31, 66, 48, 72]),
        ("黄灯", "amber", [12, 6, 21, 2, 9, 5, 4]),
        ("红灯", "red", [3, 1, 5, 0, 4, 2, 1]),
    )
    charts = [
        {
            "id": "chart-elements",
            "kind": "stacked",
            "title": "诉求按要素与灯色",
            "unit": "件",
            "category_label": "要素",
            "more_url": "/demands/",
            "categories": ["人才", "政策支持", "金融", "基金", "土地", "生态环境", "能源"],
            "series": [
                {"name": name, "tone": tone, "data": data, "urls": [f"/demands/?light={tone}"] * 7}
                for name, tone, data in lights
            ],
        },
        {
            "id": "chart-counties",
            "kind": "bars",
            "title": "各县（市、区）诉求办理",
            "unit": "件",
            "category_label": "县（市、区）",
            "categories": counties,
            "series": [
                {"name": "征集", "tone": "grey", "data": [value + 20 for value in solved]},
                {"name": "解决", "tone": "blue", "data": solved},
            ],
        },
        {
            "id": "chart-months",
            "kind": "line",
            "title": "每月活动场次（2026年）",
            "unit": "场",
            "category_label": "月份",
            "categories": [f"{month}月" for month in range(1, 10)],
            "series": [
                {"name": "组织共建", "data": [8, 12, 19, 15, 22, 30, 26, 21, 24]},
                {"name": "发展共促", "data": [4, 9, 11, 13, 9, 18, 14, 16, 20]},
            ],
        },
        {
            "id": "chart-coverage",
            "kind": "hbars",
            "title": "重点企业走访覆盖率",
            "unit": "%",
            "category_label": "县（市、区）",
            "categories": counties,
            "series": [{"name": "覆盖率", "data": [100, 97.5, 92, 88.2, 86, 83, 80.4, 76, 71, 66, 58.9]}],
        },
    ]
    figures = [
        {"label": "联盟", "value": "28", "unit": "个", "url": "#"},
        {"label": "征集诉求", "value": "1,162", "unit": "件", "url": "/demands/", "change": "较上期 ＋118"},
        {
            "label": "诉求解决率",
            "value": "82.87",
            "unit": "%",
            "url": "/demands/",
            "numerator": 963,
            "denominator": 1162,
        },
        {"label": "帮助贷款", "value": "51.37", "unit": "亿元", "url": "#"},
        {"label": "解决用工", "value": "8,037", "unit": "人", "url": "#"},
        {"label": "解决用地", "value": "3,276", "unit": "亩", "url": "#"},
        {"label": "党建活动", "value": "484", "unit": "场", "url": "#"},
    ]
    return render(request, "preview/dashboard.html", {"charts": charts, "figures": figures})


def _job(done: int) -> dict[str, Any]:
    job = {
        "title": "导入 企业名册.xlsx",
        "done": done,
        "total": 3426,
        "poll_url": f"/jobs/progress/?done={done + STEP}",
    }
    if done < JOB_ROWS:
        return job | {"state": "running", "text": "正在核对", "cancel_url": "/jobs/"}
    return job | {
        "state": "done",
        "text": "接收 3,412 行，退回 14 行",
        "result_url": "/jobs/",
        "result_label": "下载错误表",
    }


def job_page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        messages.warning(request, "已取消导入，没有写入任何数据。")
        return redirect("/jobs/")
    return render(request, "preview/job.html", {"job": _job(0)})


def job_progress(request: HttpRequest) -> HttpResponse:
    return render(request, "components/progress.html", {"job": _job(int(request.GET["done"]))})
