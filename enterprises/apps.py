from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = "企业"

    def ready(self) -> None:
        from tenants import reveals

        from .ledger import register_ledgers
        from .selectors import enterprise_get

        register_ledgers()
        reveals.register("enterprise", enterprise_get, "contact_phone")
