"""A connection to SQLite is kept while its file is the one of its name."""

import shutil
from types import SimpleNamespace

import pytest
from django.core.signals import request_started
from django.db import connection

from core.services import kept_connections

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="means something on SQLite alone"
)


@pytest.fixture
def kept(tmp_path, monkeypatch, django_db_blocker):
    """A connection of its own, to a file of its own, as a request leaves it."""
    other = connection.copy(alias="other")
    other.settings_dict = {**other.settings_dict, "NAME": str(tmp_path / "portal.sqlite3")}
    every = SimpleNamespace(all=lambda initialized_only: [other])
    monkeypatch.setattr(kept_connections, "connections", every)
    with django_db_blocker.unblock():
        other.cursor().execute("CREATE TABLE said (what text)")
        yield other
        other.close()


def test_it_stays_open_from_request_to_request(kept):
    before = kept.connection
    request_started.send(sender=None)
    assert kept.connection is before


def test_it_is_opened_anew_where_another_database_was_put_in_its_place(kept, tmp_path):
    path = tmp_path / "portal.sqlite3"
    shutil.copyfile(path, tmp_path / "backup")
    (tmp_path / "backup").replace(path)
    request_started.send(sender=None)
    assert kept.connection is None
    kept.cursor().execute("INSERT INTO said VALUES ('here')")
    request_started.send(sender=None)
    assert kept.connection is not None


def test_nothing_that_is_being_written_is_closed(kept, tmp_path):
    kept.in_atomic_block = True
    (tmp_path / "portal.sqlite3").unlink()
    request_started.send(sender=None)
    assert kept.connection is not None
    kept.in_atomic_block = False
