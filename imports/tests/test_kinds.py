"""A kind of workbook is one file: nothing else needs to know it."""

import ast
from pathlib import Path

import pytest

from imports import services
from imports.kinds import KINDS
from imports.kinds.trainings import Trainings
from imports.models import UploadState
from imports.tests.make_workbooks import one, table
from imports.workbook import fields, layout
from tests import factories
from trainings.models import Training

APP = Path(services.__file__).parent


class Lessons(Trainings):
    name = "lessons"


@pytest.fixture
def lessons(monkeypatch):
    for register in (KINDS, layout.LAYOUTS, fields.FIELDS, fields.REQUIRED):
        monkeypatch.setitem(register, "lessons", None)  # so that it is gone afterwards
    KINDS["lessons"] = Lessons()
    layout.register([KINDS["lessons"]])


@pytest.mark.django_db
def test_a_new_kind_is_offered_checked_saved_and_taken_back(client, cast, lessons):
    client.force_login(cast.dieuphoi)
    assert '<option value="lessons">' in client.get("/imports/").content.decode()
    upload = services.receive(
        actor=cast.dieuphoi,
        kind="lessons",
        content=one(table("trainings")),
        filename="lop.xlsx",
        fiscal_year=factories.year("2023"),
    )
    assert list(upload.findings.filter(is_warning=False)) == []
    assert client.get(f"/imports/{upload.pk}/").status_code == 200
    upload = services.confirm(actor=cast.dieuphoi, upload=upload)
    assert upload.saved == list(Training.objects.order_by("pk").values_list("pk", flat=True)) != []
    assert services.undo(actor=cast.dieuphoi, upload=upload).state == UploadState.UNDONE
    assert Training.objects.count() == 0


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_a_kind_cannot_do_without_is_among_its_columns(kind):
    names = {column.name for column in kind.columns}
    assert {name for group in (*kind.required, *kind.needed) for name in group} <= names


def test_no_other_file_of_the_import_names_a_kind():
    files = [*APP.glob("*.py"), *(APP / "management").rglob("*.py"), APP / "kinds" / "base.py"]
    named = {
        (file.name, node.value)
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in KINDS
    }
    assert named == set()
