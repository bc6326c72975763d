from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from core.pages import EXTRAS
        from monitoring.views import comment_section, file_section

        EXTRAS.extend([file_section, comment_section])
