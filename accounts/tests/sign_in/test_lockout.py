"""The form that other programs post to, wrong guesses, and how sessions end."""

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user
from django.test import Client, RequestFactory

from accounts.sign_in.lockout import address_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def sign_in(client, username="dieuphoi", password=PASSWORD, **extra):
    headers = {key: extra.pop(key) for key in list(extra) if key.isupper()}
    given = {"username": username, "password": password, **extra}
    return client.post(LOGIN, given, **headers)


def is_in(client):
    return get_user(client).is_authenticated


def test_name_and_password_sign_in_and_lead_to_where_one_was_going(cast, client):
    answer = sign_in(client, next="/tokens/")
    assert (answer.status_code, answer["Location"]) == (302, "/tokens/")
    assert is_in(client)


def test_without_next_one_comes_to_the_dashboard_and_never_to_another_host(cast):
    for target in ({}, {"next": "https://example.org/"}, {"next": "//example.org"}):
        client = Client()
        answer = sign_in(client, **target)
        assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_wrong_password_says_so_and_signs_nobody_in(cast, client):
    answer = sign_in(client, password="sai")
    assert answer.status_code == 200 and not is_in(client)
    assert answer.context["form"].errors


def test_wrong_passwords_lock_the_name_whatever_the_browser_and_the_address(cast, client):
    for n in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, password="sai", HTTP_USER_AGENT=f"agent {n}").status_code == 200
    assert sign_in(client, password="sai").status_code == 429
    answer = sign_in(Client(), REMOTE_ADDR="10.1.2.3")
    assert answer.status_code == 429 and answer["Retry-After"] == "900"
    assert "15" in answer.content.decode()
    other = Client()
    assert sign_in(other, "khach").status_code == 302 and is_in(other)


def test_a_name_that_nobody_has_is_locked_just_the_same(cast, client):
    limit = settings.AXES_FAILURE_LIMIT
    states = [sign_in(client, "khongco", "sai").status_code for _n in range(limit)]
    assert states == [200] * (limit - 1) + [429]


def test_a_lock_ends_by_itself_and_guessing_on_does_not_prolong_it(cast, client):
    for _n in range(settings.AXES_FAILURE_LIMIT + 5):
        sign_in(client, password="sai")
    assert AccessAttempt.objects.get().failures_since_start == settings.AXES_FAILURE_LIMIT
    then = AccessAttempt.objects.get().attempt_time - settings.AXES_COOLOFF_TIME
    AccessAttempt.objects.update(attempt_time=then)
    assert sign_in(Client()).status_code == 302


def test_the_right_password_forgets_the_wrong_ones(cast, client):
    for _n in range(settings.AXES_FAILURE_LIMIT - 1):
        sign_in(client, password="sai")
    assert sign_in(client).status_code == 302
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize(
    "proxies, forwarded, expected",
    [
        (0, "1.1.1.1", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "9.9.9.9, 2.2.2.2", "2.2.2.2"),
        (2, "9.9.9.9, 2.2.2.2, 3.3.3.3", "2.2.2.2"),
        (2, "3.3.3.3", "3.3.3.3"),
    ],
)
def test_an_address_is_what_our_own_proxies_say(settings, proxies, forwarded, expected):
    settings.PROXIES = proxies
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **extra)
    assert address_of(request) == expected


def test_the_emergency_admin_has_no_door_of_its_own(cast, client):
    answer = client.get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/admin/")
    answer = client.post("/admin/login/", {"username": "quantri", "password": PASSWORD})
    assert answer.status_code == 302 and not is_in(client)


def test_a_session_lasts_twelve_hours(cast, client):
    answer = sign_in(client)
    assert answer.cookies["sessionid"]["max-age"] == 12 * 3600


def test_one_can_sign_out_everywhere_else_and_stay_here(cast):
    here, there = Client(), Client()
    sign_in(here), sign_in(there)
    assert here.get("/accounts/sessions/end/").url == "/"
    assert is_in(here) and is_in(there)
    assert here.post("/accounts/sessions/end/").status_code == 302
    assert is_in(here) and not is_in(there)
    assert cast.dieuphoi.history.first().history_user == cast.dieuphoi


def test_the_language_of_the_profile_comes_with_sign_in(cast, client):
    cast.dieuphoi.language = "en"
    cast.dieuphoi.save()
    assert sign_in(client).cookies["django_language"].value == "en"
    other = Client()
    other.cookies["django_language"] = "vi"
    assert "django_language" not in sign_in(other).cookies
