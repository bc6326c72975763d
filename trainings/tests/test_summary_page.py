"""The classes of a year summed up on a page and as a sheet, within one's scope."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests import factories as make


@pytest.fixture
def classes(cast):
    make.training(12, 8, under_16=5, age_16_24=10, over_24=5, ethnic_minority=18)
    make.training(3, 2, topic="YEE-BAN-HANG", commune=make.NAM_XE, start=date(2023, 1, 9))
    make.training(1, 1, start=date(2023, 2, 6))


def summed(client, **query):
    """{name: figures} of the page, and the total."""
    answer = client.get(reverse("trainings-summary"), {"fiscal_year": "2023", **query})
    assert answer.status_code == 200
    listed = answer.context["list"]
    rows = [[cell.text for cell in line["cells"]] for line in listed["lines"]]
    total = [cell["text"] for cell in listed["sums"]]
    return {name: cells for name, *cells in rows}, total


def test_by_each_cut_with_sex_and_age(cast, client, classes):
    client.force_login(cast.khach)
    everything = ["3", "27", "16", "11", "5", "10", "5", "18", "0", "0"]
    ban_lang = ["2", "22", "13", "9", "5", "10", "5", "18", "0", "0"]
    nam_xe = ["1", "5", "3", "2", "0", "0", "0", "0", "0", "0"]
    first = ["1", "20", "12", "8", "5", "10", "5", "18", "0", "0"]
    third = ["2", "7", "4", "3", "0", "0", "0", "0", "0", "0"]
    assert summed(client, by="commune") == (
        {"Bản Lang": ban_lang, "Nậm Xe": nam_xe},
        everything,
    )
    assert list(summed(client, by="quarter")[0].values()) == [first, third]
    assert list(summed(client, by="program")[0].values()) == [ban_lang, nam_xe]
    assert sorted(summed(client, by="topic")[0].values()) == sorted([ban_lang, nam_xe])
    assert summed(client, by="commune", program="YEE") == ({"Nậm Xe": nam_xe}, nam_xe)


def test_a_commune_sums_up_its_own(cast, client, classes):
    client.force_login(cast.xa_banlang)
    rows, total = summed(client, by="commune")
    assert set(rows) == {"Bản Lang"}
    assert total[:2] == ["2", "22"]


def test_the_sheet_has_the_same_rows(cast, client, classes):
    client.force_login(cast.khach)
    address = reverse("trainings-summary")
    sheet = client.get(address, {"fiscal_year": "2023", "by": "commune", "format": "xlsx"})
    book = load_workbook(BytesIO(sheet.getvalue()))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[:4] for row in rows[1:]] == [("Bản Lang", 2, 22, 13), ("Nậm Xe", 1, 5, 3)]
    notes = [row[0] for row in book["Ghi chú"].iter_rows(values_only=True)]
    assert "hai lượt" in notes[0]
