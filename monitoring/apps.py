from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "monitoring"

    def ready(self) -> None:
        import monitoring.proposals.taken_back  # noqa: F401
        from core.pages import EXTRAS, KEEPERS
        from monitoring.discussion.files import keeper
        from monitoring.discussion.views import comment_section, file_section
        from monitoring.merger.views import section as handing_on
        from monitoring.reviews.stated_views import stated_section

        EXTRAS.extend([stated_section, handing_on, file_section, comment_section])
        KEEPERS.append(keeper)
