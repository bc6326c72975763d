from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from core.pages import EXTRAS, history
        from reports import trail_words
        from reports.record_figures import sections_of

        EXTRAS.append(sections_of)
        history.SENTENCES.extend(trail_words.SENTENCES)
        history.ENDINGS.extend(trail_words.ENDINGS)
