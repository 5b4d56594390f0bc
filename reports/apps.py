from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "报表"

    def ready(self) -> None:
        from alliances.tabs import alliance_tabs, case_tabs, handover_tabs, meeting_tabs
        from tenants.tabs import Tab

        from .permissions import READERS

        alliance_tabs.register(Tab(85, "一页通", "reports:profile", roles=READERS))
        case_tabs.register(Tab(30, "案例汇编", "reports:booklet_list"))
        handover_tabs.register(Tab(10, "PDF", "reports:handover_paper"))
        meeting_tabs.register(Tab(20, "纪要", "reports:minutes"))
