"""A decision is made by who presses the button, then and there: what was typed with it is kept, and
the browser never sends it by itself."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from disbursements.models import Disbursement, Status
from tests import factories as make
from tests.browser.kept import end_sign_in, kept, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def voucher(people):
    return make.submitted(by=people.dieuphoi)


@pytest.fixture
def returning(phone, sign_in, voucher):
    """The manager is about to return a voucher with a reason."""
    sign_in(phone, "quanly", make.PASSWORD)
    phone.goto(f"/disbursements/{voucher.pk}/")
    phone.fill("#id_reason", "Thiếu hóa đơn")
    wait_for(phone, lambda: kept(phone) == ["draft"])
    return phone


def press_return(page):
    page.get_by_role("button", name="Trả lại với lý do này").click()


def test_a_decision_is_not_sent_later_by_itself(returning, voucher, offline):
    phone = returning
    offline(phone)
    press_return(phone)
    phone.get_by_text("chỉ gửi được khi có kết nối").wait_for()
    assert kept(phone) == ["draft"]
    phone.context.set_offline(False)
    phone.wait_for_timeout(1000)
    phone.goto("/disbursements/")
    phone.goto(f"/disbursements/{voucher.pk}/")
    voucher.refresh_from_db()
    assert voucher.status == Status.SUBMITTED
    assert phone.input_value("#id_reason") == "Thiếu hóa đơn"
    press_return(phone)
    wait_for(phone, lambda: kept(phone) == [])
    voucher.refresh_from_db()
    assert voucher.status == Status.RETURNED


def test_a_decision_outlives_the_sign_in_and_is_pressed_again(returning, voucher):
    phone = returning
    end_sign_in()
    press_return(phone)
    phone.wait_for_url(re.compile("/accounts/login/"))
    phone.fill("input[name=username]", "quanly")
    phone.fill("input[name=password]", make.PASSWORD)
    phone.press("input[name=password]", "Enter")
    phone.wait_for_url(f"**/disbursements/{voucher.pk}/")
    expect(phone.locator("#id_reason")).to_have_value("Thiếu hóa đơn")
    voucher.refresh_from_db()
    assert voucher.status == Status.SUBMITTED
    press_return(phone)
    wait_for(phone, lambda: kept(phone) == [])
    voucher.refresh_from_db()
    assert voucher.status == Status.RETURNED


def test_somebody_is_deactivated_with_a_connection_or_not_at_all(phone, sign_in, people, offline):
    sign_in(phone, "quantri", make.PASSWORD)
    phone.goto(f"/people/{people.khach.pk}/")
    phone.fill("form[action$='/activate/'] [name=reason]", "Đã nghỉ việc")
    wait_for(phone, lambda: kept(phone) == ["draft"])
    offline(phone)
    phone.locator("form[action$='/activate/'] button[name=active]").click()
    phone.get_by_text("chỉ gửi được khi có kết nối").wait_for()
    assert kept(phone) == ["draft"]
    phone.context.set_offline(False)
    phone.goto("/people/")
    phone.wait_for_timeout(700)
    assert User.objects.get(username="khach").is_active


def test_a_decision_tried_by_hand_in_vain_is_not_sent_later(bare_phone, sign_in, voucher, allow):
    """Sent once from the page of what is kept, where there was no connection."""
    phone = bare_phone
    sign_in(phone, "quanly", make.PASSWORD)
    phone.goto(f"/disbursements/{voucher.pk}/")
    phone.fill("#id_reason", "Thiếu hóa đơn")
    wait_for(phone, lambda: kept(phone) == ["draft"])
    phone.evaluate(
        "kept.all().forEach(form => kept.change(form.id, { state: 'waiting', known: Date.now() }))"
    )
    phone.goto("/disbursements/")
    phone.wait_for_timeout(1000)
    voucher.refresh_from_db()
    assert voucher.status == Status.SUBMITTED
    assert kept(phone) == ["waiting"]


def test_what_is_typed_on_the_page_of_a_refused_button_is_opened_on_the_vouchers(
    phone, sign_in, voucher, allow
):
    """The page has the address the button was sent to, which is none to open."""
    allow(phone, "409")
    sign_in(phone, "quanly", make.PASSWORD)
    phone.goto(f"/disbursements/{voucher.pk}/")
    Disbursement.objects.filter(pk=voucher.pk).update(version=99)  # somebody changed it
    phone.get_by_role("button", name=re.compile("Ghi sổ")).first.click()
    phone.wait_for_url(re.compile("/post/"))
    phone.fill("#id_reason", "Thiếu hóa đơn")
    wait_for(phone, lambda: kept(phone) == ["draft"])
    phone.goto(f"/disbursements/{voucher.pk}/")
    expect(phone.locator("#id_reason")).to_have_value("Thiếu hóa đơn")
    phone.goto("/offline/")
    phone.get_by_role("link", name="Mở biểu mẫu").click()
    phone.wait_for_url(f"**/disbursements/{voucher.pk}/")
    expect(phone.locator("#id_reason")).to_have_value("Thiếu hóa đơn")
