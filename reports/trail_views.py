"""The page that searches the trail."""

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.requests import PersonRequest
from accounts.roles import VIEW_TRAIL
from core.lists import Column, Listing, filters, list_response
from core.pages.forms import WholeField
from core.pages.history import Entry
from core.services.access import requires
from core.values.money import MAX_AMOUNT
from reports import trail


class RecordId(filters.Whole):
    """The id of a record, typed as pages write it (1.000), too."""

    field_class = WholeField
    schema = {"type": "integer", "minimum": 1, "maximum": MAX_AMOUNT}


class TrailFilters(filters.Filters):
    kind = filters.Choices("kind", (), empty=_("Everything"), label=_("What"))
    record = RecordId("record", label=_("Record (id)"), min_value=1)
    who = filters.Words("who", label=_("Who"))
    first = filters.Day("first", label=_("From"))
    last = filters.Day("last", label=_("To"))
    search = filters.Search(hint=_("Words of the reason"))

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        names = [
            (label, str(model._meta.verbose_name).capitalize())
            for label, model in trail.kinds().items()
        ]
        self.filters["kind"].choose_from(sorted(names, key=lambda pair: pair[1]))


def _what(row: dict[str, Entry]) -> str:
    model = row["entry"].model
    return f"{model[:1].upper()}{model[1:]} {row['entry'].what}"


def _changes(row: dict[str, Entry]) -> str:
    """What changed, as a file has it: one line of text."""
    return "; ".join(
        f"{change.label}: {change.before} → {change.after}"
        if change.before
        else f"{change.label}: {change.after}"
        for change in row["entry"].changes
    )


listing = Listing(
    name="trail",
    title=_("Trail"),
    columns=(
        Column(
            "what",
            _("what"),
            _what,
            note=lambda row: row["entry"].kind_label,
            note_label=_("kind of change"),
        ),
        Column("when", _("when"), lambda row: row["entry"].when, "history_date", short=True),
        Column("who", _("who"), lambda row: row["entry"].who),
        Column("changes", _("from what to what"), _changes, template="reports/trail_changes.html"),
        Column("why", _("why"), lambda row: row["entry"].why),
    ),
    rows=lambda user: user,
    filters=TrailFilters,
    narrowed=lambda user, filters: trail.search(user, filters.asked),
    href=lambda row: row["href"],
    prepare=lambda keys, user: trail.trail_lines(keys),
    order="-when",
    tie="history_id",
)


@requires(VIEW_TRAIL)
def trail_page(request: PersonRequest) -> HttpResponseBase:
    """Changes to money, plans, months, people and the rest; nothing here can be changed."""
    lead = _now("Who changed what, when, from what to what, and why. It cannot be changed.")
    return list_response(request, listing, context={"lead": lead})
