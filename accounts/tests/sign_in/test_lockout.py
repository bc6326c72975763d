"""The form that other programs post to, wrong guesses, and how sessions end."""

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import get_user
from django.test import Client, RequestFactory

from accounts.sign_in.lockout import address_of
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
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


OFFICE, ELSEWHERE = "10.1.2.3", "203.0.113.7"


def guess(n, username="dieuphoi", address=ELSEWHERE, client=None):
    """So many wrong passwords, with another user agent each time; the states of the answers."""
    client = client or Client()
    return [
        sign_in(
            client, username, "sai", REMOTE_ADDR=address, HTTP_USER_AGENT=f"agent {one}"
        ).status_code
        for one in range(n)
    ]


def test_eight_wrong_passwords_of_one_address_for_one_name_are_the_last_ones(cast, client):
    limit = settings.AXES_FAILURE_LIMIT
    assert guess(limit) == [200] * (limit - 1) + [429]
    answer = sign_in(client, REMOTE_ADDR=ELSEWHERE)
    assert answer.status_code == 429 and answer["Retry-After"] == "900"
    assert "15" in answer.content.decode() and not is_in(client)
    assert sign_in(client, "khach", REMOTE_ADDR=ELSEWHERE).status_code == 302 and is_in(client)


def test_a_name_guessed_at_from_many_addresses_is_free_for_its_owner_at_any_other(cast, client):
    for n in range(20):
        guess(10, address=f"203.0.113.{n}")
    assert sign_in(client, REMOTE_ADDR=OFFICE).status_code == 302 and is_in(client)


def test_of_a_name_under_attack_an_address_has_three_tries(cast, client):
    for n in range(8):
        guess(10, address=f"203.0.113.{n}")
    assert guess(4, address=OFFICE) == [200, 200, 429, 429]
    assert guess(4, "khach", address=OFFICE) == [200] * 4


def test_a_known_browser_stays_free_whoever_guesses_from_the_same_address(cast):
    mine = Client()
    sign_in(mine, REMOTE_ADDR=OFFICE)
    mine.post("/accounts/logout/")
    guess(30, address=OFFICE)
    assert sign_in(Client(), REMOTE_ADDR=OFFICE).status_code == 429
    assert sign_in(mine, REMOTE_ADDR=OFFICE).status_code == 302 and is_in(mine)


def test_a_known_browser_has_tries_of_its_own_at_any_address_and_no_more(cast):
    mine = Client()
    sign_in(mine)
    mine.post("/accounts/logout/")
    states = [guess(1, address=f"10.0.0.{n}", client=mine)[0] for n in range(9)]
    assert states == [200] * 7 + [429] * 2
    assert sign_in(mine, REMOTE_ADDR="10.0.0.99").status_code == 429
    assert sign_in(Client()).status_code == 302  # others are not touched by it


def test_a_browser_is_known_for_the_name_alone_that_signed_in_with_it(cast):
    theirs = Client()
    sign_in(theirs, "khach", REMOTE_ADDR=OFFICE)
    theirs.post("/accounts/logout/")
    name, cookie = next((k, v.value) for k, v in theirs.cookies.items() if k.startswith("known-"))
    mine = Client()
    sign_in(mine)
    other = next(key for key in mine.cookies if key.startswith("known-"))
    assert name != other
    theirs.cookies[other] = cookie  # signed for another name
    guess(10, address=OFFICE, client=theirs)
    assert sign_in(theirs, REMOTE_ADDR=OFFICE).status_code == 429


@pytest.mark.parametrize("names", [1, 8, 60])
def test_sixty_wrong_passwords_of_one_address_do_not_lock_the_office(cast, client, names):
    for n in range(60):
        guess(1, f"ten-{n % names}", address=OFFICE)
    assert sign_in(client, REMOTE_ADDR=OFFICE).status_code == 302 and is_in(client)


def test_an_address_that_guesses_is_slowed_down_for_every_name(cast):
    for n in range(60):
        guess(1, f"ten-{n}", address=OFFICE)
    assert guess(4, address=OFFICE) == [200, 200, 429, 429]
    assert guess(4, address=ELSEWHERE) == [200] * 4


def test_a_flood_of_made_up_names_makes_unknown_browsers_of_its_address_wait(cast, settings):
    settings.ADDRESS_FAILURE_LIMIT = 1
    mine = Client()
    sign_in(mine, REMOTE_ADDR=OFFICE)
    mine.post("/accounts/logout/")
    for n in range(20):
        guess(1, f"ten-{n}", address=OFFICE)
    assert guess(1, "ten-21", address=OFFICE) == [429]
    assert sign_in(mine, REMOTE_ADDR=OFFICE).status_code == 302


def test_a_name_that_nobody_has_is_locked_just_the_same(cast, client):
    limit = settings.AXES_FAILURE_LIMIT
    states = [sign_in(client, "khongco", "sai").status_code for _n in range(limit)]
    assert states == [200] * (limit - 1) + [429]


def test_no_guess_is_kept_with_its_count(cast, client):
    sign_in(client, password="gan-dung", code="123456")
    kept = AccessAttempt.objects.get()
    assert "gan-dung" not in kept.post_data and "123456" not in kept.post_data


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
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "::ffff:2.2.2.2", "2.2.2.2"),
        (1, "9.9.9.9, unknown", "10.0.0.1"),
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


def test_a_changed_password_has_no_second_door_in_the_emergency_admin(cast, client):
    cast.quantri.is_staff = True
    cast.quantri.save()
    client.force_login(cast.quantri)
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/"


def test_a_session_lasts_twelve_hours(cast, client):
    answer = sign_in(client)
    assert answer.cookies["sessionid"]["max-age"] == 12 * 3600


def test_one_can_sign_out_everywhere_else_and_stay_here(cast):
    here, there = Client(), Client()
    sign_in(here), sign_in(there)
    first, other = here.get("/accounts/sessions/").context["rows"]
    assert first["is_this"] and not other["is_this"]
    for wrong in ({}, {"password": "sai"}):
        here.post("/accounts/sessions/", wrong)
        assert is_in(here) and is_in(there)
    assert here.post("/accounts/sessions/", {"password": PASSWORD}).status_code == 302
    (left,) = here.get("/accounts/sessions/").context["rows"]
    assert left["is_this"]
    assert is_in(here) and not is_in(there)
    assert cast.dieuphoi.history.first().history_user == cast.dieuphoi


def test_the_language_of_the_profile_comes_with_sign_in(cast, client):
    cast.dieuphoi.language = "en"
    cast.dieuphoi.save()
    assert sign_in(client).cookies["django_language"].value == "en"
    other = Client()
    other.cookies["django_language"] = "vi"
    assert "django_language" not in sign_in(other).cookies
