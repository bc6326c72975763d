"""The demo: FY2023 and FY2024 of a programme, with people to sign in as.

The totals are chosen to agree with what the annual review published (hơn 8,9 tỷ đồng, 120 %; hơn
7,2 tỷ đồng). The split is made here, by arithmetic, and is illustrative: both years are marked so.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from core.services.transition import save_with_history
from disbursements.models import Disbursement, PlanVersion
from plan_portal.demo import classes, money, monitoring, people, review
from programs.models import FiscalYear, Period, YearState
from programs.years.closing import close_period
from trainings.models import Training

YEARS = ("2023", "2024")
CLOSED_UNTIL = date(2023, 3, 31)
REASON = "Số liệu minh họa"


@dataclass
class Loaded:
    """What a run did: the people, and a sentence for each part that was made."""

    people: list[people.Person]
    made: list[str]


@transaction.atomic
def load(password: str | None = None) -> Loaded:
    """Make what is not there yet; a part that a year already has is left as it is."""
    persons = people.load(password)
    actors = {person.user.username: person.user for person in persons}
    manager, head = actors["quanly"], actors["truongban"]
    years = {year.code: year for year in FiscalYear.objects.filter(code__in=YEARS)}
    made, has_money = [], False
    for code, total in money.PLANNED.items():
        if not PlanVersion.objects.filter(fiscal_year=years[code]).exists():
            money.load_plan(actor=head, year=years[code], reason=REASON)
            _mark(years[code], manager)
            made.append(f"Plan of FY{code}: {total:,} đồng")
            if code == monitoring.YEAR:
                money.revise_plan(actor=head, year=years[code])
                made.append(f"Plan of FY{code}, revision 1 (illustrative)")
    if not Disbursement.objects.filter(fiscal_year=years["2023"]).exists():
        rows = money.load_disbursements(actor=head, year=years["2023"])
        has_money = True
        closed = _close_months(manager)
        made.append(f"Disbursements of FY2023: {sum(r.amount for r in rows):,} đồng")
        made.append(f"Months closed up to 2023-03: {closed}")
    if not Training.objects.filter(fiscal_year=years["2023"]).exists():
        made.append(f"Training classes: {len(classes.load(actor=manager, reason=REASON))}")
    made += review.load(actors)
    made += monitoring.load(actors, has_money=has_money)
    return Loaded(persons, made)


def _mark(year: FiscalYear, actor: User) -> None:
    """Say on every page of the year that its figures are illustrative."""
    year.illustrative = True
    year.version += 1
    save_with_history(year, actor, REASON)


def _close_months(actor: User) -> int:
    """Close the months up to 2023-03; after the posting, since a closed month takes none."""
    months = Period.objects.filter(end__lte=CLOSED_UNTIL, state=YearState.OPEN)
    for month in months:
        close_period(actor=actor, period=month, leave_waiting=True)
    return len(months)
