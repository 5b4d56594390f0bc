from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = "企业"

    def ready(self) -> None:
        from tenants import grants, reveals
        from tenants.permissions import STAFF
        from tenants.tabs import Tab

        from .grants import KINDS
        from .ledger import register_ledgers
        from .selectors import enterprise_get, party_organisation_get
        from .tabs import enterprise_tabs

        register_ledgers()
        grants.register(*KINDS)
        reveals.register("enterprise", enterprise_get, "contact_phone")
        reveals.register("party_organisation", party_organisation_get, "worker_certificate")
        enterprise_tabs.register(Tab(10, "基本", "enterprises:detail"))
        enterprise_tabs.register(Tab(20, "党组织", "enterprises:party"))
        enterprise_tabs.register(Tab(60, "助企力量", "enterprises:forces"))
        enterprise_tabs.register(Tab(70, "走访", "enterprises:visits"))
        enterprise_tabs.register(Tab(90, "日志", "enterprises:log", roles=STAFF))
