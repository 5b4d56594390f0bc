from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "policies"
    verbose_name = "政策"

    def ready(self) -> None:
        from tenants import reveals

        from .ledger import register_ledgers
        from .selectors import policy_get

        register_ledgers()
        reveals.register("policy", policy_get, "contact_phone")
