from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "policies"
    verbose_name = "政策"

    def ready(self) -> None:
        from enterprises.tabs import enterprise_tabs
        from tenants import reveals
        from tenants.tabs import Tab

        from .ledger import register_ledgers
        from .selectors import policy_get

        register_ledgers()
        enterprise_tabs.register(Tab(50, "政策匹配", "policies:of_enterprise"))
        reveals.register("policy", policy_get, "contact_phone")
