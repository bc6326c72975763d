"""Lists and summaries are asked by what their records show: each finds exactly its rows."""

import unicodedata
from datetime import date

import pytest

from communes.models import Village
from disbursements.models import PlanLine, PlanVersion
from monitoring.services.difficulties import difficulties
from monitoring.services.meetings import visits
from tests import factories as make
from tests.factories import api

pytestmark = pytest.mark.django_db
SUMMARY = "/api/v1/summary/"


@pytest.fixture
def client(cast):
    return api(cast.bdh)


def found(client, address, field, **question):
    answer = client.get(f"/api/v1/{address}/", question)
    assert answer.status_code == 200, answer.content
    return [row[field] for row in answer.json()["results"]]


@pytest.fixture
def lines(cast):
    make.plan(make.line("GBV-01", amounts={1: 4_000_000, 3: 1_000_000}), make.line("GBV-02"))
    return PlanLine.objects.all()


def test_plan_lines_are_asked_by_the_sum_of_their_quarters(client, lines):
    assert found(client, "plan-lines", "total", total_min=2_000_000) == [5_000_000]
    assert found(client, "plan-lines", "total", total_max=2_000_000) == [1_000_000]
    assert found(client, "plan-lines", "total", ordering="total") == [1_000_000, 5_000_000]
    assert found(client, "plan-lines", "total", ordering="-total") == [5_000_000, 1_000_000]


def test_plan_versions_are_asked_by_what_they_plan(client, lines):
    make.draft_plan(make.line("GBV-01", amounts=300_000))
    assert found(client, "plan-versions", "planned", planned_min=1_000_000) == [6_000_000]
    small = found(client, "plan-versions", "planned", planned_max=999_999)
    assert small and max(small) < 1_000_000
    every = found(client, "plan-versions", "planned", ordering="-planned")
    assert every == sorted(every, reverse=True)
    assert len(every) == PlanVersion.objects.count()


def test_visits_are_asked_by_fiscal_year(client, cast):
    gbv = make.activity("GBV-01").program
    for title, day in (("first", date(2022, 7, 1)), ("next", date(2023, 7, 1))):
        visits.create(
            actor=cast.dieuphoi,
            title=title,
            date=day,
            program=gbv,
            commune=make.commune(),
            seen="Công trình dùng tốt",
        )
    make.year("2024")
    assert found(client, "visits", "title", fiscal_year="2023") == ["first"]
    assert set(found(client, "visits", "title", fiscal_year="2023,2024")) == {"first", "next"}


def test_fiscal_years_are_searched(client):
    for code in ("2023", "2024"):
        make.year(code)
    assert found(client, "fiscal-years", "code", search="2023") == ["2023"]


def test_difficulties_are_asked_by_who_has_to_solve_them(client, cast):
    for title, owner in (("road", "UBND xã Bản Lang"), ("staff", "Phòng Giáo dục")):
        difficulties.create(
            actor=cast.dieuphoi,
            title=title,
            owner=owner,
            raised_on=date(2022, 9, 1),
            effect="Chậm",
            commune=make.commune(),
        )
    assert found(client, "difficulties", "title", owner="ubnd ban lang") == ["road"]


def test_a_village_is_named_as_records_name_it_or_by_its_id(client):
    there, elsewhere = (
        Village.objects.create(commune=make.commune(), name=name) for name in ("Nà Cúng", "Pho")
    )
    training = make.training(village=there)
    make.training(village=elsewhere)
    apart = unicodedata.normalize("NFD", "Nà Cúng")
    for asked in ("Nà Cúng", apart, training.village_id, f"Nà Cúng,{training.village_id}"):
        assert found(client, "trainings", "village", village=asked) == ["Nà Cúng"]
    answer = client.get("/api/v1/trainings/", {"village": "Na Cung"})
    assert answer.status_code == 400
    assert "Na Cung" in answer.json()["village"][0]


@pytest.mark.parametrize("address", ["disbursements/", "summary/?fiscal_year=2023"])
def test_an_answer_that_comes_in_several_forms_says_so(client, address):
    make.year("2023")
    assert "Accept" in client.get(f"/api/v1/{address}")["Vary"].split(", ")


@pytest.mark.parametrize("twice", ["fiscal_year=2023&fiscal_year=2022", "as_of=2023-01-01&as_of=x"])
def test_a_summary_is_asked_each_thing_once(client, twice):
    make.year("2023")
    answer = client.get(f"{SUMMARY}?fiscal_year=2023&{twice}")
    assert answer.status_code == 400
    assert "một lần" in str(answer.json())
    assert client.get(f"{SUMMARY}?fiscal_year=2023&program=GBV&program=GBV").status_code in (
        200,
        400,
    )


def test_a_plan_that_there_is_not_is_named_as_that(client):
    make.year("2023")
    said = client.get(SUMMARY, {"fiscal_year": "2023", "plan": "99"}).json()["plan"][0]
    assert "99" in said
    assert "số 99" in said
