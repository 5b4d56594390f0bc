"""Pages about enterprises, Party organisations and support forces."""

from tenants.listing import ListView

from .filters import EnterpriseFilter
from .selectors import enterprise_list


class EnterpriseListView(ListView):
    selector = enterprise_list
    filterset_class = EnterpriseFilter
    template_name = "enterprises/enterprise_list.html"
    title = "企业"
    related = ("region",)
    empty = {"empty_title": "还没有企业", "empty_text": "由管理员在“数据导入导出”中导入企业名册。"}
