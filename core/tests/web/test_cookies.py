"""By HTTPS every cookie carries a prefix that browsers hold it to."""

import pytest

from accounts.models import User
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
LOGIN = "/accounts/login/"


@pytest.fixture
def browser(client, settings):
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client.defaults["wsgi.url_scheme"] = "https"
    return client


def signed_in(browser):
    return browser.post(LOGIN, {"username": "dieuphoi", "password": PASSWORD})


def test_every_cookie_is_prefixed_and_secure(cast, browser):
    answers = [
        browser.get(LOGIN),
        signed_in(browser),
        browser.post("/theme/", {"theme": "dark", "next": "/"}),
        browser.get("/disbursements/?cols=date", headers={"Referer": "https://x/disbursements/"}),
        browser.post("/i18n/setlang/", {"language": "en"}),
        browser.post("/accounts/logout/"),
    ]
    found = {cookie.key: cookie for answer in answers for cookie in answer.cookies.values()}
    assert {name.partition("known-")[0] for name in found} == {
        "__Host-csrftoken",
        "__Host-sessionid",
        "__Host-theme",
        "__Host-django_language",
        "__Secure-cols",
        "__Secure-",
    }
    assert all(cookie["secure"] and cookie["samesite"] for cookie in found.values())
    hosts = [cookie for name, cookie in found.items() if name.startswith("__Host-")]
    assert {(cookie["path"], cookie["domain"]) for cookie in hosts} == {("/", "")}


def test_signing_in_holds_and_a_cookie_without_its_prefix_is_not_seen(cast, browser):
    signed_in(browser)
    assert browser.get("/profile/").status_code == 200
    session = browser.cookies["__Host-sessionid"].value
    browser.cookies.clear()
    browser.cookies["sessionid"] = session
    assert browser.get("/profile/").status_code == 302
    assert User.objects.filter(username="dieuphoi").exists()


def test_a_form_is_taken_with_its_token(cast, browser):
    browser.handler.enforce_csrf_checks = True
    page = browser.get(LOGIN)
    token = browser.cookies["__Host-csrftoken"].value
    given = {"username": "dieuphoi", "password": PASSWORD}
    headers = {"Referer": "https://testserver" + LOGIN}
    assert page.status_code == 200
    assert browser.post(LOGIN, given, headers=headers).status_code == 403
    sent = {**given, "csrfmiddlewaretoken": token}
    assert browser.post(LOGIN, sent, headers=headers).status_code == 302
