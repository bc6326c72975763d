"""The samples in other offices' dress give the same sums; what is no workbook gives none."""

import io
import random
import unicodedata
from datetime import datetime

import pytest
from django.core.management import call_command
from openpyxl import Workbook, load_workbook

from accounts.services import create_user
from core.values.text import fold
from disbursements.models import Disbursement, PlanVersion
from imports.services import check_workbook, commit
from imports.tests.make_malformed import malformed
from imports.tests.test_import_command import SAMPLES, TRUTH, rows_saved, spent
from programs.models import FiscalYear
from trainings.models import Training

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

COMMUNES = {
    "banlang": "03577",
    "hoangthen": "03580",
    "khonglao": "03583",
    "namxe": "03586",
    "daosan": "03571",
}
OTHER_HEADINGS = {
    "Mã hoạt động": "MÃ HĐ",
    "Tên hoạt động": "Nội dung hoạt động",
    "Xã": "Địa bàn",
    "Nguồn": "Nguồn vốn",
    "Ngày": "Ngày tháng",
    "Số chứng từ": "Số CT",
    "Số tiền (đồng)": "Thành tiền (VND)",
    "Nội dung chi": "Diễn giải",
    "Đơn vị nhận": "Người nhận",
    "Từ ngày": "Thời gian bắt đầu",
    "Đến ngày": "Thời gian kết thúc",
    "Dưới 16": "Trẻ em (<16)",
    "Khuyết tật": "NKT",
    "Chủ đề": "Chuyên đề",
}


@pytest.fixture
def quanly():
    call_command("load_reference", stdout=io.StringIO())
    return create_user(username="quanly", role="manager", password="x", check_password=False)


def table(name) -> list[list]:
    """The sample's heading texts and data rows, without letterhead, headings and totals."""
    rows: list[list] = []
    for sheet in load_workbook(SAMPLES / name):
        lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=7)]
        head = [below or above for above, below in zip(*lines[:2], strict=True)]
        rows = rows or [head]
        rows += [line for line in lines[2:] if isinstance(line[0], int)]
    return rows


def each(rows, change, *headings):
    """The rows with `change` done to the cells below some headings (all, when none is named)."""
    columns = {i for i, text in enumerate(rows[0]) if not headings or text in headings}
    return [
        rows[0],
        *([change(v) if i in columns else v for i, v in enumerate(row)] for row in rows[1:]),
    ]


def code_of(text):
    return COMMUNES[fold(text).replace("xa ", "").replace(" ", "")]


def dotted(value):
    return f"{value:,}".replace(",", ".") + " đ" if isinstance(value, int) else value


def as_text(value):
    return f"{value.day}-{value.month}-{value.year}" if isinstance(value, datetime) else value


def nfd(value):
    return unicodedata.normalize("NFD", value) if isinstance(value, str) else value


def shuffled(rows):
    order = list(range(len(rows[0])))
    random.Random(7).shuffle(order)
    return [[row[i] for i in order] for row in rows]


MONEY = ("Quý I", "Quý II", "Quý III", "Quý IV", "Số tiền (đồng)")
DRESSES = {
    "other headings": lambda rows: [[OTHER_HEADINGS.get(h, h) for h in rows[0]], *rows[1:]],
    "headings in capitals": lambda rows: [[h.upper() for h in rows[0]], *rows[1:]],
    "columns in another order": shuffled,
    "NFD text": lambda rows: [[nfd(v) for v in row] for row in rows],
    "codes for communes": lambda rows: each(rows, code_of, "Xã"),
    "codes as numbers": lambda rows: each(rows, lambda v: int(code_of(v)), "Xã"),
    "communes without accents": lambda rows: each(rows, lambda v: fold(v), "Xã"),
    "money as text": lambda rows: each(rows, dotted, *MONEY),
    "dates as text": lambda rows: each(rows, as_text, "Ngày", "Từ ngày", "Đến ngày"),
}


def dressed(rows, sheet_name="Bảng 1"):
    book = Workbook()
    sheet = book.active
    sheet.title = sheet_name
    for row in rows:
        sheet.append([None if str(v).startswith("=") else v for v in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def load(actor, kind, source, year):
    outcome = check_workbook(
        actor=actor,
        kind=kind,
        source=source,
        fiscal_year=FiscalYear.objects.get(code=year),
        post=True,
    )
    assert outcome.errors == []
    return commit(actor=actor, outcome=outcome, post=True)


@pytest.mark.any_database  # how a file is read; test_import_command.py saves the samples in both
@pytest.mark.parametrize("dress", DRESSES)
def test_the_same_content_in_another_dress_gives_the_same_sums(quanly, dress):
    wear = DRESSES[dress]
    load(quanly, "plan", dressed(wear(table("ke-hoach-FY2023.xlsx"))), "2023")
    load(quanly, "plan", dressed(wear(table("ke-hoach-FY2024.xlsx")), "KH"), "2024")
    load(quanly, "disbursements", dressed(wear(table("giai-ngan-FY2023.xlsx"))), "2023")
    load(quanly, "trainings", dressed(wear(table("tap-huan-FY2023.xlsx"))), "2023")
    for year, truth in TRUTH.items():
        assert spent(quanly, year, "program", "commune") == truth["by_program_commune"]
        assert spent(quanly, year, "quarter") == truth["by_quarter"]
    people = Training.objects.values_list("participants", "female", "male", "under_16")
    truth = TRUTH["2023"]["trainings"]
    assert [len(people), *map(sum, zip(*people, strict=True))] == [
        truth["count"],
        truth["total"],
        truth["female"],
        truth["male"],
        truth["u16"],
    ]


@pytest.mark.any_database  # refused before a row of it is looked up
@pytest.mark.parametrize("kind", ["plan", "disbursements", "trainings"])
def test_what_must_be_refused_is_refused_with_a_sentence_and_nothing_is_saved(quanly, kind):
    load(quanly, "plan", (SAMPLES / "ke-hoach-FY2023.xlsx").read_bytes(), "2023")
    before = rows_saved()
    refused = 0
    for name, content, _code in malformed(kind):
        outcome = check_workbook(
            actor=quanly,
            kind=kind,
            source=content,
            fiscal_year=FiscalYear.objects.get(code="2023"),
        )
        assert outcome.errors, name
        assert all(error.message.strip() for error in outcome.errors), name
        with pytest.raises(ValueError, match="errors"):
            commit(actor=quanly, outcome=outcome)
        refused += 1
    assert refused >= 25
    assert rows_saved() == before


def test_a_workbook_is_saved_whole_or_not_at_all(quanly, monkeypatch):
    load(quanly, "plan", (SAMPLES / "ke-hoach-FY2023.xlsx").read_bytes(), "2023")
    outcome = check_workbook(
        actor=quanly,
        kind="disbursements",
        source=(SAMPLES / "giai-ngan-FY2023.xlsx").read_bytes(),
        post=True,
    )

    def power_cut(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr("core.services.transition.record_history", power_cut)
    with pytest.raises(RuntimeError, match="power cut"):
        commit(actor=quanly, outcome=outcome, post=True)
    assert Disbursement.objects.count() == 0
    assert PlanVersion.objects.count() == 1
