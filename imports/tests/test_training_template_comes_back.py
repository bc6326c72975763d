"""A template of training classes comes back: exactly what was changed in its rows is changed."""

from datetime import date

import pytest

from core.pages.history import trail_of
from core.services.errors import Conflict
from imports import services
from tests import factories as make
from tests.factories import DAO_SAN
from trainings.models import Training
from trainings.services import classes

from .come_back import (
    PROGRAMS,
    Template,
    changes_of,
    check,
    commit,
    counts_of,
    download,
    edited,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
TOPIC, TITLE, ACTIVITY, COMMUNE, START, END, VENUE, MALE, FEMALE, UNDER_16 = range(10)
NOTE = 15
KIND = "trainings"


@pytest.fixture
def rows(cast):
    """Three classes, in rows 4, 5 and 6 of the template."""
    plain = make.topic("CHUNG", name="Kỹ năng chung")
    return [
        make.training(12, 8, title="Lớp 1", under_16=5, age_16_24=5, over_24=10, trainer="Cô Hà"),
        make.training(7, 8, title="Lớp 2", venue="Nhà văn hóa", start=date(2022, 9, 20)),
        make.training(
            3,
            4,
            title="Lớp 3",
            topic=plain,
            program="ECCD",
            commune=DAO_SAN,
            start=date(2022, 10, 1),
        ),
    ]


@pytest.fixture
def template(client, cast, rows):
    return download(client, cast.dieuphoi, KIND)


def now(row):
    return Training.objects.get(pk=row.pk)


@pytest.mark.parametrize("save", PROGRAMS)
def test_a_template_left_as_it_is_changes_nothing(cast, template, save):
    found = check(save(template), KIND, cast.dieuphoi)
    assert (found.errors, found.warnings) == ([], [])
    assert (found.duplicates, found.items, found.changed) == (3, [], [])


@pytest.mark.parametrize("save", PROGRAMS)
def test_what_was_changed_comes_back_as_exactly_that(cast, template, rows, save):
    def edit(sheet):
        sheet.put(4, MALE, 9)
        sheet.put(4, UNDER_16, 6)
        sheet.put(5, TITLE, "Lớp 2 (bổ sung)")
        sheet.put(5, START, date(2022, 10, 20))
        sheet.put(5, END, date(2022, 10, 21))

    content = save(edited(template, edit))
    found = check(content, KIND, cast.dieuphoi)
    assert (found.errors, found.warnings) == ([], [])
    assert changes_of(found) == {
        4: {"male": (8, 9), "under_16": (5, 6)},
        5: {
            "title": ("Lớp 2", "Lớp 2 (bổ sung)"),
            "start": ("2022-09-20", "2022-10-20"),
            "end": ("2022-09-21", "2022-10-21"),
        },
    }
    assert counts_of(found) == (0, 2, 1, 0)
    upload = commit(content, KIND, cast.dieuphoi)
    first, second, third = map(now, rows)
    assert (first.participants, first.male, first.under_16, first.trainer) == (21, 9, 6, "Cô Hà")
    assert (second.start, second.quarter, second.version) == (date(2022, 10, 20), 2, 2)
    assert third.version == 1
    assert trail_of(first)[0].kind == "changed"
    services.undo(actor=cast.dieuphoi, upload=upload)
    first, second = map(now, rows[:2])
    assert (first.participants, first.under_16) == (20, 5)
    assert (second.title, second.start, second.quarter) == ("Lớp 2", date(2022, 9, 20), 1)


def test_what_the_portal_changed_meanwhile_is_never_overwritten(cast, template, rows):
    classes.change(actor=cast.dieuphoi, record=rows[0], version=1, note="Khác")
    found = check(edited(template, lambda s: s.put(4, VENUE, "Trường")), KIND, cast.dieuphoi)
    assert [(error.row, error.code) for error in found.errors] == [(4, "changed_meanwhile")]
    assert "“Khác”" in found.errors[0].message
    assert check(template, KIND, cast.dieuphoi).duplicates == 3


def test_a_class_is_not_changed_into_one_that_is_there(cast, template, rows):
    make.training(7, 8, title="Lớp 9", start=date(2022, 9, 20))
    found = check(edited(template, lambda s: s.put(5, TITLE, "Lớp 9")), KIND, cast.dieuphoi)
    assert [(error.row, error.code) for error in found.errors] == [(5, "already_entered")]


def test_a_copied_class_is_a_new_one_and_a_missing_one_stays(cast, template, rows):
    def edit(sheet):
        sheet.copy(4, to=7)
        sheet.put(7, TITLE, "Lớp 4")
        sheet.delete(5)

    content = edited(template, edit)
    found = check(content, KIND, cast.dieuphoi)
    assert (found.errors, counts_of(found)) == ([], (1, 0, 2, 1))
    assert {warning.code for warning in found.warnings} == {"copied", "rows_missing"}
    commit(content, KIND, cast.dieuphoi)
    titles = Training.objects.order_by("title").values_list("title", flat=True)
    assert list(titles) == ["Lớp 1", "Lớp 2", "Lớp 3", "Lớp 4"]


def test_nothing_is_taken_back_where_a_changed_class_was_changed_again(cast, template, rows):
    upload = commit(edited(template, lambda s: s.put(4, VENUE, "Trường")), KIND, cast.dieuphoi)
    classes.change(actor=cast.dieuphoi, record=rows[0], version=2, note="Khác")
    with pytest.raises(Conflict):
        services.undo(actor=cast.dieuphoi, upload=upload)
    assert now(rows[0]).venue == "Trường"


def test_classes_outside_the_assignment_are_neither_given_out_nor_missing(client, cast, rows):
    content = download(client, cast.dieuphoi_gbv, KIND)
    sheet = Template(content)
    assert [sheet.sheet.cell(n, TITLE + 1).value for n in sheet.rows()] == ["Lớp 1", "Lớp 2"]
    found = check(content, KIND, cast.dieuphoi)
    assert (found.errors, found.warnings, counts_of(found)) == ([], [], (0, 0, 2, 0))
