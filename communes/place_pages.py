"""Pages of communes and villages: reading only; what happened there is added by other apps."""

from collections.abc import Iterable

from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communes.api import CommuneFilters, VillageFilters
from communes.models import ALWAYS, Board, Commune, Village
from core.pages import Column, RecordAdmin, Section
from core.services.choices import unit_label
from core.services.records import RecordServices

MOST = 200  # links on a page


def _numbers(rows: QuerySet[Model]) -> QuerySet[Model]:
    """Each unit with how many villages and boards it has."""
    villages = Village.objects.filter(commune=OuterRef("pk")).order_by().values("commune")
    boards = Board.objects.filter(commune=OuterRef("pk")).order_by().values("commune")
    found: QuerySet[Model] = rows.annotate(
        village_count=Coalesce(Subquery(villages.annotate(n=Count("pk")).values("n")), 0),
        board_count=Coalesce(Subquery(boards.annotate(n=Count("pk")).values("n")), 0),
    )
    return found


def _link(unit: Commune) -> tuple[str, str]:
    return unit_label(unit), reverse("commune", args=[unit.pk])


def _unit(row: Commune, user: User) -> Iterable[Section]:
    """What a unit belongs to, what became of it, its villages and boards."""
    seen = Commune.objects.visible_to(user)
    for title, unit in ((_("Belongs to"), row.parent), (_("Became"), row.successor)):
        if unit and seen.filter(pk=unit.pk).exists():
            yield Section(title, links=(_link(unit),))
        elif unit:  # its name is no secret
            yield Section(title, texts=(unit_label(unit),))
    around = (
        (_("Merged into it"), seen.filter(successor=row)),
        (_("Units below it"), seen.filter(parent=row)),
    )
    for title, units in around:
        if links := [_link(each) for each in units[:MOST]]:
            yield Section(title, links=links)
    boards = Board.objects.visible_to(user).filter(commune=row)[:MOST]
    if links := [(str(board), reverse("board", args=[board.pk])) for board in boards]:
        yield Section(_("Boards"), links=links)
    villages = Village.objects.visible_to(user).filter(commune=row)[:MOST]
    if links := [(str(each), reverse("village", args=[each.pk])) for each in villages]:
        yield Section(_("Villages"), links=links)


commune_area = RecordAdmin(
    name="communes",
    one="commune",
    records=RecordServices(
        model=Commune,
        permissions=(),
        fields=("full_name", "code", "level", "valid_from", "valid_to", "aliases"),
    ),
    title=_("Communes"),
    new="",
    help=_("The units of the programme area, as they stood before and after July 2025."),
    filterset=CommuneFilters,
    filters=("level", "in_programme_area", "search"),
    related=("parent", "successor"),
    annotated=_numbers,
    columns=(
        Column("name", _("commune"), lambda row: row.full_name, "sort_key"),
        Column.own("code", _("code")),
        Column.choice("level", _("level")),
        Column(
            "parent",
            _("belongs to"),
            lambda row: row.parent and row.parent.full_name,
            "parent__sort_key",
        ),
        Column(
            "from",
            _("valid from"),
            lambda row: None if row.valid_from == ALWAYS else row.valid_from,
            "valid_from",
        ),
        Column("to", _("valid to"), lambda row: row.valid_to, "valid_to"),
        Column(
            "successor",
            _("became"),
            lambda row: row.successor and row.successor.full_name,
            "successor__sort_key",
        ),
        Column("area", _("in the programme area"), lambda row: row.in_programme_area, hidden=True),
        Column(
            "villages",
            _("villages"),
            lambda row: row.village_count,
            "village_count",
            sum="village_count",
        ),
        Column("boards", _("boards"), lambda row: row.board_count, "board_count", numeric=True),
    ),
    first=_("No commune lies in your assignment: ask whoever manages people."),
    sections=_unit,
    more=((_("Villages"), "villages"), (_("Boards"), "boards")),
)


def _village(row: Village, user: User) -> Iterable[Section]:
    yield Section(_("Lies in"), links=(_link(row.commune),))


village_area = RecordAdmin(
    name="villages",
    one="village",
    records=RecordServices(model=Village, permissions=(), fields=("name", "kind")),
    title=_("Villages"),
    new="",
    filterset=VillageFilters,
    filters=("commune", "search"),
    related=("commune",),
    columns=(
        Column("name", _("village"), str, "sort_key"),
        Column("commune", _("commune"), lambda row: row.commune.full_name, "commune__sort_key"),
        Column("code", _("code of the commune"), lambda row: row.commune.code, hidden=True),
    ),
    first=_("The villages seen in sources come with the reference data."),
    sections=_village,
    more=((_("Communes"), "communes"),),
)
