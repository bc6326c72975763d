"""Figures for other programs: HXL tags, GeoJSON, codes that keep their zeros."""

import csv
import io

import pytest
from openpyxl import load_workbook

from communes.models import Commune
from tests import factories as make

pytestmark = pytest.mark.django_db

SUMMARY = "/api/v1/summary/?fiscal_year=2023&by=commune"


@pytest.fixture
def client(cast):
    make.plan(make.line(amounts=10_000_000))
    make.posted(4_000_000)
    make.training()
    return make.api(cast.khach)


def lines(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_tags_stand_below_the_head_of_a_csv(client):
    head, tags, row = lines(client.get(f"{SUMMARY}&format=csv&hxl=1"))[:3]
    told = dict(zip(head, tags, strict=True))
    assert (told["commune"], told["disbursed"]) == ("#adm3+code", "#value+disbursed+vnd")
    assert row[head.index("commune")] == make.BAN_LANG
    people = client.get("/api/v1/trainings/summary/?fiscal_year=2023&by=topic&format=csv&hxl=1")
    assert "#reached+f" in lines(people)[1]
    head, tags, row = lines(client.get("/api/v1/disbursements/?format=csv&hxl=1"))
    assert len(head) == len(tags) == len(row)
    assert tags[head.index("amount")] == "#value+vnd"


@pytest.mark.parametrize("asked", ["hxl=0", "delimiter=;"])
def test_without_being_asked_there_are_none(client, asked):
    for address in (SUMMARY, "/api/v1/disbursements/?fiscal_year=2023"):
        assert "#" not in str(lines(client.get(f"{address}&format=csv&{asked}")))


@pytest.mark.parametrize(
    "asked", ["hxl=1", "hxl=2&format=csv", "hxl=&format=csv", "hxl=1&format=xlsx", "hxl=1&hxl=1"]
)
def test_tags_where_there_can_be_none_are_refused(client, asked):
    for address in (SUMMARY, "/api/v1/disbursements/?fiscal_year=2023"):
        answer = client.get(f"{address}&{asked}")
        assert (answer.status_code, set(answer.json())) == (400, {"hxl"}), (address, answer.content)


def test_units_are_points_for_a_map_where_their_place_is_known(client):
    Commune.objects.filter(in_programme_area=True).update(latitude=22.5, longitude=103.3)
    Commune.objects.filter(code=make.NAM_XE).update(latitude=None)
    answer = client.get("/api/v1/communes.geojson?in_programme_area=true&valid_on=2023-06-30")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/geo+json")
    found = {each["properties"]["code"]: each for each in answer.json()["features"]}
    assert found[make.BAN_LANG]["geometry"] == {"type": "Point", "coordinates": [103.3, 22.5]}
    assert make.NAM_XE not in found
    assert {each["properties"]["valid_from"] for each in found.values()} == {"1900-01-01"}


@pytest.mark.parametrize(
    "asked", ["code=x", "valid_on=x", "speed=1", "level=", "search=a&search=b"]
)
def test_a_map_that_is_asked_wrongly_is_refused(client, asked):
    assert client.get(f"/api/v1/communes.geojson?{asked}").status_code == 400


def test_codes_keep_their_zeros_in_every_form(client):
    assert client.get(SUMMARY).json()["rows"][0]["commune"] == make.BAN_LANG
    book = client.get(f"{SUMMARY}&format=xlsx")
    cells = list(load_workbook(io.BytesIO(b"".join(book.streaming_content))).active.values)
    assert cells[1][cells[0].index("commune")] == make.BAN_LANG
