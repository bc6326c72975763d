"""What was handed over is seen every year: the list of what is due, and who looks after it now."""

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import VIEW
from communes.columns import VILLAGE
from communes.own_day import unit_then
from core.lists import Column, Empty, Listing, list_response
from core.services.access import requires
from core.values.dates import today
from programs.columns import PROGRAM
from programs.models import Output
from programs.outputs.api import OutputFilters
from programs.outputs.tones import tone_of


def due(user: User) -> QuerySet[Output]:
    """What is to be seen by today, what nobody has ever seen last."""
    rows = Output.objects.visible_to(user).check_due(today())
    return rows.select_related("program", "village").prefetch_related("communes__successor")


def _unit_names(row: Output) -> str:
    """Its units as they are today."""
    units = dict.fromkeys(unit_then(unit, today()) for unit in row.communes.all())
    return ", ".join(unit.name for unit in units)


listing = Listing(
    name="checks-due",
    title=_("Checks due"),
    columns=(
        Column("title", _("works or equipment"), lambda row: row.title, "sort_key"),
        PROGRAM,
        Column("where", _("commune today"), _unit_names),
        VILLAGE.hide(),
        Column(
            "maintained",
            _("maintained by"),
            lambda row: row.maintained_by or _now("nobody maintains it"),
        ),
        Column("board", _("board in office"), lambda row: row.board_now),
        Column(
            "seen", _("last seen"), lambda row: row.last_seen or _now("not seen yet"), "last_seen"
        ),
        Column("due", _("check due"), lambda row: row.next_check, "last_seen"),
        Column.choice("state", _("state"), tone=tone_of),
    ),
    rows=due,
    filters=OutputFilters,
    usual=("program", "commune", "kind", "state", "maintained", "search"),
    href=lambda row: reverse("output", args=[row.pk]),
    order="due",
    empty=Empty(
        title=_("Nothing is due."),
        text=_("Works and equipment come here a year after they were last seen."),
    ),
)


@requires(VIEW)
def checks_due(request: PersonRequest) -> HttpResponseBase:
    """What was handed over and not seen for a year."""
    lead = _("Seen once a year after the handover. Open one and say the condition it is in.")
    return list_response(request, listing, context={"lead": lead})
