"""Changing a password, and setting a new one with a link of a letter."""

import re

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.factories import PASSWORD
from tests.work_off import work_off

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NEW = "mot-mat-khau-hoan-toan-khac"
RESET = "/accounts/password/forgotten/"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def signed_in(username, password=PASSWORD):
    client = Client()
    client.post("/accounts/login/", {"username": username, "password": password})
    return client


def is_in(client):
    return get_user(client).is_authenticated


def link_in(letter):
    return re.search(r"https?://[^/]+(/\S+)", letter.body)[1]


def with_email(user, email="dieuphoi@example.org"):
    user.email = email
    user.save()
    return user


def test_a_changed_password_ends_every_other_session_and_is_on_the_trail(cast):
    here, there = signed_in("dieuphoi"), signed_in("dieuphoi")
    given = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert here.post("/accounts/password/", given)["Location"] == "/profile/"
    assert is_in(here) and not is_in(there)
    assert is_in(signed_in("dieuphoi", NEW)) and not is_in(signed_in("dieuphoi"))
    row = cast.dieuphoi.history.first()
    assert row.history_user == cast.dieuphoi and row.history_change_reason
    assert not hasattr(row, "password")


@pytest.mark.parametrize(
    "change",
    [
        {"old_password": "sai"},
        {"new_password2": "khac"},
        {"new_password1": "12345678", "new_password2": "12345678"},
    ],
)
def test_a_password_is_not_changed_without_the_old_one_or_into_a_weak_one(cast, change):
    here = signed_in("dieuphoi")
    given = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW, **change}
    answer = here.post("/accounts/password/", given)
    assert answer.status_code == 200 and answer.context["form"].errors
    assert is_in(signed_in("dieuphoi"))


def test_a_link_sets_a_new_password_once_and_ends_all_sessions(cast, client):
    with_email(cast.dieuphoi)
    there = signed_in("dieuphoi")
    client.post(RESET, {"email": "DieuPhoi@example.org"})
    work_off()
    (letter,) = mail.outbox
    assert letter.to == ["dieuphoi@example.org"] and "dieuphoi" in letter.body
    page = client.get(link_in(letter), follow=True)
    assert page.status_code == 200 and page.context["validlink"]
    given = {"new_password1": NEW, "new_password2": NEW}
    answer = client.post(page.redirect_chain[-1][0], given)
    assert (
        answer["Location"] == "/accounts/password/done/" and not is_in(client) and not is_in(there)
    )
    assert is_in(signed_in("dieuphoi", NEW))
    again = Client().get(link_in(letter), follow=True)
    assert not again.context["validlink"]


def test_a_link_lifts_the_lock_of_wrong_guesses(cast, client):
    with_email(cast.dieuphoi)
    for _n in range(11):
        signed_in("dieuphoi", "sai")
    client.post(RESET, {"email": "dieuphoi@example.org"})
    work_off()
    page = client.get(link_in(mail.outbox[0]), follow=True)
    client.post(page.redirect_chain[-1][0], {"new_password1": NEW, "new_password2": NEW})
    assert is_in(signed_in("dieuphoi", NEW))
    for _n in range(11):
        signed_in("dieuphoi", "sai")
    assert not is_in(signed_in("dieuphoi", NEW))
    client.post("/accounts/login/", {"username": "dieuphoi", "password": NEW})
    assert is_in(client)  # the browser that had the link is known


def test_the_answer_does_not_tell_who_has_an_account(cast, client):
    with_email(cast.dieuphoi)
    gone = with_email(cast.khach, "khach@example.org")
    gone.is_active = False
    gone.save()
    answers = []
    for email in ("dieuphoi@example.org", "khach@example.org", "khongai@example.org"):
        first = client.post(RESET, {"email": email})
        page = client.get(first["Location"]).content
        answers.append(
            (first.status_code, first["Location"], re.sub(rb'value="\w{64}"', b"", page))
        )
    assert answers[0] == answers[1] == answers[2]
    work_off()
    assert [letter.to for letter in mail.outbox] == [["dieuphoi@example.org"]]


def test_a_mailbox_is_not_flooded_and_an_address_is_slowed_down(cast, client):
    with_email(cast.dieuphoi)
    states = [client.post(RESET, {"email": "dieuphoi@example.org"}).status_code for _n in range(12)]
    assert states == [302] * 10 + [429] * 2
    work_off()
    assert len(mail.outbox) == 2


def test_a_letter_is_written_in_the_language_of_its_reader(cast, client):
    with_email(cast.dieuphoi)
    client.post(RESET, {"email": "dieuphoi@example.org"})
    work_off()
    assert "Mật khẩu" in mail.outbox[0].subject
    cast.dieuphoi.language = "en"
    cast.dieuphoi.save()
    client.post(RESET, {"email": "dieuphoi@example.org"})
    work_off()
    assert "password" in mail.outbox[1].subject


@pytest.mark.parametrize(
    "weak", ["kehoach2026", "Kế hoạch giải ngân 26", "PlanPortal-123", "quanly_admin1"]
)
def test_a_password_of_words_of_the_office_is_refused(cast, weak):
    here = signed_in("dieuphoi")
    given = {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak}
    answer = here.post("/accounts/password/", given)
    assert "new_password2" in answer.context["form"].errors
    own = f"{weak} tre ngà bên suối"
    given = {"old_password": PASSWORD, "new_password1": own, "new_password2": own}
    assert here.post("/accounts/password/", given).status_code == 302
