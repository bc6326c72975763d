"""Documents for outside: nobody learns of a group of fewer than five people, not by subtraction."""

from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.documents.make import make, read_request
from reports.documents.suppression import HIDDEN, People, hide
from reports.tests import samples
from tests import factories
from trainings.models import COUNTS

pytestmark = pytest.mark.any_database

AGES = ("under_16", "age_16_24", "over_24")


def rank(rows):
    """How many of the rows (cell → factor) are independent."""
    rows = [{cell: Fraction(value) for cell, value in row.items()} for row in rows if row]
    found = 0
    while rows:
        row = rows.pop()
        row = {cell: value for cell, value in row.items() if value}
        if not row:
            continue
        found += 1
        pivot, lead = next(iter(row.items()))
        for other in rows:
            factor = other.get(pivot, 0) / lead
            if factor:
                for cell, value in row.items():
                    other[cell] = other.get(cell, Fraction(0)) - factor * value
    return found


def determined(sums, hidden):
    """The hidden cells that the sums leave one value: their unit row adds nothing to the rank."""
    rows = []
    for total, parts in sums:
        row = {part: 1 for part in parts if part in hidden}
        if total in hidden:
            row[total] = row.get(total, 0) - 1
        rows.append(row)
    whole = rank(rows)
    return {cell for cell in hidden if rank([*rows, {cell: 1}]) == whole}


@st.composite
def head_counts(draw):
    """Rows by topic and by commune of the same classes."""
    cells = [(topic, commune) for topic in "ABC" for commune in "123"]
    classes = {}
    for cell in cells:
        female, male = draw(st.integers(0, 12)), draw(st.integers(0, 12))
        whole = female + male
        young = draw(st.integers(0, whole))
        middle = draw(st.integers(0, whole - young))
        classes[cell] = {
            "participants": whole,
            "female": female,
            "male": male,
            "under_16": young,
            "age_16_24": middle,
            "over_24": whole - young - middle,
            **{
                part: draw(st.integers(0, whole))
                for part in ("ethnic_minority", "disability", "poor_household")
            },
        }
    return tables_of(classes)


def added(rows):
    return {field: sum(row[field] for row in rows) for field in COUNTS}


def tables_of(classes):
    tables = {}
    for index, cut in enumerate(("topic", "commune")):
        keys = sorted({cell[index] for cell in classes})
        rows = [
            {cut: key, **added([row for cell, row in classes.items() if cell[index] == key])}
            for key in keys
        ]
        tables[f"trainings_by_{cut}"] = {"rows": rows, "total": added(classes.values())}
    return tables


@settings(max_examples=20)
@given(head_counts())
def test_no_small_cell_is_printed_and_none_can_be_worked_out(tables):
    people = People(tables, outside=True)

    small = {cell for cell, value in people.values.items() if 0 < value < 5}
    assert small - people.unprinted <= people.hidden
    assert determined(people.sums, people.hidden | people.unprinted) & small == set()


@settings(max_examples=10)
@given(head_counts())
def test_inside_nothing_is_hidden(tables):
    assert People(tables, outside=False).hidden == set()


def test_a_lone_small_cell_takes_its_smallest_neighbour_along():
    values = {"total": 40, "a": 3, "b": 12, "c": 25}
    assert hide(values, [("total", ["a", "b", "c"])]) == {"a", "b"}


@pytest.mark.parametrize(
    ("values", "hidden"),
    [
        ({"total": 40, "a": 3, "z": 12, "c": 25}, {"a", "z"}),  # the smaller, not the first by name
        ({"total": 28, "a": 3, "b": 0, "c": 25}, {"a", "c"}),  # rather than the zero
        ({"total": 20, "a": 3, "b": 0, "c": 17}, {"a", "c"}),  # rather than everybody
        ({"total": 41, "a": 4, "b": 12, "c": 25}, {"a", "b"}),
        ({"total": 42, "a": 5, "b": 12, "c": 25}, set()),  # five are not few
    ],
)
def test_what_protects_a_small_cell_is_what_costs_least(values, hidden):
    assert hide(values, [("total", ["a", *sorted(set(values) - {"a", "total"})])]) == hidden


def test_everybody_is_hidden_only_where_nothing_else_protects():
    values = {"all": 8, "women": 3, "men": 5, "also": 8}
    sums = [("all", ["women", "men"]), ("also", ["all"])]
    assert hide(values, sums[:1], dear={"all", "men"}) == {"women", "men"}
    assert hide(values, sums[:1], dear={"men"}) == {"women", "all"}


def test_two_ones_that_make_two_hide_a_third():
    values = {"total": 32, "a": 1, "b": 1, "c": 30}
    assert len(hide(values, [("total", ["a", "b", "c"])])) == 3


def test_nothing_small_hides_nothing():
    assert hide({"total": 30, "a": 10, "b": 20}, [("total", ["a", "b"])]) == set()


def test_zero_is_published():
    assert hide({"total": 30, "a": 0, "b": 30}, [("total", ["a", "b"])]) == set()


def outside(actor, **values):
    asked = {"kind": "annual", "format": "docx", "fiscal_year": "2023", "outside": "1", **values}
    return make(read_request(asked), actor)


def test_a_report_for_outside_hides_three_people_and_says_so(cast):
    factories.training(12, 8, disability=3, commune=factories.BAN_LANG)
    factories.training(12, 18, disability=9, commune=factories.NAM_XE)

    tables = samples.word_tables(outside(cast.bdh).content)
    table = next(t for caption, t in tables.items() if "theo xã" in caption and "Lớp" in caption)
    disabled = {row[0]: row[table[0].index("NKT")] for row in table[1:]}
    assert disabled == {"Bản Lang": HIDDEN, "Nậm Xe": HIDDEN, "Tổng cộng": "12"}
    text = samples.word_text(outside(cast.bdh).content)
    assert "Không công bố: dưới 5 người" in text
    assert "Bản gửi ra ngoài" in text


def test_inside_the_same_report_says_three(cast):
    factories.training(12, 8, disability=3, commune=factories.BAN_LANG)
    factories.training(12, 18, disability=9, commune=factories.NAM_XE)

    text = samples.word_text(outside(cast.bdh, outside="").content)
    assert "người khuyết tật 12" in text
    assert HIDDEN not in text


@pytest.mark.parametrize(
    ("said", "hidden"),
    [("1", True), ("true", True), (True, True), ("0", False), ("false", False), (False, False)],
)
def test_outside_is_yes_or_no(cast, said, hidden):
    asked = {"kind": "annual", "format": "docx", "fiscal_year": "2023", "outside": said}
    assert read_request(asked).outside is hidden


@pytest.mark.parametrize("said", ["yes", "on", "2", " "])
def test_outside_is_never_guessed(cast, said):
    with pytest.raises(ValidationError) as refused:
        read_request({"kind": "annual", "format": "docx", "fiscal_year": "2023", "outside": said})
    assert set(refused.value.message_dict) == {"outside"}


def test_a_workbook_for_outside_has_no_list_of_classes(cast):
    import io

    from openpyxl import load_workbook

    factories.training(12, 8, disability=3)
    asked = read_request(
        {"kind": "workbook", "format": "xlsx", "fiscal_year": "2023", "outside": "1"}
    )
    book = load_workbook(io.BytesIO(make(asked, cast.bdh).content), data_only=True)

    assert "Lớp tập huấn" not in book.sheetnames
    cells = list(book["Tập huấn theo xã"].iter_rows(min_row=6, values_only=True))
    assert cells
    assert all(value not in (1, 2, 3, 4) for row in cells for value in row[3:])
    assert any(HIDDEN in row for row in cells)
