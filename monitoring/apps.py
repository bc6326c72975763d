from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from core.pages import EXTRAS
        from monitoring.views import comment_section

        EXTRAS.append(comment_section)
