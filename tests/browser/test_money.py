"""A voucher's way through the portal in real browsers: entered on a phone, posted on a desk."""

import re

import pytest

from disbursements.models import Disbursement
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    """The coordinator of GBV, and the manager."""
    make.reference()
    make.activity("GBV-01", title="Truyền thông về bình đẳng giới")
    make.plan(make.line("GBV-01", make.BAN_LANG, {1: 100_000_000}))
    make.user(
        "dieuphoi_gbv",
        "coordinator",
        programs=["GBV"],
        communes=[make.BAN_LANG, make.NAM_XE],
    )
    make.user("quanly", "manager")


def test_entered_and_submitted_on_a_phone_posted_on_a_desk(people, phone, desktop, sign_in):
    sign_in(phone, "dieuphoi_gbv", make.PASSWORD)
    phone.goto("/disbursements/new/")
    phone.fill("#id_date", "2022-09-15")
    phone.fill("#id_activity", "GBV-01")
    phone.select_option("#id_commune", label="Xã Bản Lang (đến 06/2025)")
    phone.fill("#id_amount", "12,5 triệu")
    phone.get_by_text("mười hai triệu năm trăm nghìn đồng").wait_for()
    phone.fill("#id_payee", "Hội Phụ nữ xã Bản Lang")
    phone.fill("#id_voucher_no", "PC-77")
    phone.click("button[name=submit]")
    phone.wait_for_url(re.compile(r"/disbursements/\d+/next/$"))
    row = Disbursement.objects.get()
    assert (row.amount, row.status) == (12_500_000, "submitted")

    sign_in(desktop, "quanly", make.PASSWORD)
    desktop.goto("/?fiscal_year=2023")
    before = desktop.inner_text("dl.figures")
    desktop.goto(f"/disbursements/{row.pk}/")
    desktop.click("form[action$='/post/'] button")
    desktop.wait_for_selector(".badge.posted")
    desktop.goto("/?fiscal_year=2023")
    after = desktop.inner_text("dl.figures")
    assert before != after
    assert "12.500.000" in after

    desktop.goto("/trail/?kind=disbursements.disbursement")
    trail = desktop.inner_text("main")
    assert "dieuphoi_gbv" in trail
    assert "quanly" in trail
    phone.goto(f"/disbursements/{row.pk}/")
    assert phone.is_visible(".badge.posted")


def test_without_script_the_amount_is_asked_back_in_words(people, open_page, sign_in):
    page = open_page(java_script_enabled=False)
    sign_in(page, "dieuphoi_gbv", make.PASSWORD)
    page.goto("/disbursements/new/")
    page.fill("#id_date", "2022-09-15")
    page.fill("#id_activity", "binh dang gioi")
    page.select_option("#id_commune", label="Xã Bản Lang (đến 06/2025)")
    page.fill("#id_amount", "500 nghìn")
    page.click("button[name=save]")
    assert "năm trăm nghìn đồng" in page.inner_text("main").lower()
    assert not Disbursement.objects.exists()
    page.click("button[name=save]")
    page.wait_for_url(re.compile(r"/disbursements/\d+/next/$"))
    assert Disbursement.objects.get().amount == 500_000
