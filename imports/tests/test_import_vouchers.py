"""Vouchers of a workbook against the ledger: lines, duplicates, and what is asked about."""

import io
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from openpyxl import Workbook

from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from imports.models import Upload
from imports.services import check_workbook, commit
from tests import factories as make

pytestmark = pytest.mark.django_db
HEAD = ["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền", "Đơn vị nhận", "Nguồn"]
PAYEE = "Hội Phụ nữ xã"
UNIT = "Bản Lang"


def line(amount=1_000_000, number="ZZ01", payee=PAYEE, day="15/09/2022", **other):
    activity, unit = other.get("activity", "GBV-01"), other.get("unit", UNIT)
    return [day, number, activity, unit, amount, payee, other.get("fund")]


def content(*rows):
    book, out = Workbook(), io.BytesIO()
    for row in [HEAD, *rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def check(actor, *rows, **options):
    return check_workbook(
        actor=actor,
        kind="disbursements",
        source=content(*rows),
        fiscal_year=make.year("2023"),
        **options,
    )


def codes(issues):
    return [(issue.code, issue.row) for issue in issues]


@pytest.fixture
def there(cast):
    """A line of voucher ZZ01 that is in the ledger."""
    make.activity("GBV-02"), make.fund("UK", name="UK")
    return make.posted(1_000_000, voucher_no="ZZ01", payee=PAYEE)


@pytest.mark.parametrize("number", ["zz01", "ZZ 01", "zz-01", "ZZ–01", "ZZ\u00a001"])
def test_another_spelling_is_a_duplicate_and_said(there, cast, number):
    outcome = check(cast.dieuphoi, line(number=number))
    assert (outcome.errors, outcome.duplicates, outcome.items) == ([], 1, [])
    assert codes(outcome.warnings) == [("voucher_spelling", 2)]


def test_the_same_spelling_is_a_duplicate_without_a_word(there, cast):
    outcome = check(cast.dieuphoi, line())
    assert (outcome.errors, outcome.duplicates, outcome.warnings) == ([], 1, [])


def test_zeros_make_another_number(there, cast):
    outcome = check(cast.dieuphoi, line(number="ZZ1"), line(number="ZZ001"))
    assert (outcome.errors, outcome.duplicates, len(outcome.items)) == ([], 0, 2)


@pytest.mark.parametrize(
    "other",
    [{"activity": "GBV-02"}, {"unit": "Nậm Xe"}, {"fund": "UK"}, {"payee": "Trạm Y tế xã"}],
)
@pytest.mark.parametrize("amount", [1_000_000, 2_000_000])
def test_lines_of_a_voucher_that_is_there_are_taken(there, cast, other, amount):
    outcome = check(cast.dieuphoi, line(amount, **other))
    assert (outcome.errors, outcome.duplicates, len(outcome.items)) == ([], 0, 1)


def test_another_amount_is_an_error_that_shows_both_until_somebody_says_what_it_is(there, cast):
    outcome = check(cast.dieuphoi, line(1_200_000, "zz 01"))
    assert codes(outcome.errors) == [("voucher_conflict", 2)]
    assert "1.000.000" in outcome.errors[0].message and "1.200.000" in outcome.errors[0].message
    said = check(cast.dieuphoi, line(1_200_000, "zz 01"), same_voucher=True)
    assert (said.errors, said.reading["same_voucher"]) == ([], True)
    commit(actor=cast.dieuphoi, outcome=said)
    assert Disbursement.objects.filter(status="draft").get().amount == 1_200_000


def test_rows_of_one_file_are_never_asked_about(cast):
    make.activity("GBV-01")
    outcome = check(cast.dieuphoi, line(1), line(2), line(2), line(3, number="zz-01"))
    assert (outcome.errors, len(outcome.items)) == ([], 4)
    assert "twice_in_file" in dict(codes(outcome.warnings))


def test_one_row_of_the_ledger_answers_for_one_of_the_file_and_the_other_is_saved(there, cast):
    outcome = check(cast.dieuphoi, line(), line())
    assert (outcome.duplicates, len(outcome.items)) == (1, 1)
    commit(actor=cast.dieuphoi, outcome=outcome)
    assert check(cast.dieuphoi, line(), line()).duplicates == 2


def test_a_number_that_begins_again_is_another_voucher(there, cast):
    outcome = check(cast.dieuphoi, line(2_000_000, day="15/10/2022"), line(3, "A1"))
    assert (outcome.errors, len(outcome.items)) == ([], 2)
    assert ("voucher_again", 2) in codes(outcome.warnings)
    far = check(cast.dieuphoi, line(2_000_000, day="15/12/2022"))
    assert (far.errors, far.warnings) == ([], [])


def test_what_was_reversed_wholly_is_entered_again(there, cast):
    ledger.reverse(actor=cast.quanly, disbursement=there, reason="nhập sai")
    assert len(check(cast.dieuphoi, line(5, "zz01")).items) == 1


# The command


def load(tmp_path, *rows, flags=()):
    path, out = tmp_path / "giai-ngan.xlsx", io.StringIO()
    path.write_bytes(content(*rows))
    args = ["disbursements", str(path), "--user", "dieuphoi", "--fiscal-year", "2023", *flags]
    try:
        call_command("import_workbook", *args, stdout=out, stderr=io.StringIO())
    except SystemExit as stop:
        return stop.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_the_command_refuses_another_amount_without_same_voucher(there, tmp_path):
    code, said = load(tmp_path, line(1_200_000), flags=["--commit"])
    assert (code, said["committed"]) == (1, False)
    assert [error["code"] for error in said["errors"]] == ["voucher_conflict"]
    code, said = load(tmp_path, line(1_200_000), flags=["--commit", "--same-voucher"])
    assert (code, said["committed"], said["errors"]) == (0, True, [])
    assert said["reading"]["same_voucher"] is True
    code, said = load(tmp_path, line(1_200_000), flags=["--commit"])
    assert (code, said["duplicates"]) == (0, 1)


# The page


def test_the_page_asks_with_nothing_ticked_and_saves_when_it_is(there, cast, client):
    client.force_login(cast.dieuphoi)
    file = SimpleUploadedFile("giai ngan.xlsx", content(line(1_200_000)))
    year = make.year("2023").pk
    client.post("/imports/", {"kind": "disbursements", "fiscal_year": year, "workbook": file})
    upload = Upload.objects.get()
    address = f"/imports/{upload.pk}/"
    assert not upload.can_commit
    assert not client.get(address).context["voucher_form"]["same_voucher"].value()
    client.post(f"{address}vouchers/", {})
    assert not Upload.objects.get().can_commit
    client.post(f"{address}vouchers/", {"same_voucher": "on"})
    assert client.get(address).context["voucher_form"] is None
    client.post(f"{address}commit/")
    assert Disbursement.objects.filter(amount=1_200_000).exists()


# Money against plan


def test_rows_over_the_plan_and_above_all_of_it_are_said_and_taken(cast):
    make.plan(make.line("GBV-01", amounts=100), make.line("GBV-02", amounts=50))
    rows = [
        line(60, "1"),
        line(50, "2"),
        line(5, "3"),
        line(51, "4", activity="GBV-02"),
        line(100_000_000_000, "5"),
    ]
    outcome = check(cast.dieuphoi, *rows)
    said = {issue.code: issue for issue in outcome.warnings}
    assert (outcome.errors, len(outcome.items)) == ([], 5)
    assert said["over_plan"].row == 3 and "3, 5" in said["over_plan"].message
    above = [issue for issue in outcome.warnings if issue.code == "more_than_plan"]
    assert [issue.row for issue in above] == [5, 6]
    assert "tỷ đồng" in above[1].message or "billion đồng" in above[1].message


def test_a_duplicate_is_not_counted_against_the_plan_again(cast):
    make.plan(make.line("GBV-01", amounts=100))
    make.posted(60, voucher_no="ZZ01", payee=PAYEE, date=date(2022, 9, 15))
    outcome = check(cast.dieuphoi, line(60), line(40, "ZZ02"))
    assert (outcome.duplicates, "over_plan" in dict(codes(outcome.warnings))) == (1, False)
