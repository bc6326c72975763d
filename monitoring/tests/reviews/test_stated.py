"""What may be said of a figure, and what was said beside what the ledger adds up to."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import Role
from disbursements.plans import services as plans
from monitoring.reviews.services import meetings
from monitoring.reviews.services.stated import Ledger, agrees
from tests import factories as make


@pytest.mark.parametrize(
    ("qualifier", "stated", "counted", "answer"),
    [
        ("hơn", 8_900_000_000, 8_904_000_000, True),
        ("hơn", 8_900_000_000, 8_900_000_000, True),
        ("hơn", 8_900_000_000, 8_899_999_999, False),
        ("hơn", 8_900_000_000, 9_000_000_000, False),
        ("hơn", 7_200_000_000, 7_215_000_000, True),
        ("gần", 9_000_000_000, 8_904_000_000, True),
        ("gần", 9_000_000_000, 9_000_000_000, True),
        ("gần", 9_000_000_000, 8_000_000_001, True),
        ("gần", 9_000_000_000, 8_000_000_000, False),
        ("gần", 9_000_000_000, 9_000_000_001, False),
        ("đúng", 120, "120.0", True),
        ("đúng", 120, "119.5", True),
        ("đúng", 120, "119.4", False),
        ("đúng", 120, "125.0", False),
        ("đúng", 1500, 1499, False),
        ("đúng", 8_900_000_000, 8_904_000_000, True),
        ("khoảng", 200, 240, True),
        ("khoảng", 200, 300, True),
        ("khoảng", 200, 100, True),
        ("khoảng", 200, 99, False),
        ("khoảng", 200, 301, False),
        ("hàng", 100, 99, False),
        ("hàng", 100, 100, True),
        ("hàng", 100, 201, True),
        ("hàng", 100, 999, True),
        ("hàng", 100, 1000, False),
    ],
)
def test_what_may_be_said_of_a_figure(qualifier, stated, counted, answer):
    assert agrees(qualifier, Decimal(stated), Decimal(counted)) is answer


def a_meeting(actor, **figure):
    row = meetings.meetings.create(
        actor=actor,
        title="Hội nghị tổng kết",
        kind="annual_review",
        date=date(2023, 8, 2),
        fiscal_year=make.year(),
    )
    figure = {
        "label": "Giải ngân",
        "measure": "disbursed",
        "qualifier": "hơn",
        "value": 8_900_000_000,
        "unit": "đồng",
        "text": "hơn 8,9 tỷ đồng",
        "fiscal_year": make.year(),
        **figure,
    }
    meetings.state(actor=actor, meeting=row, figures=[figure])
    return row.stated_figures.get()


def test_a_figure_is_compared_with_the_ledger_up_to_its_day(cast):
    make.posted(8_904_000_000)
    make.posted(500_000_000, date=date(2023, 6, 1))
    early = a_meeting(cast.bdh, as_of=date(2023, 3, 31))
    late = a_meeting(cast.bdh)
    shown = [Ledger(cast.bdh).compare(figure) for figure in (early, late)]
    assert [(c.ledger_value, c.agrees) for c in shown] == [
        (8_904_000_000, True),
        (9_404_000_000, False),
    ]


def test_who_sees_a_part_is_not_shown_a_part_as_the_whole(cast):
    make.posted(8_904_000_000)
    figure = a_meeting(cast.bdh)
    for pair in ((None, make.BAN_LANG), ("GBV", None), ("GBV", make.BAN_LANG)):
        compared = Ledger(make.user_of_pairs(pair)).compare(figure)
        assert (compared.ledger_value, compared.agrees) == (None, None)


def test_a_figure_about_one_commune_is_compared_with_that_commune(cast):
    make.posted(300, commune=make.BAN_LANG)
    make.posted(400, commune=make.NAM_XE)
    figure = a_meeting(
        cast.bdh, commune=make.commune(), qualifier="đúng", value=300, text="300 đồng"
    )
    for person in (cast.bdh, cast.xa_banlang):
        assert Ledger(person).compare(figure).ledger_value == 300


@pytest.mark.parametrize("pair", [("GBV", make.BAN_LANG), ("ECCD", make.NAM_XE)])
def test_what_was_stated_is_recorded_by_who_has_the_meetings_place(cast, pair):
    row = a_meeting(cast.bdh).meeting
    row.program, row.commune = make.program("GBV"), make.commune(make.NAM_XE)
    row.save()
    part = make.user_of_pairs(pair, role=Role.BOARD)
    said = row.stated_figures.get()
    for change in (
        lambda: meetings.state(actor=part, meeting=row, figures=[]),
        lambda: meetings.add_outcome(actor=part, meeting=row, text="Đạt"),
        lambda: meetings.withdraw(actor=part, meeting=row, stated=said),
    ):
        with pytest.raises(ValidationError):
            change()
    assert row.stated_figures.count() == 1


def test_classes_are_compared_with_classes(cast):
    for _ in range(3):
        make.training()
    figure = a_meeting(cast.bdh, measure="trainings", qualifier="hàng", value=100, unit="lớp")
    compared = Ledger(cast.bdh).compare(figure)
    assert (compared.ledger_value, compared.agrees) == (3, False)


def test_comparing_many_figures_asks_the_ledger_once(cast, django_assert_max_num_queries):
    figure = a_meeting(cast.bdh)
    ledger = Ledger(cast.bdh)
    ledger.compare(figure)
    with django_assert_max_num_queries(0):
        ledger.compare(figure)


def test_a_stated_rate_is_held_against_the_plan_of_its_day(cast):
    """The plan was 100, 80 were spent: 80 %. A decision after that day does not make it 40 %."""
    for amount, day in ((100, date(2022, 7, 15)), (200, date(2023, 4, 1))):
        plan = make.submitted_plan(make.line(amounts=amount))
        plans.approve(actor=cast.truongban, plan=plan, decision_date=day)
    make.posted(80)
    figures = [
        a_meeting(cast.bdh, measure="rate", value=80, unit="%", text="80 %", as_of=day)
        for day in (date(2023, 3, 31), date(2023, 4, 1), None)
    ]
    counted = [Ledger(cast.bdh).compare(figure).ledger_value for figure in figures]
    assert counted == [Decimal("80.0"), Decimal("40.0"), Decimal("40.0")]


def test_before_every_plan_it_is_held_against_the_first(cast):
    """What was approved only afterwards, as when a year is entered late."""
    for amount in (100, 200):
        make.plan(make.line(amounts=amount))
    make.posted(80)
    figure = a_meeting(cast.bdh, measure="rate", value=80, unit="%", as_of=date(2023, 3, 31))
    assert Ledger(cast.bdh).compare(figure).ledger_value == Decimal("80.0")
