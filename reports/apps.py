from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from core.pages import EXTRAS
        from reports.record_figures import sections_of

        EXTRAS.append(sections_of)
