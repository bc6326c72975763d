"""The page of a refusal: what is typed there is newer than what the page was made from, also when
it is asked for once more; and what it leads to opens."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.kept import NEW, OTHER, SAVE, TITLE, difficulty, kept, lose, titles, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
MORE = "Chậm hai tuần, và đoạn vừa gõ thêm"


@pytest.fixture
def phone(bare_phone, sign_in, people, allow):
    allow(bare_phone, "400|409")
    sign_in(bare_phone, "dieuphoi", make.PASSWORD)
    return bare_phone


@pytest.fixture
def refused(phone):
    """A difficulty was refused, and is mended on the page that says so."""
    difficulty(phone)
    phone.fill("#id_raised_on", "2055-01-01")
    phone.click(SAVE)
    phone.wait_for_selector(".notice.error")
    phone.fill("#id_raised_on", "2022-09-15")
    phone.fill("#id_effect", MORE)
    return phone


def effects(page):
    return page.evaluate(
        "kept.all().map(form => form.fields.find(([name]) => name === 'effect')[1])"
    )


def test_what_was_mended_outlives_a_reload(refused):
    wait_for(refused, lambda: effects(refused) == [MORE])
    refused.reload()  # which sends the old content again
    expect(refused.locator("#id_effect")).to_have_value(MORE)
    assert effects(refused) == [MORE]
    refused.reload()
    expect(refused.locator("#id_raised_on")).to_have_value("15/09/2022")
    refused.click(SAVE)
    refused.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    assert titles() == {TITLE}
    wait_for(refused, lambda: kept(refused) == [])


def test_what_was_mended_and_saved_without_a_connection_outlives_a_reload(refused):
    phone = refused
    phone.context.set_offline(True)
    phone.click(SAVE)
    assert kept(phone) == ["waiting"]
    phone.route(
        "**" + NEW,  # what the page tries by itself comes too late
        lambda route: (
            route.abort() if route.request.resource_type == "fetch" else route.continue_()
        ),
    )
    phone.context.set_offline(False)
    phone.reload()
    expect(phone.locator("#id_effect")).to_have_value(MORE)
    assert effects(phone) == [MORE]


def test_another_form_is_opened_from_it_and_what_was_mended_stays(refused):
    phone = refused
    wait_for(phone, lambda: effects(phone) == [MORE])
    phone.evaluate(
        """title => {
            const [form] = kept.all(), key = kept.newKey();
            const fields = form.fields.map(([name, was]) => [name, name === "title" ? title : was]);
            kept.put({ ...form, id: key, key, fields, state: "refused", known: Date.now() });
            outbox.say("error", "…", outbox.link(outbox.openAt(kept.get(key)), "khác"));
        }""",
        OTHER,
    )
    phone.get_by_role("link", name="khác").click()
    expect(phone.locator("#id_title")).to_have_value(OTHER)
    assert effects(phone) == [MORE, MORE]
    assert titles() == set()
    phone.click(SAVE)
    phone.wait_for_url(re.compile(r"/difficulties/\d+/$"))
    assert titles() == {OTHER}
    wait_for(phone, lambda: effects(phone) == [MORE])


def test_what_was_saved_is_opened_also_at_the_address_of_its_form(phone):
    """A form that leads back to its own page: the address differs by what follows the # alone."""
    save = "form:has(#id_office) button[type=submit]"
    phone.goto("/profile/")
    phone.fill("#id_office", "Phòng A")
    lose(phone, "/profile/", answered=True)
    phone.click(save)
    wait_for(phone, lambda: phone.url.startswith("chrome-error"))
    phone.unroute("**/profile/")
    phone.context.clear_cookies(name=re.compile("^form-"))  # they came with the answer
    lose(phone, "/profile/")
    phone.goto("/offline/")
    phone.get_by_role("link", name="Mở biểu mẫu").click()
    phone.wait_for_url(lambda url: url.endswith("/profile/"))  # what was kept is back: no # left
    expect(phone.locator("#id_office")).to_have_value("Phòng A")  # the portal has it, too
    phone.fill("#id_office", "Phòng B")
    phone.unroute("**/profile/")
    phone.click(save)
    phone.get_by_text("nay nội dung đã khác").wait_for()
    phone.get_by_role("link", name="Mở bản đã lưu").click()
    expect(phone.locator("#id_office")).to_have_value("Phòng A")
    assert kept(phone) == ["draft"]
