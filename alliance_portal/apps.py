from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class PortalConfig(AppConfig):
    name = "alliance_portal"
    verbose_name = "产业链党建联盟"

    def ready(self) -> None:
        from . import checks  # noqa: F401 registers the system check


class OwnStaticFilesConfig(StaticFilesConfig):
    """Collect what pages use; these libraries bring pages (admin, browsable API) that are not part of the portal."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "rest_framework",
        "guardian",
        "django_htmx",
    ]
