"""`GET /api/v1/summary/` against an independent calculation in plain Python."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from random import Random

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.roles import Role
from programs.models import FiscalYear
from programs.years.services import open_fiscal_year
from reports import kept
from reports.tests import ledger_scene as truth
from reports.tests.ledger_ask import URL, fetch, holds
from reports.tests.ledger_build import build
from reports.tests.ledger_scene import NEW, OLD, YEARS, Ask, Scene
from tests import factories as make

CUTS = ("program", "commune", "activity", "quarter", "month", "fund")
COMBINATIONS = [by for size in range(len(CUTS) + 1) for by in combinations(CUTS, size)]
# What PostgreSQL is asked, too: each cut, each beside each other, and all of them at once.
ASKED = [
    pytest.param(by, marks=[pytest.mark.any_database] if 2 < len(by) < len(CUTS) else [])
    for by in COMBINATIONS
]


@pytest.fixture(scope="module")
def _scene(django_db_setup, django_db_blocker) -> Iterator[Scene]:
    """The scene is written once for this module, whose tests only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        make.reference()
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def scene(_scene: Scene, db) -> Scene:
    return _scene


@pytest.fixture
def reader(scene) -> APIClient:
    client = APIClient()
    client.force_authenticate(make.somebody(Role.VIEWER))
    return client


def test_the_scene_has_something_of_everything(scene):
    sides = {row.side(truth.LATE - timedelta(days=1)) for row in scene.money}
    assert sides == {"disbursed", "pending", None}
    assert any(row.amount < 0 for row in scene.money)
    _total, rows = scene.answer(Ask(by=("activity", "commune", "fund")))
    assert any(row["planned"] == 0 for row in rows.values())  # money without a plan
    assert any(row["disbursed"] == 0 for row in rows.values())  # a plan without money


@pytest.mark.parametrize("by", ASKED, ids=lambda by: "-".join(by) or "total")
def test_every_combination_of_cuts_adds_up(scene, reader, by):
    holds(reader, scene, Ask(by=by))
    holds(reader, scene, Ask(by=by, span=(date(2022, 10, 1), date(2026, 3, 31)), year=None))


@pytest.mark.parametrize("by", [(), ("program",), ("commune",), ("quarter", "program")])
def test_the_original_plan_is_another_answer_than_the_current_one(scene, reader, by):
    original = Ask(by=by, plan="original")
    holds(reader, scene, original)
    assert fetch(reader, original)[0] != fetch(reader, Ask(by=by))[0]


@pytest.mark.parametrize(
    "day", [date(2022, 7, 1), date(2022, 9, 29), date(2022, 9, 30), date(2023, 4, 17)]
)
def test_as_of_a_day_counts_what_is_dated_up_to_it_and_quarters_that_are_over(scene, reader, day):
    for by in [(), ("program", "commune"), ("quarter",)]:
        holds(reader, scene, Ask(by=by, as_of=day))


def test_as_known_at_a_moment_the_ledger_stands_as_it_stood(scene, reader):
    for moment in scene.moments[::5]:
        for minutes in (0, 10, 15, 25, 30, 45):
            ask = Ask(by=("program", "month"), known_at=moment + timedelta(minutes=minutes))
            holds(reader, scene, ask)
            holds(reader, scene, Ask(by=("fund",), year="2024", known_at=ask.known_at))


@pytest.mark.parametrize("code", ["03583", "03394", "03571", "03577"])
def test_new_units_take_the_figures_of_those_merged_into_them(scene, reader, code):
    for year in YEARS:
        holds(reader, scene, Ask(by=("commune",), year=year, new_units=True))
        if code != "03577":  # no code of a unit of after July 2025
            ask = Ask(by=("commune", "program"), year=year, new_units=True, communes=(code,))
            holds(reader, scene, ask)


def test_old_units_do_not_take_the_figures_of_new_ones(scene, reader):
    ask = Ask(by=("commune",), span=(date(2022, 7, 1), date(2026, 6, 30)), communes=("03583",))
    _total, rows = fetch(reader, ask)
    assert set(rows) == {(("03583", OLD),), (("03583", NEW),)}
    holds(reader, scene, ask)


@pytest.mark.parametrize("seed", range(40))
def test_any_question_has_the_answer_of_the_plain_calculation(scene, reader, seed):
    holds(reader, scene, random_ask(Random(seed), scene))


def random_ask(chance: Random, scene: Scene) -> Ask:
    ask = Ask(by=chance.choice(COMBINATIONS), plan=chance.choice(("current", "original")))
    if chance.random() < 0.5:
        first = date(2022, 7, 1) + timedelta(days=chance.randint(0, 1300))
        if chance.random() < 0.5:
            first = date(chance.choice((2022, 2023, 2025)), chance.choice((7, 10)), 1)
        last = first + timedelta(days=chance.randint(0, 700))
        if chance.random() < 0.5:
            last = date(max(last.year, first.year + 1), *chance.choice(((3, 31), (6, 30))))
        ask.year, ask.span = None, (first, last)
    else:
        ask.year = chance.choice(list(YEARS))
    if chance.random() < 0.4:
        ask.as_of = ask.start + timedelta(days=chance.randint(-5, 370))
    if chance.random() < 0.3:
        ask.known_at = chance.choice(scene.moments) + timedelta(minutes=chance.choice((0, 15, 60)))
    if chance.random() < 0.3:
        ask.programs = tuple(chance.sample(("ECCD", "GBV", "YEE", "SPON"), 2))
    if chance.random() < 0.3:
        ask.activities = tuple(chance.sample(truth.ACTIVITIES, 2))
    if chance.random() < 0.2:
        ask.funds = (chance.choice(truth.FUNDS),)
    ask.new_units = chance.random() < 0.3
    if chance.random() < 0.3 and not ask.new_units:
        old, new = ("03577", "03580", "03586", "03571"), ("03583", "03394", "03571")
        ask.communes = tuple(chance.sample(old if ask.start < NEW else new, 2))
    return ask


SCOPES: dict[str, tuple[tuple[str | None, truth.Unit | None], ...]] = {
    "two pairs": (("GBV", ("03577", OLD)), ("ECCD", ("03586", OLD))),
    "one commune": ((None, ("03577", OLD)),),
    "one programme": (("YEE", None),),
    "a successor": ((None, ("03583", NEW)),),
    "a programme in a successor": (("GBV", ("03583", NEW)), ("YEE", ("03571", OLD))),
    "nothing": (),
}


@pytest.mark.parametrize("name", SCOPES)
def test_a_reader_gets_the_figures_of_the_assigned_pairs_alone(scene, name):
    person = make.user(role=Role.COORDINATOR)
    person.assignments.all().delete()
    for program, unit in SCOPES[name]:
        person.assignments.create(
            program=make.program(program) if program else None,
            commune=make.commune(unit[0], valid_from=unit[1]) if unit else None,
        )
    client = APIClient()
    client.force_authenticate(person)
    for options in (
        {},
        {"year": "2026"},
        {"new_units": True},
        {"known_at": scene.moments[40]},
        {"programs": ("GBV", "ECCD")},
    ):
        ask = Ask(by=("program", "commune", "fund"), pairs=SCOPES[name], **options)
        holds(client, scene, ask)
        holds(client, scene, Ask(pairs=SCOPES[name], **options))


@pytest.mark.parametrize(
    "ask",
    [
        Ask(by=("program", "commune")),
        Ask(by=("month", "fund")),
        Ask(by=("quarter",), year=None, span=(date(2022, 7, 1), date(2026, 6, 30))),
        Ask(by=(), programs=("SPON",)),
    ],
    ids=["cells", "months", "range", "empty"],
)
def test_csv_and_xlsx_hold_the_rows_of_the_json(scene, reader, ask):
    rows = reader.get(URL, ask.parameters()).json()["rows"]
    text = reader.get(URL, {**ask.parameters(), "format": "csv"}).content.decode("utf-8")
    assert text.startswith("\ufeff")
    table = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert table == [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]
    book = reader.get(URL, {**ask.parameters(), "format": "xlsx"})
    head, *lines = openpyxl.load_workbook(io.BytesIO(b"".join(book))).active.values
    found = [dict(zip(head, line, strict=True)) for line in lines]
    for row, line in zip(rows, found, strict=True):
        for name, value in row.items():
            numeric = name in ("rate", "rate_to_date") and value is not None
            assert line[name] == (float(value) if numeric else value)


def test_csv_by_its_accept_header_with_the_marks_asked_for(scene, reader):
    query = {"fiscal_year": "2023", "by": "program", "delimiter": ";", "decimal": ","}
    response = reader.get(URL, query, headers={"accept": "text/csv"})
    assert response["Content-Type"].startswith("text/csv")
    head, *lines = response.content.decode("utf-8").removeprefix("\ufeff").splitlines()
    assert head.split(";")[:3] == ["program", "program_name", "planned"]
    rows = reader.get(URL, {"fiscal_year": "2023", "by": "program"}).json()["rows"]
    place = head.split(";").index("rate")
    assert [line.split(";")[place] for line in lines] == [r["rate"].replace(".", ",") for r in rows]


def test_rows_come_in_the_order_of_lists_whatever_order_they_were_made_in(scene, reader):
    rows = reader.get(URL, {"fiscal_year": "2023", "by": "program,commune,quarter"}).json()["rows"]
    order = {"ECCD": 0, "GBV": 1, "YEE": 2, "SPON": 3}
    names = ["Bản Lang", "Dào San", "Hoang Thèn", "Khổng Lào", "Nậm Xe"]
    keys = [(order[r["program"]], names.index(r["commune_name"]), r["quarter"]) for r in rows]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "fiscal_year"),
        ({"fiscal_year": "2023", "from": "2022-07-01", "to": "2023-06-30"}, "fiscal_year"),
        ({"fiscal_year": "2023", "to": "2023-06-30"}, "fiscal_year"),
        ({"fiscal_year": "1999"}, "fiscal_year"),
        ({"fiscal_year": "hai nghin"}, "fiscal_year"),
        ({"from": "2022-07-01"}, "to"),
        ({"to": "2022-07-01"}, "from"),
        ({"from": "2023-07-01", "to": "2022-07-01"}, "to"),
        ({"from": "01/07/2022", "to": "2023-06-30"}, "from"),
        ({"from": "2022-02-30", "to": "2023-06-30"}, "from"),
        ({"fiscal_year": "2023", "by": "village"}, "by"),
        ({"fiscal_year": "2023", "by": "program,,colour"}, "by"),
        ({"fiscal_year": "2023", "plan": "first"}, "plan"),
        ({"fiscal_year": "2023", "as_of": "yesterday"}, "as_of"),
        ({"fiscal_year": "2023", "as_of": "2023-13-01"}, "as_of"),
        ({"fiscal_year": "2023", "known_at": "noon"}, "known_at"),
        ({"fiscal_year": "2023", "program": "XYZ"}, "program"),
        ({"fiscal_year": "2023", "program": ["GBV", "XYZ"]}, "program"),
        ({"fiscal_year": "2023", "commune": "99999"}, "commune"),
        ({"fiscal_year": "2023", "fund": "NONE"}, "fund"),
        ({"fiscal_year": "2023", "activity": "NONE"}, "activity"),
        ({"fiscal_year": "2023", "units": "newer"}, "units"),
        ({"fiscal_year": "2023", "colour": "red"}, "colour"),
        ({"fiscal_year": "2023", "format": "csv", "delimiter": "x"}, "delimiter"),
        ({"fiscal_year": "2023", "format": "csv", "decimal": ","}, "decimal"),
    ],
)
def test_a_wrong_parameter_is_named(reference, query, field):
    client = APIClient()
    client.force_authenticate(make.somebody(Role.VIEWER))
    response = client.get(URL, query)
    body = response.json()
    assert (response.status_code, list(body)) == (400, [field])
    assert all(isinstance(message, str) and message for message in body[field])


def test_a_moment_may_be_told_in_any_zone(scene, reader):
    """PostgreSQL refuses zones of 16 hours and more; a day's end there is a day's end here."""
    told = [
        reader.get(URL, {"fiscal_year": "2023", "known_at": moment})
        for moment in ("2023-07-31T17:00:00+07:00", "2023-08-01T06:05:00+20:05")
    ]
    assert told[0].status_code == 200
    assert told[0].json() == told[1].json()


@pytest.mark.parametrize(
    ("moment", "is_planned"),
    [("2022-07-02T21:59:59", False), ("2022-07-02T22:00:00", True), ("2022-07-02T15:00Z", True)],
)
def test_a_moment_without_a_zone_is_one_in_vietnam(scene, reader, moment, is_planned):
    assert scene.plans[0].approved.isoformat() == "2022-07-02T15:00:00+00:00"
    query = {"fiscal_year": "2023", "known_at": moment}
    assert (reader.get(URL, query).json()["total"]["planned"] > 0) is is_planned


def test_a_code_out_of_scope_has_no_rows(scene):
    client = APIClient()
    client.force_authenticate(make.user_of_pairs(("GBV", make.BAN_LANG)))
    for query in ({"program": "ECCD"}, {"commune": make.NAM_XE}):
        body = client.get(URL, {"fiscal_year": "2023", "by": "program", **query}).json()
        assert body["rows"] == []
        assert (body["total"]["planned"], body["total"]["disbursed"]) == (0, 0)


def test_the_number_of_queries_does_not_grow_with_the_rows(scene, reader):
    query = {"fiscal_year": "2023", "by": "program,commune,fund,activity"}

    def count() -> int:
        kept.forget()
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(URL, query).status_code == 200
        return len(queries)

    count()  # once to read the reader's assignments
    before = count()
    make.posted(5, activity="SPON-09", fund="MOI", commune=make.DAO_SAN)
    make.posted(5, activity="ECCD-09", fund="MOI-2", commune=make.DAO_SAN)
    assert count() == before


def test_who_is_not_signed_in_gets_nothing(reference):
    assert APIClient().get(URL, {"fiscal_year": "2023"}).status_code == 401


def test_years_come_in_their_order_whichever_was_made_first(cast):
    areas = [make.commune().parent]
    make.posted(7, activity="SPON-77")
    for code in ("2014", "2013"):
        open_fiscal_year(code=code, areas=areas)
        make.posted(5, activity="SPON-77", date=date(int(code) - 1, 9, 15))
    span = {"from": "2012-07-01", "to": "2023-06-30", "by": "quarter", "activity": "SPON-77"}
    answer = make.api(cast.khach).get(URL, span).json()
    found = [(row["fiscal_year"], row["disbursed"]) for row in answer["rows"]]
    assert found == [("2013", 5), ("2014", 5), ("2023", 7)]
    codes = list(FiscalYear.objects.values_list("code", flat=True))
    assert codes == sorted(codes, reverse=True)


@pytest.mark.parametrize(
    ("first", "last", "disbursed"),
    [
        ("2023-06-30", "2023-06-30", 5),
        ("2023-06-30", "2023-07-01", 12),
        ("2023-07-01", "2023-07-01", 7),
    ],
)
def test_a_span_holds_its_first_day_and_its_last_over_the_turn_of_the_year(
    cast, first, last, disbursed
):
    make.posted(5, activity="SPON-78", date=date(2023, 6, 30))
    make.posted(7, activity="SPON-78", date=date(2023, 7, 1))
    query = {"from": first, "to": last, "activity": "SPON-78"}
    total = make.api(cast.khach).get(URL, query).json()["total"]
    assert (total["disbursed"], total["planned"] or 0) == (disbursed, 0)
