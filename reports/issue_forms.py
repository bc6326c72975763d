"""Forms for writing the text of a report and for issuing it."""

from collections.abc import Collection, Mapping

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communes.models import Board
from core.pages.forms import DayField
from core.values.dates import today
from reports.documents.texts import blocks_of
from reports.issuing import issuing_boards


class TextsForm(forms.Form):
    """One field per text block of a kind, and the version of the draft that the writer saw.

    `suggested`: blocks that nobody has saved yet, `moved`: what the figures say now of blocks whose
    figures have moved since."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        sent: Mapping[str, object] | None = None,
        *,
        kind: str,
        suggested: Collection[str] = (),
        moved: Mapping[str, str] | None = None,
        initial: dict[str, object] | None = None,
    ) -> None:
        super().__init__(sent, initial=initial)
        notes = dict.fromkeys(
            suggested, _now("Suggested from the figures; yours once it is saved.")
        )
        notes |= {name: _moved_note(said) for name, said in (moved or {}).items()}
        for name, label in blocks_of(kind).items():
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4}),
                help_text=notes.get(name, ""),
            )

    def texts(self) -> dict[str, str]:
        return {name: text for name, text in self.cleaned_data.items() if name != "version"}


def _moved_note(said: str) -> str:
    """What stands beside a text whose figures say something else now."""
    if not said:
        return _now("The figures have moved since this was written: they say nothing of it now.")
    text = _now("The figures have moved since this was written. They say now: %(said)s")
    return text % {"said": said}


class IssueForm(forms.Form):
    """Which board issues the document, on which day, and who signs it."""

    board = forms.ModelChoiceField(Board.objects.none(), label=_("Board"))
    date = DayField(label=_("Date of the document"))
    post = forms.CharField(label=_("Signs as"), max_length=100, initial="Trưởng ban")
    signer = forms.CharField(
        label=_("Name below the signature"),
        max_length=100,
        required=False,
        help_text=_("Empty: room is left to write it."),
    )
    outside = forms.BooleanField(
        label=_("To be sent outside: head counts below 5 are hidden"), required=False
    )

    def __init__(self, sent: Mapping[str, object] | None, *, actor: User) -> None:
        super().__init__(sent)
        boards = issuing_boards(actor)
        self.fields["board"].queryset = boards  # type: ignore[attr-defined]
        self.fields["board"].initial = boards.first()
        self.fields["date"].initial = today()
