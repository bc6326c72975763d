"""One rule, three doors: the same bad record through the page, the API and a workbook.

Each door refuses it, names the same field, says so in the same words where the rule is the
portal's own, and saves nothing.
"""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import translation
from openpyxl import Workbook

from core.dates import today
from disbursements.models import Disbursement
from imports.services import check_workbook, commit
from tests import factories as make

GOOD = {
    "date": "2022-09-15",
    "activity": "GBV-01",
    "commune": make.BAN_LANG,
    "amount": 5_000_000,
    "voucher_no": "PC-01",
    "payee": "Hội Phụ nữ xã",
    "description": "Chi tập huấn",
}
# What is wrong, the field that must be named, and where the words are the same. A workbook is of
# one fiscal year and names its own cells, so some of its sentences say more.
ALL, PAGES = ("page", "api", "workbook"), ("page", "api")
BAD = [
    ({"amount": 0}, "amount", PAGES),
    ({"amount": -5_000_000}, "amount", PAGES),
    ({"amount": 10**15 + 1}, "amount", ALL),
    ({"amount": 10**17}, "amount", ALL),
    ({"amount": 1000.5}, "amount", ()),
    ({"amount": "nhiều"}, "amount", ALL),
    ({"amount": None}, "amount", PAGES),
    ({"date": "2015-01-01"}, "date", PAGES),
    ({"date": "2023-02-31"}, "date", ALL),
    ({"date": "hôm nay"}, "date", ALL),
    ({"date": None}, "date", PAGES),
    ({"activity": "YEE-01"}, "activity", ALL),
    ({"activity": "KHONG-CO"}, "activity", ()),
    ({"activity": None}, "activity", PAGES),
    ({"commune": make.DAO_SAN}, "commune", ALL),
    ({"commune": "99999"}, "commune", ()),
    ({"commune": None}, "commune", PAGES),
]


@pytest.fixture
def clerk(cast):
    make.activity("GBV-01")
    make.activity("YEE-01")
    return cast.dieuphoi_gbv


def page(client, clerk, record):
    client.force_login(clerk)
    unit = {make.BAN_LANG: make.commune().pk, make.DAO_SAN: make.commune(make.DAO_SAN).pk}
    values = {name: "" if value is None else value for name, value in record.items()}
    values["commune"] = unit.get(values["commune"], values["commune"])
    amount = str(values["amount"]).replace(".", ",")
    answer = client.post("/disbursements/new/", {**values, "amount": amount, "confirmed": amount})
    if answer.status_code == 302:
        return {}
    assert answer.status_code == 400
    return {field: list(texts) for field, texts in answer.context["form"].errors.items()}


def api(client, clerk, record):
    sent = {name: value for name, value in record.items() if value is not None}
    answer = make.api(clerk).post("/api/v1/disbursements/", sent, headers={"accept-language": "vi"})
    if answer.status_code == 201:
        return {}
    assert answer.status_code == 400
    return answer.json()


def workbook(client, clerk, record):
    book = Workbook()
    sheet = book.active
    sheet.append("Ngày;Số chứng từ;Mã hoạt động;Xã;Số tiền;Nội dung chi;Đơn vị nhận".split(";"))
    columns = ("date", "voucher_no", "activity", "commune", "amount", "description", "payee")
    sheet.append([record[name] for name in columns])
    file = BytesIO()
    book.save(file)
    clerk.role = "manager"  # who may load; the rules of the row are the same
    outcome = check_workbook(
        actor=clerk,
        kind="disbursements",
        source=BytesIO(file.getvalue()),
        filename="giai-ngan.xlsx",
        fiscal_year=make.year("2023"),
    )
    if not outcome.errors:
        commit(actor=clerk, outcome=outcome)
    found = {}
    for issue in outcome.errors:
        found.setdefault(issue.as_dict()["column"], []).append(issue.as_dict()["message"])
    return found


DOORS = {"page": page, "api": api, "workbook": workbook}
HEADINGS = {"date": "Ngày", "activity": "Mã hoạt động", "commune": "Xã", "amount": "Số tiền"}


@pytest.mark.parametrize("door", DOORS)
def test_a_good_record_comes_through(clerk, client, door):
    with translation.override("vi"):
        assert DOORS[door](client, clerk, GOOD) == {}


@pytest.mark.parametrize(("wrong", "field", "same_words"), BAD, ids=lambda value: str(value)[:40])
def test_a_bad_record_is_refused_at_every_door(clerk, client, wrong, field, same_words):
    with translation.override("vi"):
        said = {name: door(client, clerk, GOOD | wrong) for name, door in DOORS.items()}
    assert not Disbursement.objects.exists()
    assert set(said["page"]) == set(said["api"]) == {field}
    assert set(said["workbook"]) == {HEADINGS[field]}
    texts = {door: said[door][HEADINGS[field] if door == "workbook" else field] for door in said}
    assert len({tuple(texts[door]) for door in same_words}) <= 1, texts


def test_a_day_to_come_is_refused_at_every_door(clerk, client):
    """Here the rule needs a commune of today, and a workbook of the present year."""
    day = (today() + timedelta(days=1)).isoformat()
    with translation.override("vi"):
        for door in (page, api):
            assert "tương lai" in door(client, clerk, GOOD | {"date": day})["date"][0]
        assert set(workbook(client, clerk, GOOD | {"date": day})) == {HEADINGS["date"]}
    assert not Disbursement.objects.exists()
