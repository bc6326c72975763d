"""A day in a closed month or year is refused when it is submitted, and warned of at the draft."""

from datetime import date
from io import BytesIO

import pytest
from django.utils.translation import override
from openpyxl import Workbook

from core.services.errors import Conflict
from disbursements.models import Disbursement, PlanState, PlanVersion, Status
from disbursements.plans import services as plans
from imports.services import check_workbook
from programs.models import FiscalYear, Period
from programs.years.open_days import open_day
from tests import factories as make

pytestmark = pytest.mark.django_db

DISBURSEMENTS, VERSIONS = "/api/v1/disbursements/", "/api/v1/plan-versions/"
BODY = {"date": "2022-09-15", "activity": "GBV-01", "commune": make.BAN_LANG, "amount": 5_000_000}
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
SAID = (
    "Month 09/2022 is closed. The nearest open day is 01/10/2022: date it then, or ask for the "
    "month to be reopened."
)


@pytest.fixture
def september(cast):
    """September 2022 is closed, the months around it are open."""
    make.activity("GBV-01")
    return make.close(make.period())


def test_the_nearest_open_day_follows_the_closed_month(september):
    assert open_day(september) == date(2022, 10, 1)
    make.close(make.period(date(2022, 10, 5)))
    assert open_day(september) == date(2022, 11, 1)


def test_it_comes_before_where_all_that_follows_is_closed(september):
    Period.objects.filter(start__gt=date(2022, 9, 1)).update(state="closed")
    Period.objects.filter(start__lt=date(2022, 7, 1)).update(state="closed")
    assert open_day(september) == date(2022, 8, 31)
    Period.objects.update(state="closed")
    assert open_day(september) is None


def test_a_draft_is_warned_and_its_submission_refused(september, cast):
    api = make.api(cast.dieuphoi)
    made = api.post(DISBURSEMENTS, BODY, **ENGLISH)
    warning = {"field": "date", "code": "period_closed", "message": SAID}
    assert (made.status_code, made.json()["warnings"]) == (201, [warning])
    address = f"{DISBURSEMENTS}{made.json()['id']}/"
    answer = api.post(f"{address}submit/", {}, **ENGLISH)
    assert (answer.status_code, answer.json()) == (409, {"detail": SAID, "code": "period_closed"})
    assert Disbursement.objects.get().status == Status.DRAFT
    moved = api.patch(address, {"date": "2022-10-01", "version": 1})
    assert moved.json()["warnings"] == []
    assert api.post(f"{address}submit/", {}).status_code == 200


def test_a_returned_row_is_warned_and_refused_too(september, cast):
    month = make.period(date(2022, 10, 5))
    row = make.submitted(by=cast.dieuphoi, date=date(2022, 10, 5))
    api, address = make.api(cast.quanly), f"{DISBURSEMENTS}{row.pk}/"
    assert api.post(f"{address}return/", {"reason": "Thiếu chữ ký"}).status_code == 200
    make.close(month)
    back = make.api(cast.dieuphoi)
    assert [each["code"] for each in back.get(address).json()["warnings"]] == ["period_closed"]
    assert back.post(f"{address}submit/", {}).status_code == 409


def test_many_rows_at_once_are_warned_each(september, cast):
    rows = [BODY, {**BODY, "date": "2022-10-15"}]
    made = make.api(cast.dieuphoi).post(f"{DISBURSEMENTS}bulk/", {"rows": rows}, **ENGLISH)
    codes = [[each["code"] for each in row["warnings"]] for row in made.json()["rows"]]
    assert (made.status_code, codes) == (201, [["period_closed"], []])


def test_the_page_says_so_and_saves_nothing_half(september, cast, client):
    client.force_login(cast.dieuphoi)
    client.cookies["django_language"] = "en"
    form = {
        "date": "15/09/2022",
        "activity": "GBV-01",
        "commune": make.commune().pk,
        "amount": "5.000.000",
        "confirmed": "5.000.000",
    }
    refused = client.post("/disbursements/new/", {**form, "submit": "1"})
    assert refused.status_code == 409
    assert SAID in refused.content.decode()
    assert 'value="5.000.000"' in refused.content.decode()
    assert not Disbursement.objects.exists()
    assert client.post("/disbursements/new/", form).status_code == 302
    page = f"/disbursements/{Disbursement.objects.get().pk}/"
    assert SAID in client.get(page).content.decode()
    again = client.post(f"{page}submit/", {"version": 1})
    assert again.status_code == 409
    assert SAID in again.content.decode()


def sheet(headings, row):
    book, file = Workbook(), BytesIO()
    book.active.append(headings)
    book.active.append(row)
    book.save(file)
    return file.getvalue()


def said_of(actor, kind, source):
    """(errors, warnings) of a workbook read for FY2023, as (code, sentence)."""
    with override("en"):
        found = check_workbook(actor=actor, kind=kind, source=source, fiscal_year=make.year())
    return found.errors, [(each.code, each.message) for each in found.warnings]


def test_a_workbook_of_drafts_is_warned(september, cast):
    headings = ["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền"]
    source = sheet(headings, ["15/09/2022", "PC-01", "GBV-01", "Bản Lang", 5_000_000])
    assert said_of(cast.dieuphoi, "disbursements", source) == ([], [("period_closed", SAID)])


YEAR_SAID = (
    "Fiscal year 2023 is closed: it takes no new plan. Open is 2024, from 01/07/2023, or ask for "
    "the year to be reopened."
)


@pytest.fixture
def drafted(cast):
    """A plan of FY2023 in draft; then the year is closed."""
    plan = make.draft_plan(make.line("GBV-01"), by=cast.dieuphoi)
    FiscalYear.objects.filter(code="2023").update(state="closed")
    return PlanVersion.objects.get(pk=plan.pk)


def test_a_plan_of_a_closed_year_is_warned_and_its_submission_refused(drafted, cast):
    api, address = make.api(cast.dieuphoi), f"{VERSIONS}{drafted.pk}/"
    assert YEAR_SAID in api.get(address, **ENGLISH).json()["warnings"]
    answer = api.post(f"{address}submit/", {}, **ENGLISH)
    assert (answer.status_code, answer.json()) == (
        409,
        {"detail": YEAR_SAID, "code": "year_closed"},
    )
    drafted.refresh_from_db()
    assert drafted.state == PlanState.DRAFT
    FiscalYear.objects.filter(code="2023").update(state="open")
    assert YEAR_SAID not in api.get(address, **ENGLISH).json()["warnings"]
    assert api.post(f"{address}submit/", {}).status_code == 200


def test_the_plans_page_says_so(drafted, cast, client):
    client.force_login(cast.dieuphoi)
    client.cookies["django_language"] = "en"
    page = f"/plans/{drafted.pk}/"
    assert YEAR_SAID in client.get(page).content.decode()
    refused = client.post(f"{page}submit/", {"version": drafted.version})
    assert refused.status_code == 409
    assert YEAR_SAID in refused.content.decode()
    drafted.refresh_from_db()
    assert drafted.state == PlanState.DRAFT


def test_a_plans_workbook_for_a_closed_year_is_warned(drafted, cast):
    headings = ["Mã hoạt động", "Hoạt động", "Xã", "Quý I", "Quý II", "Quý III", "Quý IV"]
    source = sheet(headings, ["YEE-01", "Học nghề", "Bản Lang", 5_000_000, 0, 0, 0])
    errors, warnings = said_of(cast.dieuphoi, "plan", source)
    assert (errors, ("year_closed", YEAR_SAID) in warnings) == ([], True)


def test_no_open_year_is_named_where_there_is_none(drafted, cast):
    FiscalYear.objects.update(state="closed")
    with override("en"), pytest.raises(Conflict) as refused:
        plans.submit(actor=cast.dieuphoi, plan=drafted)
    assert str(refused.value.message) == "Fiscal year 2023 is closed: it takes no new plan."
