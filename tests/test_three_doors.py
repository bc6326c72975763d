"""One rule, three doors: the same bad record is refused in the same words, at the same field, by
the entry form, the API and the workbook.

Each door says a record in its own way: the form as text, the API as JSON, the workbook as cells.
"""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils.translation import override
from openpyxl import Workbook

from accounts.roles import Role
from core.values.dates import format_date, today
from disbursements.models import Disbursement
from imports.services import check_workbook
from tests import factories as make

# Of words and fields: the rules are asked before the database is.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ABSENT = object()
GOOD = {
    "date": "2022-09-15",
    "activity": "GBV-01",
    "commune": "Bản Lang",
    "amount": 12_500_000,
    "payee": "Hội Phụ nữ xã",
    "voucher_no": "PC-01",
    "description": "Tập huấn",
}
HEADERS = {
    "date": "Ngày",
    "voucher_no": "Số chứng từ",
    "activity": "Mã hoạt động",
    "commune": "Xã",
    "amount": "Số tiền",
    "description": "Nội dung chi",
    "payee": "Đơn vị nhận",
    "voucher_date": "Ngày chứng từ",
}
TOMORROW = today() + timedelta(days=2)  # the suite may run past midnight

# What is wrong; how the record differs from GOOD; the field; the sentence.
BAD = [
    ("zero", {"amount": 0}, "amount", "The amount must be more than 0 đồng."),
    (
        "negative",
        {"amount": -5000},
        "amount",
        "-5000 is negative. Write amounts as positive; reversals are made in the portal.",
    ),
    (
        "a fraction of a đồng",
        {"amount": 1500.5},
        "amount",
        "“1500.5” has a fraction of a đồng. Write whole đồng, for example 12.500.000.",
    ),
    (
        "more than 10^15",
        {"amount": 10**15 + 1},
        "amount",
        "“1000000000000001” is larger than any amount here can be. Check the digits and the unit.",
    ),
    (
        "absurd",
        {"amount": "9" * 30},
        "amount",
        f"“{'9' * 30}” is larger than any amount here can be. Check the digits and the unit.",
    ),
    (
        "no amount at all",
        {"amount": "nhiều"},
        "amount",
        "“nhiều” is not an amount of money. Write whole đồng, for example 12.500.000.",
    ),
    ("amount missing", {"amount": ABSENT}, "amount", "This field is required."),
    ("activity missing", {"activity": ABSENT}, "activity", "This field is required."),
    ("commune missing", {"commune": ABSENT}, "commune", "This field is required."),
    (
        "before every fiscal year",
        {"date": "2019-01-15"},
        "date",
        "15/01/2019 lies in no fiscal year of this area.",
    ),
    (
        "another century",
        {"date": "1922-09-15"},
        "date",
        "“1922-09-15” is not in a year the portal knows. Check the year.",
    ),
    (
        "no such day",
        {"date": "2022-09-31"},
        "date",
        "“2022-09-31” is a day that does not exist. Write day/month/year: 05/07/2023.",
    ),
    (
        "in the future",
        {"date": TOMORROW.isoformat(), "commune": "new"},
        "date",
        f"{format_date(TOMORROW)} is in the future.",
    ),
    (
        "a voucher of the future",
        {"voucher_date": TOMORROW.isoformat()},
        "voucher_date",
        f"{format_date(TOMORROW)} is in the future.",
    ),
    (
        "an activity nobody knows",
        {"activity": "GBV-09"},
        "activity",
        "'GBV-09' is not a known activity code. Did you mean: GBV-01?",
    ),
    (
        "another programme's activity",
        {"activity": "YEE-77"},
        "activity",
        "YEE is outside your assignment.",
    ),
    (
        "a commune nobody knows",
        {"commune": "99999"},
        "commune",
        "'99999' is not a known commune.",
    ),
    (
        "a commune outside the assignment",
        {"commune": "Hoang Thèn"},
        "commune",
        "Hoang Thèn is outside your assignment for GBV.",
    ),
    (
        "a commune for another programme only",
        {"commune": "Dào San"},
        "commune",
        "Dào San is outside your assignment for GBV.",
    ),
    (
        "a commune that was no more",
        {"date": "2025-09-15"},
        "commune",
        "Bản Lang no longer existed on 15/09/2025: it became {new}.",
    ),
    (
        "payee too long",
        {"payee": "x" * 201},
        "payee",
        "Ensure this value has at most 200 characters (it has 201).",
    ),
    (
        "voucher number too long",
        {"voucher_no": "x" * 61},
        "voucher_no",
        "Ensure this value has at most 60 characters (it has 61).",
    ),
    (
        "description too long",
        {"description": "x" * 501},
        "description",
        "Ensure this value has at most 500 characters (it has 501).",
    ),
]


@pytest.fixture
def clerk(reference):
    """GBV in Bản Lang and Nậm Xe; SPON in Dào San."""
    make.activity("GBV-01")
    make.activity("YEE-77")
    places = [("GBV", make.BAN_LANG), ("GBV", make.NAM_XE), ("SPON", make.DAO_SAN)]
    return make.user_of_pairs(*places, username="dieuphoi", role=Role.COORDINATOR)


def unit(name):
    """The unit of a name, `new` for the one Bản Lang became; None for what names none."""
    old = make.commune()
    if name == "new":
        return old.successor
    return {u.name: u for u in map(make.commune, make.COMMUNES)}.get(name)


def by_page(client, actor, record):
    """{field: messages} of the entry form."""
    client.force_login(actor)
    texts = {name: str(value) for name, value in record.items()}
    if "commune" in record and unit(record["commune"]):
        texts["commune"] = str(unit(record["commune"]).pk)
    texts["confirmed"] = texts.get("amount", "")
    answer = client.post("/disbursements/new/", texts)
    if answer.status_code != 400:
        return {"status": [str(answer.status_code)]}
    return {name: list(messages) for name, messages in answer.context["form"].errors.items()}


def by_api(actor, record):
    body = dict(record)
    if "commune" in record and unit(record["commune"]):
        body["commune"] = unit(record["commune"]).code
    client = make.api(actor)
    answer = client.post("/api/v1/disbursements/", body)
    return answer.json() if answer.status_code == 400 else {"status": [str(answer.status_code)]}


def by_workbook(actor, record):
    book = Workbook()
    sheet = book.active
    sheet.append(list(HEADERS.values()))
    cells = dict(record)
    if "commune" in record and unit(record["commune"]):
        cells["commune"] = unit(record["commune"]).name
    sheet.append([cells.get(name) for name in HEADERS])
    file = BytesIO()
    book.save(file)
    year = make.year("2027" if record.get("date") == TOMORROW.isoformat() else "2023")
    if record.get("date", "").startswith("2025"):
        year = make.year("2026")
    outcome = check_workbook(
        actor=actor, kind="disbursements", source=file.getvalue(), fiscal_year=year
    )
    names = {header: name for name, header in HEADERS.items()}
    found = {}
    for error in outcome.errors:
        found.setdefault(names.get(error.column, error.column), []).append(error.message)
    return found


def bad_record(changes):
    record = {**GOOD, **changes}
    return {name: value for name, value in record.items() if value is not ABSENT}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"), [pytest.param(*case[1:], id=case[0]) for case in BAD]
)
def test_the_same_bad_record_the_same_words(clerk, client, settings, changes, field, sentence):
    if unit("new") is not None:
        sentence = sentence.replace("{new}", unit("new").full_name)
    if changes.get("commune") == "new":
        clerk.assignments.create(program=make.program("GBV"), commune=unit("new"))
    record = bad_record(changes)
    page, api, workbook = all_doors(client, clerk, record, settings, "en")
    assert page == api == {field: [sentence]}
    assert said(workbook, page) == page
    page, api, workbook = all_doors(client, clerk, record, settings, "vi")
    assert page == api == said(workbook, page)
    assert list(page) == [field]
    assert page != {field: [sentence]}
    assert not Disbursement.objects.exists()


def all_doors(client, actor, record, settings, language):
    """{field: messages} of page, API and workbook."""
    settings.LANGUAGE_CODE = language
    answers = by_page(client, actor, record), by_api(actor, record)
    with override(language):
        return *answers, by_workbook(actor, record)


def said(workbook, page):
    """What the workbook says, without what it adds for an empty cell: which one, what to do."""
    shared = {field: messages[0] for field, messages in page.items()}
    return {
        field: [
            shared[field] if message.startswith(f"{shared.get(field)} ") else message
            for message in messages
        ]
        for field, messages in workbook.items()
    }


def test_the_good_record_passes_all_three(clerk, client):
    assert by_page(client, clerk, GOOD) == {"status": ["302"]}
    assert by_api(clerk, {**GOOD, "voucher_no": "PC-02"}) == {"status": ["201"]}
    assert by_workbook(clerk, {**GOOD, "voucher_no": "PC-03"}) == {}


def test_what_is_entered_already_is_not_entered_again(clerk, client, settings):
    """Form and API refuse it in the same words; a workbook counts it and adds nothing (DESIGN 6).
    A bulk request says the same."""
    row = make.draft(
        GOOD["amount"], by=clerk, voucher_no="PC-01", date=date(2022, 9, 15), payee=GOOD["payee"]
    )
    with override("en"):
        said = f"Voucher PC-01 of 15/09/2022 over 12.500.000 đồng is already entered ({row})."
    page, api, workbook = all_doors(client, clerk, GOOD, settings, "en")
    assert page == api == {"voucher_no": [said]}
    assert workbook == {}
    assert Disbursement.objects.count() == 1


@pytest.mark.parametrize("number", ["pc01", "PC 01", "PC–01"])
def test_what_is_entered_already_is_known_in_any_spelling(clerk, client, settings, number):
    make.draft(
        GOOD["amount"], by=clerk, voucher_no="PC-01", date=date(2022, 9, 15), payee=GOOD["payee"]
    )
    record = {**GOOD, "voucher_no": number}
    page, api, workbook = all_doors(client, clerk, record, settings, "vi")
    assert page == api
    assert (list(page), workbook) == (["voucher_no"], {})


def test_another_amount_of_a_voucher_line_is_asked_about_in_the_same_words(clerk, client, settings):
    there = make.draft(
        7_000_000, by=clerk, voucher_no="PC-01", date=date(2022, 9, 15), payee=GOOD["payee"]
    )
    with override("en"):
        said = [
            "Voucher PC-01 of 15/09/2022 has this line already, over 7.000.000 đồng "
            f"({there}); here it is 12.500.000 đồng: another line of this voucher, or the same "
            "one mended?",
            "Say so if it is another line of this voucher.",
        ]
    page, api, workbook = all_doors(client, clerk, GOOD, settings, "en")
    assert page == api == {"voucher_no": said[:1], "same_voucher": said[1:]}
    assert workbook == {"voucher_no": [" ".join(said)]}
    meant = {**GOOD, "same_voucher": True}
    assert by_api(clerk, meant) == {"status": ["201"]}
    assert by_page(client, clerk, {**meant, "amount": 13_000_000}) == {"status": ["302"]}
