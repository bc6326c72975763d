"""What stands beside the plan and the money of a cut, in a number of questions that is always the
same. Lists are cut to the `MOST` newest; the pages they lead to have all."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from accounts.models import User
from disbursements.against_plan import Figures, against_plan, kept_rows
from disbursements.forecast import Expected, forecasts
from disbursements.models import Disbursement
from monitoring.models import Difficulty, Visit
from monitoring.variance.services import Variance
from programs.models import Activity, FiscalYear
from programs.summary_query import Answer
from reports.dashboard.tables import Named, names_of
from reports.page_query import PageQuery
from reports.plan_beside_money.explanations import Explanation, explanations, unexplained
from reports.summary import records_by_key
from trainings.counts import counted_rows
from trainings.models import Training

Row = TypeVar("Row", bound=Model)
MOST = 6
MOST_LINES = 15  # of activities
CUTS = ("program", "commune", "activity")


@dataclass(frozen=True)
class Gathered:
    """`answer` is cut by `CUTS`, `quarters` is the whole year's by quarter; `before` and
    `before_answer` are the same of the year before, None where the ledger has nothing of it."""

    page: PageQuery
    answer: Answer[Figures]
    quarters: dict[int, Figures]
    names: Named
    activity_names: dict[int, Activity]
    before: PageQuery | None
    before_answer: Answer[Figures] | None
    said: list[Explanation]
    unexplained: list[Variance]
    difficulties: list[Difficulty]
    visits: list[Visit]
    classes: list[Training]
    vouchers: list[Disbursement]
    expected: list[Expected]

    @property
    def activities(self) -> list[tuple[Activity, Figures]]:
        """With their figures, as lists have them."""
        sums = self.answer.by("activity")
        return [(row, sums[pk]) for pk, row in self.activity_names.items() if pk in sums]


def gather(page: PageQuery, user: User) -> Gathered:
    """All of it, within the user's scope."""
    whole = against_plan(page.narrowed(quarter=None, month=None).cut(*CUTS, "quarter"), user)
    is_whole = not (page.quarter or page.month)
    answer = whole.cut(*CUTS) if is_whole else against_plan(page.cut(*CUTS), user)
    before = year_before(page)
    then = against_plan(before.cut(*CUTS), user) if before else None
    if then is None or not then.rows:  # a year without data is not a year of 0
        before = then = None
    return Gathered(
        page=page,
        answer=answer,
        quarters=whole.by("quarter"),
        names=names_of(answer.rows),
        activity_names=records_by_key("activity", answer.rows),
        before=before,
        before_answer=then,
        said=explanations(page, user),
        unexplained=unexplained(page, user),
        difficulties=newest(_difficulties(page, user)),
        visits=newest(_visits(page, user)),
        classes=newest(counted_rows(page, user).select_related("topic", "commune")),
        vouchers=newest(_vouchers(page, user).order_by("-date", "-pk")),
        expected=forecasts(page, user, *_forecast_by(page)),
    )


def year_before(page: PageQuery) -> PageQuery | None:
    """The same question about the year chosen to compare with, else the year before."""
    year = (
        page.compare
        or FiscalYear.objects.filter(end__lt=page.year.start).order_by("-start").first()
    )
    return page.narrowed(compare=year).compared() if year else None


def _forecast_by(page: PageQuery) -> tuple[str, ...]:
    """By programme; of one programme, or of some communes, by commune too."""
    is_wide = len(page.programs) != 1 and not page.communes
    return ("program",) if is_wide else ("program", "commune")


def newest(rows: QuerySet[Row]) -> list[Row]:
    """One more than is shown, which tells that there are others."""
    return list(rows[: MOST + 1])


def _difficulties(page: PageQuery, user: User) -> QuerySet[Difficulty]:
    """Those that lasted into the days asked for."""
    first, last = page.span
    rows = Difficulty.objects.visible_to(user).filter(raised_on__lte=min(last, page.until))
    rows = rows.filter(Q(resolved_on=None) | Q(resolved_on__gte=first))
    return _about(page, rows).order_by("-raised_on", "-pk")


def _visits(page: PageQuery, user: User) -> QuerySet[Visit]:
    first, last = page.span
    rows = Visit.objects.visible_to(user).made().filter(date__range=(first, last))
    return _about(page, rows).order_by("-date", "-pk")


def _about(page: PageQuery, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Of rows about a programme and a commune, each perhaps all of them, those about the cut."""
    for cut in ("program", "commune"):
        if kept := page.kept(cut):
            rows = rows.filter(Q(**{f"{cut}__in": kept}) | Q(**{cut: None}))
    return rows.select_related("program", "commune")


def _vouchers(page: PageQuery, user: User) -> QuerySet[Disbursement]:
    rows = kept_rows(page, Disbursement.objects.visible_to(user).posted())
    return rows.select_related("activity", "commune", "fiscal_year")
