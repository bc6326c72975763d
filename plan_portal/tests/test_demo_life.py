"""The demo lives: boards, visits, causes, conclusions, a report, all marked as illustrative."""

import io
from datetime import date

import pypdf
import pytest
from django.db import transaction
from django.http import QueryDict

from accounts.models import User
from accounts.roles import Role
from communes.models import Board
from disbursements.against_plan import against_plan
from disbursements.models import PlanVersion
from monitoring.models import ActionPoint, Difficulty, Meeting, VarianceNote, Visit
from monitoring.variance import services as variance
from plan_portal import demo
from programs.summary_query import SummaryQuery
from reports import presentation
from reports.diff import changes_since
from reports.filters import from_query
from reports.issuing import kept_file
from reports.models import IssuedReport
from reports.slides_pdf import slides_pdf
from tests import factories as make

# Of what the demo holds; test_demo.py loads it into each database.
pytestmark = pytest.mark.any_database

SAID = "minh họa"


@pytest.fixture(scope="module")
def _loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        make.reference()
        demo.load("mot-mat-khau")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(_loaded, db):
    """The demo is there, and what the test does is undone."""


def test_every_board_in_office_has_a_decision_a_term_and_members_by_office(loaded):
    boards = Board.objects.in_office(date(2023, 7, 31))
    assert boards.count() == 7
    for board in boards:
        assert board.term_start and SAID in board.decision_no and SAID in board.note
        seats = list(board.members.values_list("role", "office", "name"))
        assert len(seats) >= 3
        assert all(role and office and not name for role, office, name in seats)


def test_two_communes_show_the_term_before(loaded):
    ended = Board.objects.filter(term_end=date(2021, 8, 1))
    assert {board.commune.name for board in ended} == {"Khổng Lào", "Nậm Xe"}
    assert all(board.followed_by.term_start == date(2021, 8, 2) for board in ended)


def test_visits_were_made_with_findings_and_others_are_planned(loaded):
    made = Visit.objects.made()
    assert made.count() == 4 and all(row.seen and SAID in row.title for row in made)
    assert {row.commune.name for row in Visit.objects.planned()} == {
        *("Bản Lang", "Hoang Thèn", "Khổng Lào", "Nậm Xe", "Dào San")
    }


def test_half_of_the_variances_are_explained(loaded):
    found = variance.variances(make.somebody(Role.BOARD), make.year(), 4)
    explained = [item for item in found if item.note]
    assert len(explained) == len(found) // 2 > 10
    assert all(SAID in item.note.text for item in explained)


def test_some_causes_name_the_decision_and_the_revision_behind_them(loaded):
    behind = VarianceNote.objects.exclude(plan_version=None)
    revision = PlanVersion.objects.get(fiscal_year__code="2023", number=2)
    assert {note.plan_version for note in behind} == {revision}
    assert all(revision.decision_no in note.decision for note in behind)
    activities = {note.activity.code for note in behind if note.activity}
    assert activities == {"GBV-02", "GBV-03", "YEE-03"}
    assert {note.commune.name for note in behind if note.commune} == {"Dào San", "Khổng Lào"}


def test_the_revision_changes_no_published_sum(loaded):
    year = make.year()
    query = SummaryQuery.of_year(year, year.end, by=("program", "commune"))
    reader = make.somebody(Role.VIEWER)
    now, then = (
        {tuple(row.key.items()): row.planned for row in against_plan(asked, reader).rows}
        for asked in (query.narrowed(plan=plan) for plan in ("current", "original"))
    )
    assert len(now) == len(then) > 1
    assert now == then


def test_two_difficulties_are_open_and_carried_over(loaded):
    rows = Difficulty.objects.in_year(make.year("2024")).filter(raised_on__lt=date(2023, 7, 1))
    assert [(row.state, SAID in row.title) for row in rows] == [("open", True)] * 2


def test_last_years_conclusions_stand_in_every_state(loaded):
    review = Meeting.objects.get(kind="annual_review", fiscal_year__code="2022")
    assert SAID in review.title
    states = ActionPoint.objects.filter(meeting=review).values_list("state", flat=True)
    assert sorted(states) == ["cancelled", "done", "open", "reported"]


def test_a_quarterly_report_is_issued_whole_and_nothing_has_changed_since(loaded):
    report = IssuedReport.objects.get()
    assert (report.kind, report.quarter, report.reference) == ("quarterly", 3, "01/BC-BĐH")
    assert kept_file(report, "pdf").startswith(b"%PDF")
    assert "Số liệu minh họa" in str(report.document["notes"])
    assert changes_since(report, User.objects.get(username="bdh")) == []


def test_every_slide_of_the_demo_takes_one_page(loaded):
    reader = User.objects.get(username="bdh")
    page = from_query(QueryDict("fiscal_year=2023"), reader)
    told = presentation.slides_of(page, reader)
    assert {"present", "discussed", "outcomes", "requests"} <= {slide.key for slide in told}
    file = slides_pdf(told, presentation.subject_of(page), "Số liệu minh họa")
    assert len(pypdf.PdfReader(io.BytesIO(file)).pages) == len(told)
