"""The list of people, for whoever manages them."""

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people import directory
from accounts.people.cover import lacking
from accounts.requests import PersonRequest
from accounts.roles import MANAGE_PEOPLE, Role
from core.lists import Column, Empty, Listing, filters, list_response
from core.services.access import requires
from core.values.sql_text import Alphabetical


class PeopleFilters(filters.Filters):
    search = filters.Search(
        *("username", "last_name", "first_name", "email", "office"), hint=_("Name, email, office")
    )
    role = filters.Choices("role", Role.values)
    state = filters.Choices("is_active", directory.STATES, method="in_state", label=_("State"))

    def in_state(self, rows: QuerySet[User], _name: str, states: list[str]) -> QuerySet[User]:
        return directory.in_state(rows, states)


def _places_in_words(user: User) -> str:
    found = "; ".join(directory.assignment_label(each) for each in user.assignments.all())
    return found or _now("nowhere")


people_listing = Listing(
    name="people",
    title=_("People"),
    columns=(
        Column.own(
            "username", _("user name"), note=lambda row: row.get_full_name(), note_label=_("name")
        ),
        Column(
            "name",
            _("name"),
            lambda row: row.get_full_name(),
            (Alphabetical("first_name"), Alphabetical("last_name")),
            hidden=True,
        ),
        Column.choice("role", _("role"), note=lambda row: row.office, note_label=_("office")),
        Column.own("email", _("email"), hidden=True),
        Column("where", _("where"), _places_in_words),
        Column(
            "state",
            _("state"),
            lambda row: directory.state_of(row)[1],
            ("-is_active", "last_login"),
            tone=lambda row: directory.state_of(row)[0],
        ),
        Column("factor", _("second factor"), lambda row: row.second_factor, "second_factor"),
        Column("last", _("last sign-in"), lambda row: row.last_login, "last_login"),
    ),
    rows=lambda user: directory.everybody(),
    filters=PeopleFilters,
    href=lambda row: reverse("person", args=[row.pk]),
    empty=Empty(title=_("Nobody found"), text=_("Invite the first person.")),
)


@requires(MANAGE_PEOPLE)
def people(request: PersonRequest) -> HttpResponseBase:
    """Everybody."""
    return list_response(
        request, people_listing, "accounts/people.html", context={"lacking": lacking()}
    )
