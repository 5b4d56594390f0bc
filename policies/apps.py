from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "policies"
    verbose_name = "政策"

    def ready(self) -> None:
        from .ledger import register_ledgers

        register_ledgers()
