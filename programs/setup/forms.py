"""Forms of the guided set-up."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.people.views import InviteForm, name_places
from communes import catalogue
from communes.models import AreaLevel, Commune
from core.values.dates import today
from programs.models import Program


class AreaForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Without the level, for example: Phong Thổ.")
    )
    level = forms.ChoiceField(
        label=_("Level"),
        choices=AreaLevel.choices,
        initial=AreaLevel.DISTRICT,
        help_text=_("“Project area” where no single unit covers it, as after July 2025."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ProgramForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("As activity codes begin, for example GBV in GBV-01."),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()


def _months() -> list[tuple[int, str]]:
    return [(n, _now("month %(number)s") % {"number": n}) for n in range(1, 13)]


class YearForm(forms.Form):
    code = forms.CharField(
        label=_("Fiscal year"),
        max_length=4,
        help_text=_("The year it ends in, for example 2026."),
        initial=lambda: str(today().year + (today().month >= 7)),
    )
    start_month = forms.TypedChoiceField(
        label=_("Begins in"), coerce=int, initial=7, choices=_months
    )


class PlaceForm(forms.Form):
    """Where to look for communes: before or since July 2025, province, district, words."""

    when = forms.ChoiceField(
        label=_("Communes as they stood"),
        choices=[
            (catalogue.SINCE, _("since July 2025")),
            (catalogue.BEFORE, _("until June 2025, with districts")),
        ],
    )
    province = forms.ChoiceField(label=_("Province"), required=False)
    district = forms.ChoiceField(label=_("District"), required=False)
    q = forms.CharField(label=_("Name or code"), required=False, max_length=100)

    def __init__(self, data: QueryDict) -> None:
        data = data.copy()
        when = data.get("when")
        if when not in (catalogue.BEFORE, catalogue.SINCE):
            when = data["when"] = catalogue.SINCE
        found = [(unit.key, unit.name) for unit in catalogue.provinces(when)]
        if data.get("province") not in dict(found):  # of the other time: the same code, if there
            other = str(data.get("province", "")).partition("-")[0]
            data["province"] = next((key for key, _n in found if key.startswith(f"{other}-")), "")
            if not other:
                data["province"] = ""
        inside = catalogue.districts(str(data["province"])) if when == catalogue.BEFORE else []
        districts = [(unit.key, unit.full_name) for unit in inside]
        if data.get("district") not in dict(districts):
            data["district"] = ""
        super().__init__(data)
        self.fields["province"].choices = [("", _now("Choose…")), *found]  # type: ignore[attr-defined]
        self.fields["district"].choices = [  # type: ignore[attr-defined]
            ("", _now("All")),
            *districts,
        ]
        if not districts:
            del self.fields["district"]
        self.place = str(data["district"] or data["province"])
        self.time = str(when)

    @property
    def asks(self) -> bool:
        """Whether a place is chosen, or enough of a name typed to look anywhere."""
        return bool(self.place) or len(str(self.data.get("q", "")).strip()) >= 2

    def found(self) -> list[catalogue.Unit]:
        """The communes there, however many."""
        if not self.asks or not self.is_valid():
            return []
        return catalogue.communes(self.time, self.place, self.cleaned_data["q"])


class InvitationForm(InviteForm):
    """A person, a role, and where the person acts, in one go."""

    program = forms.ModelChoiceField(
        Program.objects.all(),
        label=_("Programme"),
        required=False,
        empty_label=_("Every programme"),
    )
    commune = forms.ModelChoiceField(
        Commune.objects.in_area(),
        label=_("Commune"),
        required=False,
        empty_label=_("Every commune"),
        help_text=_("More than one: assign the others on the person's page afterwards."),
    )
    everywhere = None  # type: ignore[assignment]
    field_order = (  # type: ignore[assignment]
        *("username", "role", "program", "commune"),
        *("last_name", "first_name", "email", "office"),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        name_places(self)
