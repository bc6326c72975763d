from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core.api import schema  # noqa: F401 - registers itself with drf-spectacular
        from core.services import clean_columns, in_turn, kept_connections
        from core.values import sql_text

        sql_text.register()
        clean_columns.install()
        kept_connections.install()
        in_turn.install()
