from importlib import import_module

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = "消息"

    def ready(self) -> None:
        import_module("notices.receivers")
