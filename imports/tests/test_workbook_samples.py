"""The offices' own workbooks add up to what they are known to hold, to the đồng and the person."""

import json
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from core.values.dates import fiscal_quarter
from core.values.text import fold_key
from imports.workbook import Reading, read_workbook
from imports.workbook.model import Kind

SAMPLES = Path(__file__).parents[2] / "tests" / "samples"
COMMUNES = {
    "banlang": "03577",
    "hoangthen": "03580",
    "khonglao": "03583",
    "namxe": "03586",
    "daosan": "03571",
}
QUARTERS = ("q1", "q2", "q3", "q4")


def read(name: str, kind: Kind) -> Reading:
    reading = read_workbook(SAMPLES / name, kind)
    assert (reading.errors, reading.warnings) == ([], [])
    return reading


def truth(year: str) -> dict:
    return json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))["years"][year]


def code_of(commune: str) -> str:
    return COMMUNES[fold_key(commune).removeprefix("xa")]


def program_of(row) -> str:
    return row.values["activity"].partition("-")[0]


@pytest.mark.parametrize("year", ["2023", "2024"])
def test_the_plan_adds_up_by_programme_commune_and_quarter(year):
    reading, known = read(f"ke-hoach-FY{year}.xlsx", "plan"), truth(year)
    cells, quarters = defaultdict(int), defaultdict(int)
    for row in reading.rows:
        cells[f"{program_of(row)}|{code_of(row.values['commune'])}"] += row.values["year"]
        for number, name in enumerate(QUARTERS, 1):
            quarters[str(number)] += row.values[name]
    assert len(reading.rows) == known["plan_lines"]
    assert sum(row.values["year"] for row in reading.rows) == known["planned"]
    assert cells == {k: v["planned"] for k, v in known["by_program_commune"].items()}
    assert quarters == {k: v["planned"] for k, v in known["by_quarter"].items()}


def test_the_disbursements_add_up_by_programme_commune_and_quarter():
    reading, known = read("giai-ngan-FY2023.xlsx", "disbursements"), truth("2023")
    cells, quarters = defaultdict(int), defaultdict(int)
    for row in reading.rows:
        values = row.values
        cells[f"{program_of(row)}|{code_of(values['commune'])}"] += values["amount"]
        quarters[str(fiscal_quarter(values["date"], date(2022, 7, 1)))] += values["amount"]
    assert len(reading.rows) == known["disbursements"]
    assert sum(row.values["amount"] for row in reading.rows) == known["disbursed"]
    assert cells == {k: v["disbursed"] for k, v in known["by_program_commune"].items()}
    assert quarters == {k: v["disbursed"] for k, v in known["by_quarter"].items()}


def test_the_training_classes_add_up_by_commune_topic_and_head():
    reading, known = read("tap-huan-FY2023.xlsx", "trainings"), truth("2023")["trainings"]
    names = {
        "total": "total", "male": "male", "female": "female", "u16": "under_16",
        "y16": "age_16_24", "a24": "over_24", "minority": "ethnic_minority",
        "disability": "disability", "poor": "poor_household",
    }  # fmt: skip
    communes, topics = defaultdict(int), defaultdict(int)
    for row in reading.rows:
        communes[code_of(row.values["commune"])] += 1
        topics[row.values["topic"]] += 1
    assert len(reading.rows) == known["count"]
    for theirs, ours in names.items():
        assert sum(row.values[ours] for row in reading.rows) == known[theirs], ours
    assert communes == {code_of(name): count for name, count in known["by_commune"].items()}
    assert topics == known["by_topic"]


def test_a_plan_row_knows_its_place_its_columns_and_its_heading():
    row = read("ke-hoach-FY2023.xlsx", "plan").rows[24]
    assert (row.sheet, row.row, row.values["activity"]) == ("KH FY2023", 36 + 1, "GBV-01")
    assert row.heading == "II. Phòng, chống bạo lực trên cơ sở giới"
    assert (row.columns["q1"], row.letters["q1"]) == ("Quý I", "H")
    assert row.raw["year"].startswith("=SUM(")


@pytest.mark.parametrize("name", ["ke-hoach-FY2023.xlsx", "giai-ngan-FY2023.xlsx"])
def test_a_path_bytes_and_an_open_file_read_the_same(name):
    kind = "plan" if name.startswith("ke") else "disbursements"
    path = SAMPLES / name
    with path.open("rb") as file:
        readings = [read_workbook(s, kind) for s in (path, str(path), path.read_bytes(), file)]
    assert all(reading == readings[0] for reading in readings)
