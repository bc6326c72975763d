"""Pages of the settings: programmes, funding sources, communes, villages, the area's name."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from communes.place_pages import commune_area, village_area
from core.lists import filters
from core.pages import Column, RecordAdmin
from programs.api import FundFilters, ProgramFilters
from programs.settings import places
from programs.settings import services as settings

programs = RecordAdmin(
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
        Column.own("code", _("code")),
    ),
)

funds = RecordAdmin(
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
        Column.own("code", _("code")),
    ),
)

communes = replace(commune_area, records=places.units, new=_("Add a commune"))
villages = replace(village_area, records=places.villages, new=_("Add a village"))

areas = RecordAdmin(
    name="programme-areas",
    one="programme-area",
    records=places.areas,
    title=_("Name of the programme area"),
    new=_("Add a name from a later day on"),
    help=_("Documents and pages say it. A name from a later day on leaves older documents alone."),
    filterset=filters.Filters,
    filters=(),
    columns=(
        Column("area", _("programme area"), lambda row: str(row)),
        Column.own("since", _("since")),
    ),
)

ADMINS = (programs, funds, communes, villages, areas)
