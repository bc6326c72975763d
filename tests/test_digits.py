"""Digits are 0–9 wherever a number, a day or a code is read: ³ is no 3, and ２ no 2."""

import pytest

from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("disbursements/?number=１", 400),
        ("disbursements/?amount_min=١٠", 400),
        ("disbursements/?date_from=２０２２-07-01", 400),
        ("disbursements/?month=2022-0７", 400),
        ("disbursements/?page=１", 404),
        ("disbursements/?page_size=１", 400),
        ("disbursements/?commune=0357７", 400),
        ("summary/?fiscal_year=202３", 400),
        ("summary/?fiscal_year=2023&as_of=2023-06-３０", 400),
        ("summary/?fiscal_year=2023&known_at=2023-06-３０", 400),
        ("summary/?from=２０２２-07-01&to=2023-06-30", 400),
        ("summary/?fiscal_year=2023&plan=１", 400),
    ],
)
def test_an_address_of_the_api_with_other_digits_is_refused(cast, address, status):
    make.plan(make.line("GBV-01"))
    make.posted()
    assert make.api(cast.dieuphoi).get(f"/api/v1/{address}").status_code == status


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", "２０２２-09-15"),
        ("voucher_date", "2022-09-1５"),
        ("amount", "12³"),
        ("activity", "GBV-0１"),
        ("commune", "0357７"),
    ],
)
def test_a_body_with_other_digits_is_refused(cast, field, value):
    make.activity("GBV-01")
    body = {"date": "2022-09-15", "amount": 5000, "activity": "GBV-01", "commune": make.BAN_LANG}
    answer = make.api(cast.dieuphoi).post("/api/v1/disbursements/", {**body, field: value})
    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize("digit", ["³", "１", "٣"])
def test_a_page_that_is_asked_with_other_digits_answers(cast, client, digit):
    client.force_login(cast.dieuphoi)
    plan = make.draft_plan(make.line("GBV-01"), by=cast.dieuphoi)
    row = make.submitted(by=cast.dieuphoi)
    for address in (
        f"/disbursements/new/?like={digit}",
        f"/plans/{plan.pk}/?line={digit}",
        f"/?fiscal_year=2023&plan={digit}",
        f"/plan-against-actual/?fiscal_year=2023&plan={digit}",
        f"/disbursements/?number={digit}",
        f"/disbursements/?page={digit}",
        f"/action-points/new/?difficulty={digit}",
        f"/indicator-actuals/new/?commune={digit}",
    ):
        assert client.get(address).status_code in (200, 400, 404), address
    client.force_login(cast.quanly)
    sent = {"row": f"{digit}:{row.version}", "action": "post"}
    answer = client.post(f"/approval/{row.period_id}/", sent)
    assert answer.status_code in (302, 400, 404, 409)
    row.refresh_from_db()
    assert row.status == "submitted"


def test_the_quarter_of_variances_is_written_in_digits(cast):
    client = make.api(cast.bdh)
    for quarter, status in (("1", 200), ("٣", 400), ("²", 400), ("１", 400), ("+1", 400)):
        answer = client.get("/api/v1/variances/", {"fiscal_year": "2023", "quarter": quarter})
        assert answer.status_code == status, quarter
