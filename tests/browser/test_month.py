"""A month from its workbook to its closing in real browsers: on a small phone, on a laptop."""

import io
import re
from datetime import date

import pytest
from openpyxl import Workbook

from disbursements.models import Disbursement
from programs.models import Period
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
SCREENS = [
    pytest.param({"width": 360, "height": 640}, id="phone"),
    pytest.param({"width": 1366, "height": 625}, id="laptop"),
]
HEAD = ["Ngày", "Số chứng từ", "Mã hoạt động", "Xã", "Số tiền", "Nội dung chi", "Đơn vị nhận"]


@pytest.fixture
def people(transactional_db):
    make.reference()
    make.activity("GBV-01", title="Truyền thông về bình đẳng giới")
    make.plan(make.line("GBV-01", make.BAN_LANG, {1: 20_000_000}))
    make.user("dieuphoi", "coordinator")
    make.user("quanly", "manager")


def workbook():
    """Two vouchers of September 2022; the second is over the plan."""
    book = Workbook()
    sheet = book.active
    sheet.append(HEAD)
    sheet.append([date(2022, 9, 5), "PC-1", "GBV-01", "Bản Lang", 15_000_000, "Tập huấn", "Hội PN"])
    sheet.append([date(2022, 9, 6), "PC-2", "GBV-01", "Bản Lang", 9_000_000, "Tài liệu", "Hội PN"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("screen", SCREENS)
def test_from_the_workbook_to_the_closed_month(people, open_page, sign_in, screen):
    month = make.period()
    here = f"/periods/{month.pk}/"

    enters = open_page(viewport=screen)
    sign_in(enters, "dieuphoi", make.PASSWORD)
    enters.goto(here)
    assert "dieuphoi" in enters.inner_text("#step-enter")
    enters.click("#step-enter a[href*='kind=disbursements']")
    file = {"name": "thang-9.xlsx", "mimeType": "application/x", "buffer": workbook()}
    enters.set_input_files("input[type=file]", file)
    enters.select_option("#id_fiscal_year", "2023")
    enters.click("main form button[type=submit]")
    enters.wait_for_url(re.compile(r"/imports/\d+/$"))
    enters.click("form[action$='/commit/'] button")
    enters.wait_for_selector(".badge.committed")

    # What is remarked, then all drafts at once.
    enters.goto(here)
    assert "PC-2" in enters.inner_text("#step-look")
    wide = enters.evaluate("document.documentElement.scrollWidth")
    assert wide <= screen["width"]
    enters.click("#step-submit button")
    enters.wait_for_selector("#step-submit.done")
    with enters.expect_download() as printed:
        enters.click("#step-list a[href*='.docx']")
    assert printed.value.suggested_filename == "bang-ke-2022-09-waiting.docx"

    # The manager returns one, posts the other.
    decides = open_page(viewport=screen)
    sign_in(decides, "quanly", make.PASSWORD)
    returned = Disbursement.objects.get(voucher_no="PC-2")
    decides.goto(f"/disbursements/{returned.pk}/")
    decides.fill("form[action$='/return/'] [name=reason]", "Thiếu hóa đơn")
    decides.click("form[action$='/return/'] button[type=submit]")
    decides.goto(here)
    decides.click("#step-post a")
    decides.click("main form button[type=submit]")
    decides.goto(here)
    assert "Thiếu hóa đơn" in decides.inner_text("#step-mend")
    assert "dieuphoi" in decides.inner_text("#step-mend")

    # Mended, submitted again, posted although it is over the plan, closed.
    enters.goto(here)
    enters.click("#step-mend a[href*='/disbursements/']")
    enters.click("form[action$='/submit/'] button")
    enters.wait_for_selector(".badge.submitted")
    decides.goto(here)
    decides.click("#step-post a")
    decides.wait_for_url(re.compile(r"/disbursements/lists/\d+/$"))
    decides.check("main form tbody input[type=checkbox]")
    decides.click("main form button[type=submit]")
    decides.goto(here)
    decides.click("#step-close button")
    decides.wait_for_selector("#step-close.done")
    assert Period.objects.get(pk=month.pk).is_closed
    assert decides.locator(".step-list > li:not(.done)").count() == 0
