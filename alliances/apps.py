from django.apps import AppConfig


class AlliancesConfig(AppConfig):
    name = "alliances"
    verbose_name = "联盟"

    def ready(self) -> None:
        from .ledger import register_ledgers

        register_ledgers()
