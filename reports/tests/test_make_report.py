"""Documents by command and by API: who may, what is refused, and how it says so."""

import io

import pytest
from django.core.management import CommandError, call_command

from tests import factories

pytestmark = pytest.mark.any_database


def make(tmp_path, kind="annual", user="bdh", **options):
    values = {"fiscal_year": "2023", "format": "docx", **options}
    path = tmp_path / "report"
    call_command("make_report", kind, user=user, output=path, stdout=io.StringIO(), **values)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("kind", "format_", "start"),
    [
        ("annual", "docx", b"PK"),
        ("annual", "pdf", b"%PDF"),
        ("quarterly", "docx", b"PK"),
        ("quarterly", "pdf", b"%PDF"),
        ("workbook", "xlsx", b"PK"),
    ],
)
def test_every_kind_comes_even_from_an_empty_ledger(cast, tmp_path, kind, format_, start):
    assert make(tmp_path, kind, format=format_).startswith(start)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kind": "yearly"}, "'yearly'"),
        ({"format": "odt"}, "'odt'"),
        ({"format": "xlsx"}, "docx, pdf"),
        ({"kind": "workbook"}, "xlsx"),
        ({"fiscal_year": "1999"}, "'1999'"),
        ({"user": "nobody"}, "'nobody'"),
        ({"user": "khach"}, "'khach'"),
        ({"kind": "quarterly", "quarter": "5"}, "'5'"),
        ({"as_of": "30/06/2023"}, "'30/06/2023'"),
    ],
)
def test_what_is_wrong_is_named_in_one_sentence(cast, tmp_path, options, sentence):
    with pytest.raises(CommandError) as refused:
        make(tmp_path, **options)

    assert sentence in str(refused.value)
    assert str(refused.value).count(".") <= 2
    assert not (tmp_path / "report").exists()


def test_a_file_that_cannot_be_written_is_named(cast, tmp_path):
    with pytest.raises(CommandError, match="no-such-folder"):
        make(tmp_path / "no-such-folder")


def test_only_who_issues_reports_gets_them_by_api(cast):
    for person in cast.everybody():
        answer = factories.api(person).get("/api/v1/reports/annual.docx?fiscal_year=2023")
        assert answer.status_code == (200 if person == cast.bdh else 403), person


def test_everybody_gets_the_workbook_of_their_scope(cast):
    for person in cast.everybody():
        answer = factories.api(person).get("/api/v1/reports/workbook.xlsx?fiscal_year=2023")
        assert answer.status_code == 200, person


def test_the_api_names_the_file_and_its_type(cast):
    answer = factories.api(cast.bdh).get("/api/v1/reports/quarterly.pdf?fiscal_year=2023&quarter=2")

    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="quarterly-2023-q2.pdf"'
    assert answer["ETag"] and "private" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "status", "field"),
    [
        ("annual.docx", 400, "fiscal_year"),
        ("annual.docx?fiscal_year=1999", 400, "fiscal_year"),
        ("quarterly.docx?fiscal_year=2023&quarter=x", 400, "quarter"),
        ("annual.docx?fiscal_year=2023&as_of=x", 400, "as_of"),
        ("annual.docx?fiscal_year=2023&colour=red", 400, "colour"),
        ("annual.odt?fiscal_year=2023", 404, "detail"),
        ("yearly.docx?fiscal_year=2023", 404, "detail"),
        ("workbook.docx?fiscal_year=2023", 404, "detail"),
    ],
)
def test_the_api_refuses_in_its_usual_shape(cast, address, status, field):
    answer = factories.api(cast.bdh).get(f"/api/v1/reports/{address}")

    assert answer.status_code == status
    assert list(answer.json()) == [field]


def test_without_a_token_there_is_no_document(client, reference):
    assert client.get("/api/v1/reports/annual.docx?fiscal_year=2023").status_code == 401
