"""“Back”: pages that the browser has in its memory, script and all, as they were left."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.conftest import SLOW
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
    running = launch(whole=True, ignore_default_args=["--disable-back-forward-cache"])
    yield running
    running.close()


def note_what_comes_from_memory(page):
    """Whether the page comes from memory, and is hidden, when it shows the next time."""
    page.evaluate(
        "addEventListener('pageshow', event => sessionStorage.setItem('memory',"
        " `${event.persisted} ${document.getElementById('main').hidden}`))"
    )


def back(page, steps=1):
    """As the button does; the page may ask for another, which Playwright's own call takes amiss."""
    page.evaluate("steps => { setTimeout(() => history.go(-steps), 0); }", steps)
    page.wait_for_timeout(1000 * SLOW)
    wait_for(page, lambda: page.url.endswith(NEW))
    page.wait_for_load_state()


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
    back(phone, 3)  # over the sign-in and the list
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
    back(phone)
    expect(phone.locator("#id_title")).to_have_value("")
    assert from_memory(phone) == "true false"
    fill_in(phone, OTHER)
    phone.click(SAVE)
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    assert titles() == {TITLE, OTHER}
    wait_for(phone, lambda: kept(phone) == [])


def test_back_to_a_refusal_of_what_was_taken_since_opens_the_form_anew(
    bare_phone, sign_in, people, allow
):
    phone = bare_phone
    allow(phone, "400")
    sign_in(phone, "dieuphoi", make.PASSWORD)
    difficulty(phone)
    phone.fill("#id_raised_on", "2055-01-01")
    phone.click(SAVE)
    phone.locator("main .notice.error").wait_for()
    note_what_comes_from_memory(phone)
    phone.fill("#id_raised_on", "2022-09-15")
    phone.click(SAVE)
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    back(phone)
    expect(phone.locator("#id_title")).to_have_value("")
    expect(phone.locator("main .notice.error")).to_have_count(0)
    assert titles() == {TITLE}
    assert kept(phone) == []
