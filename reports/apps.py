from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from accounts import letters
        from accounts.models import LetterKind
        from accounts.notices.leads import PAGES
        from core.pages import EXTRAS, history
        from reports import digest, trail_words
        from reports.models import IssuedReport
        from reports.record_figures import sections_of

        EXTRAS.append(sections_of)
        PAGES[IssuedReport] = "issued-report"
        letters.WRITERS[LetterKind.DIGEST] = digest.write
        letters.SENT[LetterKind.DIGEST] = digest.sent
        history.SENTENCES.extend(trail_words.SENTENCES)
        history.ENDINGS.extend(trail_words.ENDINGS)
