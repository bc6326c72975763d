"""Pages of the settings: programmes, funding sources, communes, villages, the area's name."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from communes.api import CommuneFilters
from core import filters
from core.pages import Area, Column
from programs import places, settings
from programs.api import FundFilters, ProgramFilters


class VillageFilters(filters.Filters):
    search = filters.Search()


class AreaFilters(filters.Filters):
    """None: there is one name, seldom two."""


def _lies_in(row: Any) -> str:
    return row.parent.full_name if row.parent else ""


programs = Area(
    name="programs",
    one="program",
    records=settings.programs,
    title=_("Programmes"),
    new=_("Add a programme"),
    help=_("The code stands in workbooks and stays; the names may change."),
    filterset=ProgramFilters,
    filters=("search",),
    optional=("order",),
    columns=(
        Column("name", _("name"), lambda row: row.name, "sort_key"),
        Column("code", _("code"), lambda row: row.code, "code"),
    ),
)

funds = Area(
    name="funds",
    one="fund",
    records=settings.funds,
    title=_("Funding sources"),
    new=_("Add a funding source"),
    help=_("A workbook that names a new one adds it by itself."),
    filterset=FundFilters,
    filters=("search",),
    columns=(
        Column("name", _("name"), lambda row: row.name, "sort_key"),
        Column("code", _("code"), lambda row: row.code, "code"),
    ),
)

communes = Area(
    name="communes",
    one="commune",
    records=places.units,
    title=_("Communes"),
    new=_("Add a commune"),
    help=_("With the districts and provinces they lie in, and what they became in July 2025."),
    filterset=CommuneFilters,
    filters=("level", "in_programme_area", "search"),
    related=("parent", "successor"),
    columns=(
        Column("commune", _("commune"), lambda row: row.full_name, "sort_key"),
        Column("code", _("code"), lambda row: row.code, "code"),
        Column("level", _("level"), lambda row: row.get_level_display()),
        Column("parent", _("lies in"), _lies_in, "parent__sort_key"),
        Column("until", _("valid to"), lambda row: row.valid_to, "valid_to"),
        Column("became", _("became"), lambda row: row.successor and row.successor.full_name),
        Column("area", _("in the programme area"), lambda row: row.in_programme_area),
    ),
)

villages = Area(
    name="villages",
    one="village",
    records=places.villages,
    title=_("Villages"),
    new=_("Add a village"),
    filterset=VillageFilters,
    filters=("search",),
    related=("commune",),
    columns=(
        Column("village", _("village"), lambda row: str(row), "sort_key"),
        Column("commune", _("commune"), lambda row: row.commune.full_name, "commune__sort_key"),
    ),
)

areas = Area(
    name="programme-areas",
    one="programme-area",
    records=places.areas,
    title=_("Name of the programme area"),
    new=_("Add a name from a later day on"),
    help=_("Documents and pages say it. A name from a later day on leaves older documents alone."),
    filterset=AreaFilters,
    filters=(),
    columns=(
        Column("area", _("programme area"), lambda row: str(row)),
        Column("since", _("since"), lambda row: row.since, "since"),
    ),
)

AREAS = (programs, funds, communes, villages, areas)
