"""The demo: exact totals, an illustrative split, people to sign in as."""

from datetime import date

import pytest
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from disbursements.against_plan import against_plan
from disbursements.models import Disbursement, PlanAmount, PlanVersion
from disbursements.proof import prove
from plan_portal import demo
from plan_portal.demo.arithmetic import share
from plan_portal.demo.money import DISBURSED, PLANNED, disbursed, planned
from programs.models import FiscalYear, Period, YearState
from programs.summary_query import SummaryQuery
from tests import factories as make
from trainings.models import Training

pytestmark = pytest.mark.any_database

DAY = date(2023, 6, 30)


@pytest.fixture(scope="module")
def _loaded(django_db_setup, django_db_blocker):
    """The demo is loaded once for the tests that only look at it."""
    with django_db_blocker.unblock(), transaction.atomic():
        make.reference()
        demo.load("mot-mat-khau")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(_loaded, db):
    """The demo is there, and what the test does is undone."""


def test_the_split_adds_up_to_the_published_totals():
    assert {year: sum(planned(year).values()) for year in PLANNED} == {
        "2023": 7_420_000_000,
        "2024": 7_215_000_000,
    }
    assert sum(disbursed().values()) == DISBURSED == 8_904_000_000


def test_a_share_adds_up_and_is_fair():
    assert share(100, {"a": 1, "b": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}
    assert share(1_000, {"a": 2, "b": 0, "c": 1}, step=100) == {"a": 700, "b": 0, "c": 300}


def test_the_year_reads_as_it_was_published(loaded):
    year, reader = make.year("2023"), make.somebody(Role.VIEWER)
    answer = against_plan(SummaryQuery.of_year(year, DAY, by=("program", "commune")), reader)
    assert (answer.total.planned, answer.total.disbursed) == (7_420_000_000, 8_904_000_000)
    assert (str(answer.total.rate), answer.total.pending) == ("120.0", 0)
    assert len(answer.rows) == 20
    assert sum(row.rate < 80 for row in answer.rows if row.rate is not None) == 4
    assert answer.total.planned == sum(row.planned or 0 for row in answer.rows)
    assert answer.total.disbursed == sum(row.disbursed for row in answer.rows)


def test_both_years_say_that_their_figures_are_illustrative(loaded):
    marked = FiscalYear.objects.filter(illustrative=True).values_list("code", flat=True)
    assert set(marked) == {"2023", "2024"}


def test_the_plans_and_the_ledger_are_history_and_fy2023_has_a_revision(loaded):
    versions = PlanVersion.objects.values_list("fiscal_year__code", "number", "state", "origin")
    assert set(versions) == {
        ("2023", 1, "approved", "history"),
        ("2023", 2, "approved", "history"),
        ("2024", 1, "approved", "history"),
    }
    assert set(Disbursement.objects.values_list("status", "origin").distinct()) == {
        ("posted", "history")
    }
    numbers = sorted(Disbursement.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_programme_runs_in_every_commune_with_several_activities(loaded):
    amounts = PlanAmount.objects.filter(line__plan_version__fiscal_year__code="2023")
    pairs = amounts.values_list("line__program__code", "line__commune__code")
    assert set(pairs) == {(p, c) for p in make.PROGRAMS for c in make.COMMUNES}
    assert amounts.values("line__activity").distinct().count() > 12


def test_months_up_to_march_2023_are_closed_and_later_ones_open(loaded):
    closed = Period.objects.filter(state=YearState.CLOSED)
    assert set(closed) == set(Period.objects.filter(end__lte=date(2023, 3, 31)))
    assert closed.filter(start=date(2023, 3, 1)).exists()


def test_the_training_classes_hold_together(loaded):
    rows = list(Training.objects.select_related("topic__program"))
    assert 190 <= len(rows) <= 210
    assert len({row.topic_id for row in rows}) == 6
    for row in rows:
        row.full_clean()
        assert row.program == row.topic.program
        assert row.start.weekday() < 5


def test_the_people_have_the_roles_and_places_of_the_demo(loaded):
    roles = dict(User.objects.values_list("username", "role"))
    assert roles == {
        "bdh": "board",
        "truongban": "head",
        "quanly": "manager",
        "dieuphoi": "coordinator",
        "dieuphoi_gbv": "coordinator",
        "xa_banlang": "commune",
        "khach": "viewer",
        "quantri": "admin",
    }
    assert all(user.check_password("mot-mat-khau") for user in User.objects.all())
    pairs = User.objects.values_list(
        "username", "assignments__program__code", "assignments__commune__code"
    )
    assert set(pairs) == {
        *((name, None, None) for name in set(roles) - {"dieuphoi_gbv", "xa_banlang"}),
        ("dieuphoi_gbv", "GBV", make.BAN_LANG),
        ("dieuphoi_gbv", "GBV", make.NAM_XE),
        ("xa_banlang", None, make.BAN_LANG),
    }


def test_its_ledger_is_whole(loaded):
    assert {name: said for name, said in prove().items() if said} == {}
