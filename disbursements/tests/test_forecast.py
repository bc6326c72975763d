"""Where a year will end at today's pace."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from disbursements.forecast import (
    OVER,
    UNDER,
    WITHIN,
    Course,
    Limits,
    forecast,
    forecasts,
    months_gone,
    plan_course,
)
from programs.models import FiscalYear
from programs.summary_query import SummaryQuery
from tests import factories as make

LIMITS = Limits(80, 110)
YEAR = FiscalYear(code="2023", start=date(2022, 7, 1), end=date(2023, 6, 30))


def expected(spent, committed=0, *, planned=100, share="50"):
    return forecast(planned, spent, committed, Course(Decimal(share)), LIMITS)


def test_what_is_spent_and_committed_is_put_to_the_usual_share():
    made = expected(30, 10)
    assert made is not None
    assert (made.expected, made.rate, made.side) == (80, Decimal("80.0"), WITHIN)


@pytest.mark.parametrize(("spent", "side"), [(39, UNDER), (40, WITHIN), (55, WITHIN), (56, OVER)])
def test_the_limits_are_those_of_the_year(spent, side):
    assert expected(spent).side == side


def test_half_a_dong_is_rounded_up_and_nothing_is_lost_beyond_the_whole_year():
    assert expected(1, planned=3, share="40").expected == 3
    assert expected(70, share="140").expected == 70


def test_too_early_nothing_is_said_nor_of_nothing():
    assert expected(5, share="9.9") is None
    assert expected(0, planned=0) is None


def test_money_without_a_plan_ends_over_it():
    made = expected(5, planned=0)
    assert (made.side, made.rate) == (OVER, None)


def test_the_plans_own_course_takes_the_running_quarter_by_its_days():
    planned = {1: 100, 2: 300}
    assert plan_course(planned, YEAR, date(2022, 9, 30)).share == Decimal("25.0")
    assert plan_course(planned, YEAR, date(2022, 11, 15)).share == Decimal("62.5")
    assert plan_course({}, YEAR, date(2022, 11, 15)).share == 0


def test_months_go_by_their_days():
    assert months_gone(YEAR.start, date(2022, 7, 31)) == 1
    assert months_gone(YEAR.start, date(2023, 4, 15)) == Decimal("9.5")


@pytest.fixture
def years(cast):
    """In 2022 GBV had spent a quarter of its money by the end of December, and 2021 the same;
    YEE has no year before."""
    for first in (2020, 2021):
        make.posted(1_000_000, date=date(first, 10, 5))
        make.posted(3_000_000, date=date(first + 1, 3, 5))
    make.plan(
        make.line("GBV-01", amounts={1: 8_000_000}),
        make.line("YEE-01", amounts={1: 5_000_000, 2: 5_000_000}),
    )
    make.posted(2_000_000, date=date(2022, 8, 5))
    make.submitted(500_000, date=date(2022, 9, 5))
    make.posted(5_000_000, date=date(2022, 9, 5), activity="YEE-01")
    return cast


def asked(person, day, *by):
    return forecasts(SummaryQuery.of_year(make.year("2023"), day), person, *(by or ("program",)))


@pytest.mark.django_db
def test_a_programme_goes_by_its_years_before_else_by_its_plan(years):
    found = {row.key["program"]: row.forecast for row in asked(years.bdh, date(2022, 12, 31))}
    gbv, yee = found[make.program("GBV").pk], found[make.program("YEE").pk]
    assert gbv.course == Course(Decimal("25.0"), ("2021", "2022"))
    assert (gbv.spent, gbv.committed, gbv.expected) == (2_000_000, 500_000, 10_000_000)
    assert gbv.side == OVER
    assert yee.course == Course(Decimal("100.0"))
    assert (yee.expected, yee.side) == (5_000_000, UNDER)


@pytest.mark.django_db
def test_communes_go_by_their_programmes_course_in_the_readers_scope(years):
    [row] = asked(years.dieuphoi_gbv, date(2022, 12, 31), "program", "commune")
    assert row.key["commune"] == make.commune().pk
    assert row.forecast.expected == 10_000_000


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2023, 6, 30), date(2022, 6, 30)])
def test_before_the_year_and_after_it_nothing_is_forecast(years, day):
    assert asked(years.bdh, day) == []


@pytest.mark.django_db
def test_more_money_is_no_more_queries(years):
    def count():
        with CaptureQueriesContext(connection) as queries:
            asked(years.bdh, date(2022, 12, 31), "program", "commune")
        return len(queries)

    count()  # what is read once and kept is not counted
    few = count()
    for number in range(12):
        make.posted(1_000 + number, activity=f"GBV-{number:02}", date=date(2021, 8, 3))
    assert count() <= few <= 12
