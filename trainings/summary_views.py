"""Training classes summed up by topic, programme, commune or quarter, with sex and age."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from accounts.roles import VIEW
from communes.models import Commune
from core import display
from core.access import requires
from core.errors import NotBegun
from core.exports import xlsx_bytes, xlsx_response
from programs.models import FiscalYear, Program
from trainings.counts import Counts, TrainingQuestion, count_trainings
from trainings.models import Topic, Training

CUTS = ("topic", "program", "commune", "quarter")
FIGURES = (
    "participants",
    "female",
    "male",
    "under_16",
    "age_16_24",
    "over_24",
    "ethnic_minority",
    "disability",
    "poor_household",
)


@requires(VIEW)
def summary(request: HttpRequest) -> HttpResponse:
    """The classes of a fiscal year by one cut, and the same rows as a sheet."""
    year = _year(request)
    by = request.GET.get("by", "topic")
    by = by if by in CUTS else "topic"
    chosen = {name: request.GET.get(name, "") for name in ("program", "commune")}
    total, rows = _counted(request.user, year, by, chosen)
    if request.GET.get("format") == "xlsx":
        return _sheet(year, by, total, rows)
    context = {
        "year": year,
        "years": FiscalYear.objects.order_by("-code").values_list("code", flat=True),
        "cuts": [(name, label, name == by) for name, label in _cuts().items()],
        "by": by,
        "first": _cuts()[by],
        "chosen": chosen,
        "programs": Program.objects.visible_to(request.user),
        "communes": _communes(request.user, year),
        "heads": list(_heads().values()),
        "rows": [(name, _shown(counts)) for name, counts in rows],
        "total": _shown(total),
    }
    return render(request, "trainings/summary.html", context)


def _year(request: HttpRequest) -> FiscalYear:
    """The year of the address; else that of the newest class the person sees."""
    if code := request.GET.get("fiscal_year"):
        return get_object_or_404(FiscalYear, code=code)
    newest = Training.objects.visible_to(request.user).select_related("fiscal_year").first()
    found = newest.fiscal_year if newest else FiscalYear.objects.order_by("start").last()
    if found is None:
        raise NotBegun
    return found


def _communes(user: Any, year: FiscalYear) -> Any:
    return Commune.objects.visible_to(user).in_area().valid_in(year.start, year.end)


def _counted(
    user: Any, year: FiscalYear, by: str, chosen: dict[str, str]
) -> tuple[Counts, list[tuple[str, Counts]]]:
    """The total and the rows, each with its name, in the order of what they are cut by."""
    kept = {
        "programs": Program.objects.filter(code=chosen["program"]) if chosen["program"] else None,
        "communes": Commune.objects.filter(code=chosen["commune"]) if chosen["commune"] else None,
    }
    keys: Any = {
        name: None if rows is None else frozenset(rows.values_list("pk", flat=True))
        for name, rows in kept.items()
    }
    question = TrainingQuestion((year,), year.start, year.end, year.end, by=(by,), **keys)
    total, rows = count_trainings(question, user)
    names = _names(by, year, [row.key[by] for row in rows])
    order = list(names)
    rows.sort(key=lambda row: order.index(row.key[by]))
    return total, [(names[row.key[by]], row) for row in rows]


def _names(by: str, year: FiscalYear, keys: list[Any]) -> dict[Any, str]:
    """What a cut's keys are called, in the order in which they stand."""
    if by == "quarter":
        return {number: display.quarter(number, year.start) for number in range(1, 5)}
    model: Any = {"topic": Topic, "program": Program, "commune": Commune}[by]
    return {row.pk: str(row) for row in model._default_manager.filter(pk__in=keys)}


def _cuts() -> dict[str, str]:
    labels = (_("Topic"), _("Programme"), _("Commune"), _("Quarter"))
    return dict(zip(CUTS, labels, strict=True))


def _heads() -> dict[str, str]:
    return {
        "trainings": _("Classes"),
        "participants": _("Participations"),
        "female": _("Women"),
        "male": _("Men"),
        "under_16": _("Under 16"),
        "age_16_24": _("16–24"),
        "over_24": _("Over 24"),
        "ethnic_minority": _("Ethnic minority"),
        "disability": _("With a disability"),
        "poor_household": _("Poor household"),
    }


def _shown(counts: Counts) -> list[str]:
    return [display.number(each) for each in _numbers(counts)]


def _numbers(counts: Counts) -> list[int]:
    return [counts.trainings, *(counts.values[name] for name in FIGURES)]


def _sheet(
    year: FiscalYear, by: str, total: Counts, rows: list[tuple[str, Counts]]
) -> HttpResponse:
    heads = {"name": _cuts()[by], **_heads()}
    lines = [
        dict(zip(heads, [name, *_numbers(counts)], strict=True))
        for name, counts in [*rows, (_("Total"), total)]
    ]
    notes = [_("Participations: a person who comes twice counts twice.")]
    if year.illustrative:
        notes.append(_("Illustrative figures."))
    body = xlsx_bytes(
        list(heads), lines, title=_("Training classes"), titles=list(heads.values()), notes=notes
    )
    return xlsx_response(body, f"trainings-{year.code}-{by}.xlsx")
