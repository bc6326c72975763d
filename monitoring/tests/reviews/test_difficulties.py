"""Difficulties: carried on while open, resolved with a result."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.services.errors import Conflict
from core.values.dates import today
from monitoring.models import Difficulty
from monitoring.reviews.services import difficulties
from tests import factories as make


def a_difficulty(by, **values):
    values = {
        "title": "Đường vào bản sạt lở",
        "raised_on": date(2022, 9, 1),
        "effect": "Chậm thi công",
        "commune": make.commune(),
        **values,
    }
    return difficulties.difficulties.create(actor=by, **values)


def years_of(row):
    return {
        code
        for code in ("2022", "2023", "2024", "2025")
        if row in Difficulty.objects.in_year(make.year(code))
    }


def test_an_open_difficulty_is_carried_into_each_next_year(cast):
    assert years_of(a_difficulty(cast.xa_banlang)) == {"2023", "2024", "2025"}


@pytest.mark.parametrize(
    ("raised", "resolved", "years"),
    [
        (date(2022, 9, 1), date(2023, 9, 1), {"2023", "2024"}),
        (date(2022, 9, 1), date(2023, 7, 1), {"2023", "2024"}),
        (date(2022, 9, 1), date(2023, 6, 30), {"2023"}),
        (date(2022, 6, 30), date(2022, 6, 30), {"2022"}),
        (date(2022, 7, 1), date(2022, 7, 1), {"2023"}),
    ],
)
def test_a_resolved_one_stays_in_the_years_it_was_open(cast, raised, resolved, years):
    row = a_difficulty(cast.xa_banlang, raised_on=raised)
    difficulties.resolve(actor=cast.xa_banlang, difficulty=row, result="Đã san gạt", date=resolved)
    assert years_of(row) == years


def test_resolving_needs_a_result_and_a_day_between(cast):
    row = a_difficulty(cast.xa_banlang)
    with pytest.raises(ValidationError) as refusal:
        difficulties.resolve(
            actor=cast.xa_banlang, difficulty=row, result="", date=date(2022, 8, 1)
        )
    assert set(refusal.value.message_dict) == {"result", "date"}


@pytest.mark.parametrize("day", [date(2022, 9, 1), today()])
def test_it_may_be_due_and_resolved_on_the_day_it_was_raised_and_today(cast, day):
    row = a_difficulty(cast.xa_banlang, due_date=date(2022, 9, 1))
    difficulties.resolve(actor=cast.xa_banlang, difficulty=row, result="Đã san gạt", date=day)
    assert (row.state, row.resolved_on) == ("resolved", day)


@pytest.mark.parametrize("day", [date(2022, 8, 31), today() + timedelta(days=2)])
def test_it_is_not_resolved_before_it_was_raised_nor_tomorrow(cast, day):
    row = a_difficulty(cast.xa_banlang)
    with pytest.raises(ValidationError):
        difficulties.resolve(actor=cast.xa_banlang, difficulty=row, result="Xong", date=day)


STEPS = {
    "take": lambda person, row: difficulties.take_in_hand(actor=person, difficulty=row),
    "resolve": lambda person, row: difficulties.resolve(
        actor=person, difficulty=row, result="Đã san gạt"
    ),
    "reopen": lambda person, row: difficulties.reopen(actor=person, difficulty=row, reason="lại"),
}


@pytest.mark.parametrize("name", STEPS)
def test_another_commune_takes_no_step_here(cast, name):
    row = a_difficulty(cast.bdh, commune=make.commune(make.NAM_XE))
    if name == "reopen":
        STEPS["resolve"](cast.bdh, row)
    before = row.state
    with pytest.raises(ValidationError):
        STEPS[name](cast.xa_banlang, row)
    row.refresh_from_db()
    assert row.state == before


def test_resolved_twice_is_a_conflict_and_reopened_it_is_open_again(cast):
    row = a_difficulty(cast.xa_banlang)
    difficulties.take_in_hand(actor=cast.dieuphoi, difficulty=row)
    difficulties.resolve(actor=cast.xa_banlang, difficulty=row, result="Đã san gạt")
    with pytest.raises(Conflict):
        difficulties.resolve(actor=cast.xa_banlang, difficulty=row, result="Lần nữa")
    difficulties.reopen(actor=cast.bdh, difficulty=row, reason="Lại sạt lở")
    assert (row.state, row.resolved_on) == ("open", None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"due_date": date(2022, 8, 31)}, "due_date"),
        ({"raised_on": date(2100, 1, 1)}, "raised_on"),
        ({"title": ""}, "title"),
    ],
)
def test_what_cannot_be_is_refused_beside_the_field(cast, wrong, field):
    with pytest.raises(ValidationError) as refusal:
        a_difficulty(cast.bdh, **wrong)
    assert field in refusal.value.message_dict


def test_a_commune_reports_for_itself_alone(cast):
    with pytest.raises(ValidationError) as refusal:
        a_difficulty(cast.xa_banlang, commune=make.commune(make.NAM_XE))
    assert set(refusal.value.message_dict) == {"commune"}
    with pytest.raises(PermissionDenied):
        a_difficulty(cast.khach)


def test_a_difficulty_of_all_communes_is_seen_by_each(cast):
    whole = a_difficulty(cast.bdh, commune=None)
    elsewhere = a_difficulty(cast.bdh, commune=make.commune(make.NAM_XE))
    assert set(Difficulty.objects.visible_to(cast.xa_banlang)) == {whole}
    assert set(Difficulty.objects.visible_to(cast.dieuphoi_gbv)) == {whole, elsewhere}
