"""`GET /api/v1/trainings/summary/` against an independent calculation in plain Python."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.roles import Role
from tests import factories as make

URL = "/api/v1/trainings/summary/"
CUTS = ("topic", "program", "commune", "activity", "quarter", "month")
COMBINATIONS = [by for size in range(len(CUTS) + 1) for by in combinations(CUTS, size)]
# What PostgreSQL is asked, too: each cut, each beside each other, and all of them at once.
ASKED = [
    pytest.param(by, marks=[pytest.mark.any_database] if 2 < len(by) < len(CUTS) else [])
    for by in COMBINATIONS
]
PARTS = ("under_16", "age_16_24", "over_24", "ethnic_minority", "disability", "poor_household")
FIGURES = ("trainings", "participants", "female", "male", *PARTS)
TOPICS = {"GBV-CLB": "GBV", "GBV-MANG": "GBV", "YEE-BAN-HANG": "YEE", "ECCD-1000-NGAY": "ECCD"}
OLD, NEW = date(1900, 1, 1), make.REFORM
BECAME = {("03577", OLD): ("03583", NEW), ("03586", OLD): ("03394", NEW)}

Facts = dict[str, Any]


def build() -> list[Facts]:
    """Classes of two fiscal years, and of one after the communes were merged."""
    chance, facts = Random(7), []
    for number in range(60):
        after = number % 6 == 0
        first = date(2025, 7, 1) if after else date(2022, 7, 1)
        day = first + timedelta(days=chance.randint(0, 364 if after else 729))
        unit = ("03583", NEW) if after else chance.choice(list(BECAME))
        female, male = chance.randint(0, 20), chance.randint(1, 20)
        people = female + male
        parts: Facts = dict.fromkeys(PARTS)
        if chance.random() < 0.7:  # some offices do not count ages
            young = chance.randint(0, people)
            parts |= {"under_16": young, "age_16_24": people - young, "over_24": 0}
        for name in PARTS[3:]:
            parts[name] = chance.choice((None, 0, chance.randint(0, people)))
        topic = chance.choice(list(TOPICS))
        activity = chance.choice((None, f"{TOPICS[topic]}-01"))
        make.training(
            female,
            male,
            topic=topic,
            commune=make.commune(unit[0], valid_from=unit[1]),
            start=day,
            activity=make.activity(activity) if activity else None,
            **parts,
        )
        facts.append(
            {
                "topic": topic,
                "program": TOPICS[topic],
                "commune": unit,
                "activity": activity,
                "fiscal_year": str(day.year + (day.month > 6)),
                "quarter": (day.month - 7) % 12 // 3 + 1,
                "month": f"{day.year}-{day.month:02}",
                "day": day,
                "trainings": 1,
                "participants": people,
                "female": female,
                "male": male,
                **{name: value or 0 for name, value in parts.items()},
            }
        )
    return facts


def added(facts: list[Facts], names: tuple[str, ...]) -> dict[tuple, Facts]:
    """Facts added up by the values of some names."""
    table: dict[tuple, Facts] = defaultdict(lambda: dict.fromkeys(FIGURES, 0))
    for fact in facts:
        for figure in FIGURES:
            table[tuple(fact[name] for name in names)][figure] += fact[figure]
    return dict(table)


@pytest.fixture(scope="module")
def _facts(django_db_setup, django_db_blocker) -> Iterator[list[Facts]]:
    with django_db_blocker.unblock(), transaction.atomic():
        make.reference()
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def facts(_facts, db) -> list[Facts]:
    return _facts


@pytest.fixture
def reader(facts) -> APIClient:
    client = APIClient()
    client.force_authenticate(make.somebody(Role.VIEWER))
    return client


def holds(client: APIClient, wanted: list[Facts], by: tuple[str, ...], query: Facts) -> None:
    """The answer is the sum of `wanted`, cut by `by`."""
    response = client.get(URL, {"by": ",".join(by), **query})
    assert response.status_code == 200, response.content
    body = response.json()
    names = list(by)
    if "from" in query and "quarter" in names:
        names.insert(names.index("quarter"), "fiscal_year")
    rows = {}
    for row in body["rows"]:
        if "commune" in by:
            row["commune"] = (row["commune"], date.fromisoformat(row["commune_valid_from"]))
        rows[tuple(row[name] for name in names)] = {name: row[name] for name in FIGURES}
    assert len(rows) == len(body["rows"])
    assert rows == added(wanted, tuple(names))
    assert body["total"] == added(wanted, ()).get((), dict.fromkeys(FIGURES, 0))


@pytest.mark.parametrize("by", ASKED, ids=lambda by: "-".join(by) or "total")
def test_every_combination_of_cuts_adds_up(facts, reader, by):
    holds(reader, [f for f in facts if f["fiscal_year"] == "2023"], by, {"fiscal_year": "2023"})


@pytest.mark.parametrize("by", [(), ("quarter",), ("month", "program"), ("commune", "quarter")])
def test_a_range_over_years_keeps_their_quarters_apart(facts, reader, by):
    span = {"from": "2022-09-05", "to": "2026-02-11"}
    inside = [f for f in facts if date(2022, 9, 5) <= f["day"] <= date(2026, 2, 11)]
    holds(reader, inside, by, span)


def test_as_of_a_day_counts_classes_that_had_begun(facts, reader):
    for day in (date(2022, 6, 30), date(2022, 12, 24), date(2023, 6, 30)):
        begun = [f for f in facts if f["fiscal_year"] == "2023" and f["day"] <= day]
        holds(reader, begun, ("topic",), {"fiscal_year": "2023", "as_of": day.isoformat()})


@pytest.mark.parametrize(
    ("name", "codes"),
    [("topic", ["GBV-CLB", "YEE-BAN-HANG"]), ("program", ["GBV"]), ("activity", ["ECCD-01"])],
)
def test_filters_keep_what_they_name(facts, reader, name, codes):
    kept = [f for f in facts if f["fiscal_year"] == "2024" and f[name] in codes]
    holds(reader, kept, ("commune", name), {"fiscal_year": "2024", name: codes})


def test_new_units_count_the_classes_of_those_merged_into_them(facts, reader):
    query = {"from": "2022-07-01", "to": "2026-06-30", "units": "new"}
    rolled = [{**f, "commune": BECAME.get(f["commune"], f["commune"])} for f in facts]
    holds(reader, rolled, ("commune", "topic"), query)
    lao = [f for f in rolled if f["commune"][0] == "03583"]
    holds(reader, lao, ("commune",), {**query, "commune": "03583"})


def test_a_reader_counts_the_classes_of_the_assigned_pairs_alone(facts):
    client = APIClient()
    client.force_authenticate(make.user_of_pairs(("GBV", "03577"), ("YEE", "03586")))
    pairs = {("GBV", ("03577", OLD)), ("YEE", ("03586", OLD))}
    mine = [f for f in facts if (f["program"], f["commune"]) in pairs]
    this_year = [f for f in mine if f["fiscal_year"] == "2023"]
    holds(client, this_year, ("program", "commune"), {"fiscal_year": "2023"})


def test_csv_and_xlsx_hold_the_rows_of_the_json(facts, reader):
    query = {"fiscal_year": "2023", "by": "topic,commune"}
    rows = reader.get(URL, query).json()["rows"]
    text = reader.get(URL, {**query, "format": "csv"}).content.decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(text))) == [
        {name: str(value) for name, value in row.items()} for row in rows
    ]
    file = b"".join(reader.get(URL, {**query, "format": "xlsx"}))
    book = openpyxl.load_workbook(io.BytesIO(file))
    head, *lines = book.active.values
    assert [dict(zip(head, line, strict=True)) for line in lines] == rows


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "fiscal_year"),
        ({"fiscal_year": "1999"}, "fiscal_year"),
        ({"fiscal_year": "2023", "by": "fund"}, "by"),
        ({"fiscal_year": "2023", "topic": "NONE"}, "topic"),
        ({"fiscal_year": "2023", "plan": "current"}, "plan"),
        ({"from": "2023-07-01", "to": "2022-07-01"}, "to"),
    ],
)
def test_a_wrong_parameter_is_named(reference, query, field):
    client = APIClient()
    client.force_authenticate(make.somebody(Role.VIEWER))
    response = client.get(URL, query)
    assert (response.status_code, list(response.json())) == (400, [field])


def test_the_number_of_queries_does_not_grow_with_the_classes(facts, reader):
    query = {"fiscal_year": "2023", "by": "topic,commune,activity"}

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(URL, query).status_code == 200
        return len(queries)

    count()  # once to read the reader's assignments
    make.training(commune=make.BAN_LANG, activity=make.activity("GBV-07"))  # asked anew
    before = count()
    for code in make.COMMUNES:
        make.training(commune=code, activity=make.activity("GBV-07"))
    assert count() <= before  # what a class does not change is kept


@pytest.mark.parametrize(
    ("span", "counted"),
    [
        ({"from": "2022-09-30", "to": "2022-09-30"}, 1),
        ({"from": "2022-07-01", "to": "2022-09-29"}, 0),
        ({"from": "2022-10-01", "to": "2023-06-30"}, 0),
        ({"fiscal_year": "2023", "as_of": "2022-09-30"}, 1),
        ({"fiscal_year": "2023", "as_of": "2022-09-29"}, 0),
    ],
)
def test_a_class_counts_from_its_first_day_on(cast, span, counted):
    make.training(topic="SPON-MOI", program="SPON", start=date(2022, 9, 30), days=5)
    answer = make.api(cast.khach).get(URL, {**span, "topic": "SPON-MOI"}).json()
    assert answer["total"]["trainings"] == counted
