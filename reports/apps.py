from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "报表"

    def ready(self) -> None:
        from alliances.tabs import handover_tabs, meeting_tabs
        from tenants.tabs import Tab

        handover_tabs.register(Tab(10, "PDF", "reports:handover_paper"))
        meeting_tabs.register(Tab(20, "纪要", "reports:minutes"))
