"""Scope: an assignment grants pairs, never the cross product; a successor has what was merged."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from accounts.scope import covers, outside
from communes.models import Commune
from disbursements.models import Disbursement, PlanLine
from programs.models import Activity, Program
from tests import factories as make
from trainings.models import Training

PLACES = [(p, c) for p in ("ECCD", "GBV", "YEE") for c in make.COMMUNES]
PAIRS = [("GBV", make.BAN_LANG), ("ECCD", make.NAM_XE)]


@pytest.fixture
def everywhere(reference):
    """A plan line, a disbursement and a training class in each programme × commune."""
    make.plan(*(make.line(f"{p}-01", c) for p, c in PLACES))
    for p, c in PLACES:
        make.draft(activity=f"{p}-01", commune=c)
        make.training(program=p, commune=c)


def seen(model, person) -> set[tuple[str, str]]:
    return set(model.objects.visible_to(person).values_list("program__code", "commune__code"))


@pytest.mark.parametrize("model", [Disbursement, PlanLine, Training])
def test_two_pairs_are_two_pairs(everywhere, model):
    person = make.user_of_pairs(*PAIRS)
    assert seen(model, person) == set(PAIRS)


@pytest.mark.parametrize("model", [Disbursement, PlanLine, Training])
@pytest.mark.parametrize(
    ("grants", "places"),
    [
        ([(None, None)], PLACES),
        ([("YEE", None)], [(p, c) for p, c in PLACES if p == "YEE"]),
        ([(None, make.DAO_SAN)], [(p, c) for p, c in PLACES if c == make.DAO_SAN]),
        ([("GBV", make.BAN_LANG), (None, None)], PLACES),
        ([], []),
    ],
    ids=["everywhere", "a programme", "a commune", "a pair and everywhere", "nothing"],
)
def test_what_is_left_out_of_an_assignment_stands_for_all(everywhere, model, grants, places):
    assert seen(model, make.user_of_pairs(*grants)) == set(places)


def test_overlapping_assignments_show_nothing_twice(everywhere):
    person = make.user_of_pairs(("GBV", None), (None, make.BAN_LANG), ("GBV", make.BAN_LANG))
    rows = list(Disbursement.objects.visible_to(person))
    assert len(rows) == len({row.pk for row in rows}) == 7


def test_programmes_activities_and_communes_are_those_of_any_pair(everywhere):
    person = make.user_of_pairs(*PAIRS)
    assert set(Program.objects.visible_to(person).values_list("code", flat=True)) == {"GBV", "ECCD"}
    activities = Activity.objects.visible_to(person).values_list("code", flat=True)
    assert set(activities) == {"GBV-01", "ECCD-01"}
    communes = Commune.objects.visible_to(person).values_list("code", "valid_from")
    assert {code for code, _day in communes} == {make.BAN_LANG, make.NAM_XE}


def test_who_has_the_successor_sees_what_was_merged_into_it_and_not_the_other_way_round(reference):
    new = make.commune(make.KHONG_LAO, valid_from=make.REFORM)
    for unit in (make.BAN_LANG, make.HOANG_THEN, make.KHONG_LAO, make.NAM_XE):
        make.draft(commune=unit)
    make.draft(commune=new, date=date(2025, 8, 1))
    heir, old = make.user(communes=[new]), make.user(communes=[make.KHONG_LAO])
    rows = Disbursement.objects.visible_to(heir).values_list("commune__code", "commune__valid_from")
    assert {(code, day == make.REFORM) for code, day in rows} == {
        (make.BAN_LANG, False),
        (make.HOANG_THEN, False),
        (make.KHONG_LAO, False),
        (make.KHONG_LAO, True),
    }
    assert Disbursement.objects.visible_to(old).get().commune.valid_from < make.REFORM


@pytest.mark.parametrize(
    ("first", "last", "old", "new"),
    [
        (date(2025, 1, 1), date(2025, 6, 30), True, False),
        (date(2025, 6, 30), date(2025, 7, 1), True, True),
        (date(2025, 7, 1), date(2025, 12, 31), False, True),
    ],
)
def test_a_unit_is_there_from_its_first_day_to_its_last(reference, first, last, old, new):
    there = Commune.objects.valid_in(first, last).filter(code=make.KHONG_LAO)
    assert {unit.valid_from == make.REFORM for unit in there} == {
        *([False] if old else []),
        *([True] if new else []),
    }


def test_who_has_a_district_sees_its_communes(everywhere):
    district = Commune.objects.get(code="109")
    assert seen(Disbursement, make.user(programs=["GBV"], communes=[district])) == {
        ("GBV", code) for code in make.COMMUNES
    }


def test_covers_says_of_one_place_what_the_query_says_of_rows(everywhere):
    people = [
        make.user_of_pairs(*PAIRS),
        make.user_of_pairs(("YEE", None)),
        make.user_of_pairs((None, make.DAO_SAN)),
        make.user_of_pairs(),
        make.user(communes=[make.commune(make.KHONG_LAO, valid_from=make.REFORM)]),
        make.user(communes=["109"]),
        make.user_of_pairs((None, None)),
    ]
    for person in people:
        there = {(p, c) for p, c in PLACES if covers(person, make.program(p), make.commune(c))}
        assert there == seen(Disbursement, person)
        refused = {
            (p, c)
            for p, c in PLACES
            if outside(person, program=make.program(p), commune=make.commune(c))
        }
        assert refused == set(PLACES) - there


def test_what_names_no_commune_or_no_programme_is_written_by_who_has_any(reference):
    person = make.user_of_pairs(*PAIRS)
    assert outside(person) == outside(person, program=make.program("GBV")) == {}
    assert outside(person, commune=make.commune(make.NAM_XE)) == {}
    assert set(outside(person, program=make.program("YEE"))) == {"program"}
    assert set(outside(person, commune=make.commune(make.DAO_SAN))) == {"commune"}
    assert set(outside(make.user_of_pairs())) == {"program"}


def test_the_units_of_a_scope_are_those_merged_into_it_and_below_it(reference):
    heir = make.user(communes=[make.commune(make.KHONG_LAO, valid_from=make.REFORM)])
    units = Commune.objects.visible_to(heir).values_list("code", "valid_from")
    assert {(code, day == make.REFORM) for code, day in units} == {
        (make.BAN_LANG, False),
        (make.HOANG_THEN, False),
        (make.KHONG_LAO, False),
        (make.KHONG_LAO, True),
    }
    below = Commune.objects.visible_to(make.user(communes=["109"])).in_area()
    assert set(below.values_list("code", flat=True)) == set(make.COMMUNES)


def test_who_is_not_active_or_not_signed_in_sees_nothing(everywhere):
    person = make.user()
    person.is_active = False
    assert not seen(Disbursement, person)
    assert not seen(Disbursement, AnonymousUser())


@pytest.mark.parametrize(
    "pair", [("GBV", make.BAN_LANG), ("GBV", None), (None, make.BAN_LANG), (None, None)]
)
def test_the_same_assignment_is_made_once(reference, pair):
    person = make.user_of_pairs(pair)
    copy = person.assignments.get()
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()
