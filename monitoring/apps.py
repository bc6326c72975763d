from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        from core.pages import EXTRAS
        from monitoring.discussion.views import comment_section, file_section
        from monitoring.reviews.stated_views import stated_section

        EXTRAS.extend([stated_section, file_section, comment_section])
