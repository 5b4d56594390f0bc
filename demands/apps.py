from django.apps import AppConfig


class DemandsConfig(AppConfig):
    name = "demands"
    verbose_name = "诉求"

    def ready(self) -> None:
        from alliances import agenda, handover
        from alliances.tabs import alliance_tabs
        from enterprises.tabs import enterprise_tabs
        from tenants import reveals, stored_deadlines
        from tenants.tabs import Tab

        from .agenda import SOURCES
        from .handover import SECTIONS
        from .ledger import register_ledgers
        from .selectors import resource_get
        from .services.recomputing import DEMAND_DEADLINES

        register_ledgers()
        handover.register(*SECTIONS)
        stored_deadlines.register(DEMAND_DEADLINES)
        reveals.register("resource", resource_get, "contact_phone")
        alliance_tabs.register(Tab(60, "清单", "demands:of_alliance"))
        enterprise_tabs.register(Tab(40, "诉求", "demands:of_enterprise"))
        for source in SOURCES:
            agenda.register(source)
