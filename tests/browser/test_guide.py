"""The guide on a phone: opened once, it is there without a connection, at the part asked for."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_guide_is_there_without_a_connection_once_it_was_opened(
    phone, sign_in, people, offline
):
    sign_in(phone, "dieuphoi", make.PASSWORD)
    phone.goto("/disbursements/")
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.reload()  # so that the worker answers
    phone.click(".page-help > summary")
    phone.click(".page-help a")
    phone.wait_for_url(re.compile(r"/help/dieu-phoi/#dieu-phoi-nhap-mot-chung-tu$"))
    phone.wait_for_function(
        "caches.match('/offline/?guide=all', {ignoreVary: true}).then(kept => !!kept)"
    )
    offline(phone)
    phone.goto("/help/quan-tri/")
    expect(phone.locator(".notice")).to_contain_text("Không có kết nối")
    expect(phone.locator("details.guide")).to_have_count(8)
    phone.locator("summary", has_text="Quản trị viên").click()
    expect(phone.get_by_role("heading", name="Mời người dùng")).to_be_visible()
    phone.context.set_offline(False)
