"""“Back”: pages that the browser has in its memory, script and all, as they were left."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.kept import (
    NEW,
    OTHER,
    SAVE,
    TITLE,
    difficulty,
    end_sign_in,
    fill_in,
    kept,
    titles,
    wait_for,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def browser(launch):
    """One that remembers pages as people's browsers do; for tests, Playwright turns that off."""
    running = launch(ignore_default_args=["--disable-back-forward-cache"])
    yield running
    running.close()


def note_what_comes_from_memory(page):
    """Whether the page comes from memory, and is hidden, when it shows the next time."""
    page.evaluate(
        "addEventListener('pageshow', event => sessionStorage.setItem('memory',"
        " `${event.persisted} ${document.getElementById('main').hidden}`))"
    )


def from_memory(page):
    return page.evaluate("sessionStorage.getItem('memory')")


def test_a_page_of_somebody_else_shows_nothing(bare_phone, sign_in, people):
    phone = bare_phone
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    wait_for(phone, lambda: kept(phone) == ["draft"])
    note_what_comes_from_memory(phone)
    phone.goto("/difficulties/")
    end_sign_in()
    phone.goto("/accounts/login/")
    phone.fill("input[name=username]", "dieuphoi_gbv")
    phone.fill("input[name=password]", make.PASSWORD)
    phone.press("input[name=password]", "Enter")
    phone.wait_for_url(lambda url: "/accounts/login" not in url)
    for _step in range(10):
        if phone.url.endswith("/difficulties/new/"):
            break
        phone.go_back()
    assert phone.url.endswith("/difficulties/new/")
    expect(phone.locator("#id_title")).to_have_value("")
    assert from_memory(phone) == "true true"
    assert TITLE not in phone.content()


def test_back_to_a_form_that_was_sent_does_not_send_it_again(bare_phone, sign_in, people):
    phone = bare_phone
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    note_what_comes_from_memory(phone)
    phone.click(SAVE)
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    phone.go_back()
    phone.wait_for_url("**" + NEW)
    expect(phone.locator("#id_title")).to_have_value("")
    assert from_memory(phone) == "true false"
    fill_in(phone, OTHER)
    phone.click(SAVE)
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    assert titles() == {TITLE, OTHER}
    assert kept(phone) == []
