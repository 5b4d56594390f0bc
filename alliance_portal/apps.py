from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "alliance_portal"
    verbose_name = "产业链党建联盟"

    def ready(self) -> None:
        from . import checks  # noqa: F401 registers the system check
