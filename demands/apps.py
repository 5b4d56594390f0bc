from django.apps import AppConfig


class DemandsConfig(AppConfig):
    name = "demands"
    verbose_name = "诉求"

    def ready(self) -> None:
        from .ledger import register_ledgers

        register_ledgers()
