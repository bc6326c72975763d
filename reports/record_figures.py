"""What the pages of a commune, a village and an activity say of money, classes and outputs, and
where a commune lies."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Model, QuerySet, Sum
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import PersonRequest
from communes.models import Commune, Village
from communes.outlines.services import outlines_of
from core.pages import Section
from core.values import display
from core.values.dates import today
from disbursements.against_plan import Figures, against_plan
from monitoring.models import Difficulty
from programs.models import Activity, FiscalYear, Group, Output
from programs.summary_query import SummaryQuery
from reports.activity_pages import all_years
from reports.charts.heat import heat
from reports.charts.outlined import Polygon
from reports.charts.tiles import Tile, laid_out
from reports.page_query import REFORM
from reports.summary import records_by_key
from trainings.models import Training

SHOWN = 20  # records named on a page; the rest behind the link to their list


def sections_of(request: PersonRequest, row: Model) -> Iterable[Section]:
    """What belongs to a record of these kinds, in the person's scope."""
    user: User = request.user
    if isinstance(row, Activity):
        query = {"activity": row.code}
        yield from money(user, by="commune", activities=(row,))
        yield from classes(user, Training.objects.filter(activity=row), query)
        yield from outputs(user, Output.objects.filter(activity=row), query)
    elif isinstance(row, Commune):
        query = {"commune": row.code}
        yield from map_of(user, row)
        yield from money(user, by="program", communes=(row,))
        yield from classes(user, Training.objects.filter(commune=row), query)
        yield from outputs(user, Output.objects.filter(communes=row), query)
        yield from groups(user, row)
        yield from difficulties(user, row)
    elif isinstance(row, Output):
        files = (("Word", "docx"), ("PDF", "pdf"))
        links = [(name, reverse("api-handover", args=[row.pk, each])) for name, each in files]
        yield Section(_("Handover minute"), links=links)
    elif isinstance(row, Village):
        yield from classes(user, Training.objects.filter(village=row), None)
        yield from outputs(user, Output.objects.filter(village=row), None)


def money(user: User, by: str, **kept: Any) -> Iterable[Section]:
    """Plan against disbursement by fiscal year, and by one cut of the latest year with money."""
    years = all_years()
    if not years:
        return
    query = SummaryQuery(years, by=("quarter",), **kept)
    by_year: dict[int, Figures] = defaultdict(Figures)
    for each in against_plan(query, user).rows:
        by_year[each.key["fiscal_year"]].merge(each)
    found = [year for year in years if year.pk in by_year]
    if not found:
        return
    yield Section(
        _("Plan and disbursement by fiscal year (đồng)"),
        _head(_("fiscal year")),
        [_line(year.code, by_year[year.pk]) for year in reversed(found)],
        numbers=True,
        links=[_to_figures(query.narrowed(years=(year,), by=())) for year in reversed(found)],
    )
    spent = [year for year in found if by_year[year.pk].disbursed or by_year[year.pk].pending]
    latest = (spent or found)[-1]
    rows = against_plan(query.narrowed(years=(latest,), by=(by,)), user).rows
    figures = {each.key[by]: each for each in rows}
    lines = [_line(str(each), figures[pk]) for pk, each in records_by_key(by, rows).items()]
    titles = {
        "program": _("Programmes in %(year)s (đồng)"),
        "commune": _("Communes in %(year)s (đồng)"),
    }
    first = _("programme") if by == "program" else _("commune")
    yield Section(
        titles[by] % {"year": latest.code},
        _head(first),
        lines,
        numbers=True,
    )


def _head(first: str) -> tuple[str, ...]:
    amounts = (_("planned"), _("disbursed"), _("waiting for approval"), _("remaining"))
    return (first, *amounts, _("rate"))


def _line(name: str, figures: Figures) -> tuple[str, ...]:
    return (
        name,
        display.number(figures.planned),
        display.number(figures.disbursed),
        display.number(figures.pending),
        display.left(figures.balance),
        display.percent(figures.rate),
    )


def _to_figures(query: SummaryQuery) -> tuple[str, str]:
    address = f"{reverse('against-plan')}?{query.to_query()}"
    return _("Plan lines and disbursements of %(year)s") % {"year": query.year.code}, address


def classes(
    user: User, rows: QuerySet[Training], query: dict[str, str] | None
) -> Iterable[Section]:
    """Training classes by fiscal year, as head counts."""
    seen = rows.filter(pk__in=Training.objects.visible_to(user).order_by().values("pk"))
    found = (
        seen.order_by("-fiscal_year__start")
        .values("fiscal_year__code", "fiscal_year__start")
        .annotate(
            n=Count("pk"),
            people=Sum("participants"),
            women=Sum("female"),
            minority=Sum("ethnic_minority"),
        )
    )
    lines = [
        (
            each["fiscal_year__code"],
            *(display.number(each[name]) for name in ("n", "people", "women", "minority")),
        )
        for each in found
    ]
    if lines:
        head = (
            *(_("fiscal year"), _("classes"), _("participants"), _("women")),
            _("ethnic minority"),
        )
        links = _to_list("trainings", query)
        yield Section(_("Training classes"), head, lines, links=links, numbers=True)


def outputs(user: User, rows: QuerySet[Output], query: dict[str, str] | None) -> Iterable[Section]:
    seen = rows.filter(pk__in=Output.objects.visible_to(user).order_by().values("pk"))
    links = [
        (f"{each.title} · {each.get_state_display()}", reverse("output", args=[each.pk]))
        for each in seen[:SHOWN]
    ]
    if links:
        yield Section(_("Works and equipment"), links=[*links, *_to_list("outputs", query)])


def groups(user: User, commune: Commune) -> Iterable[Section]:
    seen = Group.objects.visible_to(user).filter(communes=commune)[:SHOWN]
    if links := [(each.name, reverse("group", args=[each.pk])) for each in seen]:
        more = _to_list("groups", {"commune": commune.code})
        yield Section(_("Groups and clubs"), links=[*links, *more])


def difficulties(user: User, commune: Commune) -> Iterable[Section]:
    seen = Difficulty.objects.visible_to(user).filter(commune=commune).unresolved()[:SHOWN]
    if links := [(each.title, reverse("difficulty", args=[each.pk])) for each in seen]:
        more = _to_list("difficulties", {"commune": commune.code})
        yield Section(_("Difficulties not resolved yet"), links=[*links, *more])


def _to_list(name: str, query: dict[str, str] | None) -> list[tuple[str, str]]:
    """The link to the whole list; none where the list has no such filter."""
    return [(_("All in the list"), f"{reverse(name)}?{urlencode(query)}")] if query else []


def map_of(user: User, unit: Commune) -> Iterable[Section]:
    """The map with this commune marked, each other one a link to its page."""
    around = Commune.objects.visible_to(user).in_area()
    units = {each.pk: each for each in around.valid_in(unit.valid_from, unit.valid_to or today())}
    outlines = outlines_of(units.values())
    if unit.pk not in outlines:
        return
    year, rows = _rates(user, is_new=unit.valid_from >= REFORM)
    shown = sorted((units[pk] for pk in outlines), key=lambda each: each == unit)  # on top
    tiles = [_tile(each, rows.get(each.pk), outlines[each.pk], i) for i, each in enumerate(shown)]
    drawn = laid_out(tiles)
    for tile in drawn["tiles"]:
        each = shown[tile["cell"][0]]
        tile["href"] = reverse("commune", args=[each.pk])
        tile["is_own"] = each == unit
    picture = render_to_string("reports/charts/tiles.svg", {"tiles": drawn})
    said = _("The rates are those of %(year)s against the plan.") % {"year": year.code}
    yield Section(_("Where it lies"), texts=[said] if rows else [], picture=picture)


def _tile(unit: Commune, sums: Figures | None, outline: Sequence[Polygon], number: int) -> Tile:
    rate = display.percent(sums.rate) if sums else ""
    return Tile(str(unit), rate, "", heat(sums.rate_to_date if sums else None), number, 0, outline)


def _rates(user: User, *, is_new: bool) -> tuple[FiscalYear, dict[int, Figures]]:
    """The latest fiscal year with money, and its figures by commune."""
    query = SummaryQuery(all_years(), by=("fiscal_year",))
    by_year = {row.key["fiscal_year"]: row for row in against_plan(query, user).rows}
    spent = [year for year in query.years if year.pk in by_year and by_year[year.pk].disbursed]
    latest = (spent or list(query.years))[-1]
    asked = query.narrowed(years=(latest,), by=("commune",), new_units=is_new)
    return latest, {row.key["commune"]: row for row in against_plan(asked, user).rows}
