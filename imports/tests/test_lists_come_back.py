"""A list's Excel or CSV, in its default columns, comes back as duplicates only."""

from datetime import date

import pytest

from disbursements.ledger import services as ledger
from disbursements.plans.services import approved_version
from imports.services import check_workbook
from tests import factories as make
from tests.factories import BAN_LANG, NAM_XE

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def come_back(client, person, address, kind):
    """What the import makes of the file at an address of a list."""
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    found = check_workbook(kind=kind, source=content, actor=person, fiscal_year=make.year())
    assert found.errors == []
    return found


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_ledger_with_funds_and_reversals(cast, client, form):
    make.posted(12_500_000, voucher_no="PC-1", fund="BI")
    make.posted(12_500_000, voucher_no="PC-1", fund="NHAT")
    whole = make.posted(3_000_000, voucher_no="PC-2", payee="Hội Phụ nữ")
    part = make.posted(5_000_000, voucher_no="PC-3", date=date(2022, 10, 3))
    ledger.reverse(actor=cast.quanly, disbursement=whole, reason="nhầm")
    ledger.reverse(actor=cast.quanly, disbursement=part, reason="hoàn ứng", amount=1_000_000)
    make.draft(2_000_000, voucher_no="PC-4")
    found = come_back(
        client, cast.dieuphoi, f"/disbursements/?fiscal_year=2023&format={form}", "disbursements"
    )
    assert (found.rows, found.duplicates, found.items, found.warnings) == (7, 7, [], [])


def test_a_negative_row_that_the_ledger_does_not_have_is_refused(cast, client):
    make.posted(3_000_000, voucher_no="PC-2")
    text = "Ngày;Số CT;Mã hoạt động;Xã;Số tiền\n15/09/2022;PC-2;GBV-01;Bản Lang;-3000000\n"
    found = check_workbook(
        kind="disbursements", source=text.encode(), actor=cast.dieuphoi, fiscal_year=make.year()
    )
    assert [(error.row, error.column, error.code) for error in found.errors] == [
        (2, "Số tiền", "negative")
    ]


def test_a_reversal_outside_the_assignment_is_not_told_of(cast):
    row = make.posted(3_000_000, voucher_no="PC-2", activity="ECCD-01")
    ledger.reverse(actor=cast.quanly, disbursement=row, reason="nhầm")
    text = "Ngày;Số CT;Mã hoạt động;Xã;Số tiền\n15/09/2022;PC-2;ECCD-01;Bản Lang;-3000000\n"
    for person, duplicates in ((cast.dieuphoi, 1), (cast.dieuphoi_gbv, 0)):
        found = check_workbook(
            kind="disbursements", source=text.encode(), actor=person, fiscal_year=make.year()
        )
        assert (found.duplicates, bool(found.errors)) == (duplicates, not duplicates)


def test_a_row_without_a_fund_but_of_another_amount_is_asked_about(cast):
    make.posted(3_000_000, voucher_no="PC-2", fund="BI")
    text = "Ngày;Số CT;Mã hoạt động;Xã;Số tiền\n15/09/2022;PC-2;GBV-01;Bản Lang;3100000\n"
    found = check_workbook(
        kind="disbursements", source=text.encode(), actor=cast.dieuphoi, fiscal_year=make.year()
    )
    assert [error.code for error in found.errors] == ["voucher_conflict"]


def test_the_plan_keeps_its_funds_and_units(cast, client):
    make.plan(
        make.line("GBV-01", BAN_LANG, {1: 5_000_000}, "BI", unit="Hội Phụ nữ", note="Đợt 1"),
        make.line("GBV-02", NAM_XE, {2: 4_000_000}),
    )
    version = approved_version(make.year())
    address = f"/plans/{version.pk}/?format=xlsx"
    found = come_back(client, cast.dieuphoi, address, "plan")
    assert (found.rows, found.duplicates) == (2, 2)
    kept = {(line.activity.code, line.fund.code, line.unit, line.note) for line in found.items}
    assert ("GBV-01", "BI", "Hội Phụ nữ", "Đợt 1") in kept


def test_classes_in_the_columns_of_their_list(cast, client):
    make.training(12, 8, title="Lớp 1", under_16=5, age_16_24=5, over_24=10, ethnic_minority=3)
    make.training(7, 8, title="Lớp 2")
    found = come_back(
        client, cast.dieuphoi, "/trainings/?fiscal_year=2023&format=xlsx", "trainings"
    )
    assert (found.rows, found.duplicates, found.items) == (2, 2, [])
