"""How long a session lives, and what is written down of who signs in."""

import json
import logging
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.sign_in import sessions
from core.web.logs import JsonLine
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NOW = [0.0]


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The clock by which sessions are noted and found, which the tests move on."""
    NOW[0] = timezone.now().timestamp()
    monkeypatch.setattr(sessions, "time", lambda: NOW[0])
    monkeypatch.setattr(
        "django.contrib.sessions.backends.db.timezone.now",
        lambda: timezone.datetime.fromtimestamp(NOW[0], timezone.get_default_timezone()),
    )


def later(**much):
    NOW[0] += timedelta(**much).total_seconds()


def is_in(client):
    return client.get("/waiting/").status_code == 200


def test_a_session_ends_when_nothing_was_asked_for_two_hours(cast, client, settings):
    settings.SESSION_IDLE_MINUTES = 120
    client.force_login(cast.bdh)
    later(minutes=119)
    assert is_in(client)
    later(minutes=119)
    assert is_in(client)
    later(minutes=121)
    assert not is_in(client)


def test_a_session_in_use_ends_twelve_hours_after_signing_in(cast, client, settings):
    settings.SESSION_IDLE_MINUTES = 120
    client.force_login(cast.bdh)
    for _hour in range(11):
        later(hours=1)
        assert is_in(client)
    later(minutes=59)
    session = client.session
    session["changed"] = "what is kept in a session makes it no longer"
    session.save()
    assert is_in(client)
    later(minutes=2)
    assert not is_in(client)


def test_without_a_limit_a_session_lives_its_hours(cast, client, settings):
    settings.SESSION_IDLE_MINUTES = 0
    client.force_login(cast.bdh)
    later(hours=11)
    assert is_in(client)
    later(hours=2)
    assert not is_in(client)


def test_signing_in_again_begins_the_hours_anew(cast, client):
    client.force_login(cast.bdh)
    before = Session.objects.get().expire_date
    later(minutes=30)
    client.force_login(cast.bdh)
    assert Session.objects.get().expire_date > before


def test_pages_read_one_after_another_write_nothing(cast, client):
    client.force_login(cast.bdh)
    is_in(client)
    ends = Session.objects.get().expire_date
    later(minutes=1)
    is_in(client)
    assert Session.objects.get().expire_date == ends


def lines_of(caplog):
    records = [each for each in caplog.records if each.name == "portal.sign_in"]
    return [json.loads(JsonLine().format(record)) for record in records]


def test_who_signs_in_and_out_leaves_a_line_without_a_name(cast, client, caplog):
    caplog.set_level(logging.INFO, "portal.sign_in")
    client.post("/accounts/login/", {"username": "bdh", "password": make.PASSWORD})
    client.post("/accounts/logout/")
    first, last = lines_of(caplog)
    assert (first["message"], last["message"]) == ("signed in", "signed out")
    assert first["factors"] == ["password"]
    for line in (first, last):
        assert line["account"] == cast.bdh.pk and line["address"] == "127.0.0.1"
        assert "bdh" not in str(line) and make.PASSWORD not in str(line)
