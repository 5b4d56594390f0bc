from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = "企业"

    def ready(self) -> None:
        from tenants import reveals
        from tenants.permissions import STAFF

        from .ledger import register_ledgers
        from .selectors import enterprise_get
        from .tabs import Tab, register

        register_ledgers()
        reveals.register("enterprise", enterprise_get, "contact_phone")
        register(Tab(10, "基本", "enterprises:detail"))
        register(Tab(20, "党组织", "enterprises:party_of_enterprise"))
        register(Tab(60, "助企力量", "enterprises:forces_of_enterprise"))
        register(Tab(90, "日志", "enterprises:history_of_enterprise", roles=STAFF))
