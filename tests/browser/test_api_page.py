"""The page to try the API: a token is pasted as it is, a first request is named and answered."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from accounts.services import create_token
from tests.browser.test_accessible import NARROW, RULES, WIDER

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def rules_broken(page):
    report = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in report]


@pytest.mark.parametrize("screen", [{}, NARROW])
def test_a_pasted_token_gets_the_first_request_answered(cast, open_page, screen):
    page = open_page(**screen, bypass_csp=True)
    page.goto("/api/v1/docs/")
    _token, text = create_token(user=cast.khach)
    page.get_by_role("button", name="Nhập mã").click()
    assert rules_broken(page) == []
    expect(page.locator(".modal-ux input")).to_have_count(1)
    page.locator(".modal-ux input").fill(text)
    page.locator(".modal-ux .authorize").click()
    page.locator(".modal-ux .btn-done").click()
    page.locator("[data-first]").click()
    page.get_by_role("button", name="Thử").click()
    page.get_by_role("button", name="Gửi").click()
    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    assert rules_broken(page) == []
    assert page.evaluate(WIDER) <= 0


def test_the_search_finds_by_what_is_done(cast, open_page):
    page = open_page()
    page.goto("/api/v1/docs/")
    page.get_by_placeholder("Tìm").fill("training class")
    expect(page.locator(".opblock-tag")).to_have_count(1)
    expect(page.locator(".opblock-tag")).to_contain_text("trainings")
