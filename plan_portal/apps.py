from django.apps import AppConfig


class PlanPortalConfig(AppConfig):
    """The project itself: commands that reach over several apps."""

    name = "plan_portal"
