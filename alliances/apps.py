from django.apps import AppConfig


class AlliancesConfig(AppConfig):
    name = "alliances"
    verbose_name = "联盟"

    def ready(self) -> None:
        from enterprises.tabs import enterprise_tabs
        from tenants import grants, reveals
        from tenants.tabs import Tab

        from . import agenda, handover
        from .grants import KINDS
        from .ledger import register_ledgers
        from .permissions import SEES_LOG
        from .selectors.appointments import appointment_get
        from .selectors.cooperation import venue_get
        from .selectors.handover_parts import SECTIONS
        from .selectors.resolutions import last_resolutions
        from .tabs import alliance_tabs, case_tabs, meeting_tabs

        register_ledgers()
        handover.register(*SECTIONS)
        reveals.register("appointment", appointment_get, "phone")
        reveals.register("venue", venue_get, "contact_phone")
        grants.register(*KINDS)
        agenda.register(agenda.Source(10, "上次决议", last_resolutions))
        alliance_tabs.register(Tab(10, "概况", "alliances:detail"))
        alliance_tabs.register(Tab(15, "组织", "alliances:organisation"))
        alliance_tabs.register(Tab(20, "成员", "alliances:members"))
        alliance_tabs.register(Tab(30, "轮值", "alliances:rotation"))
        alliance_tabs.register(Tab(40, "会议", "alliances:meetings"))
        alliance_tabs.register(Tab(50, "活动", "alliances:activities"))
        alliance_tabs.register(Tab(70, "合作", "alliances:cooperation"))
        alliance_tabs.register(Tab(90, "日志", "alliances:log", roles=SEES_LOG))
        case_tabs.register(Tab(10, "典型案例", "alliances:case_list"))
        case_tabs.register(Tab(20, "品牌示范项目", "alliances:brand_list"))
        meeting_tabs.register(Tab(10, "会议", "alliances:meeting_detail"))
        enterprise_tabs.register(Tab(30, "联盟", "alliances:of_enterprise"))
