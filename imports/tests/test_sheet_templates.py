"""Templates to fill in: what they offer, and that they come back as what they were."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from accounts.roles import Role
from disbursements.models import Disbursement
from imports.services import check_workbook
from tests import factories as make
from tests.factories import BAN_LANG, DAO_SAN, NAM_XE

# Of workbooks.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def download(client, person, kind, year="2023"):
    client.force_login(person)
    answer = client.get(f"/imports/templates/{kind}.xlsx", {"fiscal_year": year})
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def read_back(content, kind, person):
    return check_workbook(kind=kind, source=content, actor=person, fiscal_year=make.year())


@pytest.fixture
def plan(cast):
    make.plan(
        make.line(
            "GBV-01", BAN_LANG, {1: 5_000_000, 3: 7_000_000}, "BI", unit="Hội Phụ nữ", note="Đợt 1"
        ),
        make.line("GBV-02", NAM_XE, {2: 4_000_000}),
        make.line("ECCD-01", DAO_SAN, {4: 9_000_000}),
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_plan_in_force_goes_out_and_comes_back_unchanged(plan, cast, client, language):
    client.cookies["django_language"] = language
    for person, lines in ((cast.dieuphoi, 3), (cast.dieuphoi_gbv, 2)):
        found = read_back(download(client, person, "plan"), "plan", person)
        assert (found.errors, found.warnings) == ([], [])
        assert (len(found.items), found.duplicates) == (lines, lines)
        kept = {(line.activity.code, line.fund.code, line.unit, line.note) for line in found.items}
        assert ("GBV-01", "BI", "Hội Phụ nữ", "Đợt 1") in kept


def test_rows_not_submitted_go_out_and_come_back_as_duplicates(cast, client):
    row = make.draft(12_500_000, by=cast.dieuphoi_gbv, voucher_no="PC-1", fund="BI", note="Gấp")
    make.submitted(5, by=cast.dieuphoi_gbv, voucher_no="PC-2")
    make.draft(7, by=cast.dieuphoi, activity="ECCD-01", voucher_no="PC-3")
    content = download(client, cast.dieuphoi_gbv, "disbursements")
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [cell for cell in list(sheet.values)[3] if cell is not None]
    assert [cells[0].date(), *cells[1:3]] == [row.date, "PC-1", "GBV-01"]
    assert 12_500_000 in cells
    found = read_back(content, "disbursements", cast.dieuphoi_gbv)
    assert (found.errors, found.warnings) == ([], [])
    assert (found.rows, found.duplicates, found.items) == (1, 1, [])
    assert Disbursement.objects.count() == 3


def test_a_row_written_below_comes_in(cast, client):
    make.activity("GBV-01")
    book = load_workbook(io.BytesIO(download(client, cast.dieuphoi_gbv, "disbursements")))
    new = [date(2022, 9, 5), "PC-9", None, "GBV-01", "Bản Lang", None, 3_000_000, "Huyện đoàn"]
    for column, value in enumerate(new, start=1):
        book.worksheets[0].cell(4, column, value)
    file = io.BytesIO()
    book.save(file)
    found = read_back(file.getvalue(), "disbursements", cast.dieuphoi_gbv)
    assert (found.errors, found.warnings) == ([], [])
    assert [(item.voucher_no, item.amount) for item in found.items] == [("PC-9", 3_000_000)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_class_written_into_the_template_comes_in(cast, client, language):
    client.cookies["django_language"] = language
    topic = make.topic("GBV-CLB", program=make.program("GBV"))
    book = load_workbook(io.BytesIO(download(client, cast.dieuphoi, "trainings")))
    new = [topic.name, "Lớp 1", None, "Bản Lang", date(2022, 9, 5), date(2022, 9, 6), "Nhà văn hóa"]
    for column, value in enumerate([*new, 8, 12, 1, 9, 10, 20, 0, 3], start=1):
        book.worksheets[0].cell(4, column, value)
    file = io.BytesIO()
    book.save(file)
    found = read_back(file.getvalue(), "trainings", cast.dieuphoi)
    assert (found.errors, found.warnings) == ([], [])
    (item,) = found.items
    assert (item.male, item.female, item.participants) == (8, 12, 20)
    assert (item.over_24, item.poor_household) == (10, 3)


def test_a_template_offers_what_the_person_may_write_and_locks_the_rest(cast, client):
    for code in ("GBV-01", "ECCD-01"):
        make.activity(code)
    content = download(client, cast.dieuphoi_gbv, "disbursements")
    book = load_workbook(io.BytesIO(content))
    offered = [row[:2] for row in list(book.worksheets[1].values)[2:4]]
    assert offered == [("GBV-01", "Bản Lang"), (None, "Nậm Xe")]
    sheet = book.worksheets[0]
    assert sheet.protection.sheet
    assert sheet["A3"].protection.locked
    rules = sheet.data_validations.dataValidation
    first = {str(rule.sqref).partition(":")[0]: rule.errorStyle for rule in rules}
    assert first == {"D4": "warning", "E4": None, "F4": "warning"}


def test_who_may_not_load_a_kind_gets_no_template_of_it(cast, client):
    for person, kind, status in (
        (cast.khach, "plan", 403),
        (make.somebody(Role.VIEWER), "disbursements", 403),
        (cast.dieuphoi, "nonsense", 404),
    ):
        client.force_login(person)
        assert client.get(f"/imports/templates/{kind}.xlsx").status_code == status
