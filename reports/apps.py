from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from accounts import letters
        from accounts.models import LetterKind
        from core.pages import EXTRAS, history
        from reports import digest, trail_words
        from reports.record_figures import sections_of

        EXTRAS.append(sections_of)
        letters.WRITERS[LetterKind.DIGEST] = digest.write
        letters.SENT[LetterKind.DIGEST] = digest.sent
        history.SENTENCES.extend(trail_words.SENTENCES)
        history.ENDINGS.extend(trail_words.ENDINGS)
