"""What every test stands on: databases, folders, guards. See also tests/settings.py."""

import gc
import os

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tests import from_models
from tests.first_state import put_back

pytest_plugins = ["tests.cast"]  # the people every test can call on

# A test that starts `manage.py` gets the project's own settings, not those of the suite.
os.environ["DJANGO_SETTINGS_MODULE"] = "plan_portal.settings"

# A time limit per example fails on a busy machine; in CI the same examples every time.
hypothesis_settings.register_profile("portal", deadline=None, derandomize=bool(os.getenv("CI")))
hypothesis_settings.load_profile("portal")


OPENS_A_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """What opens no database (pytest-django would refuse it) says the same on each of them. What
    takes long comes first: begun last, it would leave the other worker without work."""
    for item in items:
        if not OPENS_A_DATABASE & {*item.fixturenames} and not item.get_closest_marker("django_db"):
            item.add_marker("any_database")
    yield
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish():
    """What is there by now (modules, tests, models) stays to the end: the garbage collector need
    not look through it again and again, and has less to do in a process of a few minutes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request, tmp_path_factory, django_db_modify_db_settings_parallel_suffix
):
    """SQLite tests run on a file: threads (live_server) then have connections of their own, as in
    use. In memory they would share one, and each other's transactions. With `--reuse-db` the file
    stays in .pytest_cache, one for each worker, and the next run begins at once."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        folder = tmp_path_factory.mktemp("database")
        if request.config.getvalue("reuse_db"):
            folder = request.config.cache.mkdir("database")
        worker = os.getenv("PYTEST_XDIST_WORKER", "test")
        name = f"{worker}-{from_models.fingerprint()}.sqlite3"
        database.setdefault("TEST", {})["NAME"] = str(folder / name)
        options = database.setdefault("OPTIONS", {})
        options["init_command"] = (
            options.get("init_command", "") + "; PRAGMA synchronous=OFF"
        ).lstrip("; ")
    from_models.begin()


@pytest.fixture(scope="session", autouse=True)
def media_root(tmp_path_factory):
    """Uploads of tests go to a temporary folder."""
    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("media"))


@pytest.fixture(autouse=True)
def _skip_elsewhere(request):
    """`@pytest.mark.postgres_only`: skipped on SQLite."""
    if request.node.get_closest_marker("postgres_only"):
        request.getfixturevalue("postgres_only")


@pytest.fixture(autouse=True)
def _own_language():
    """No test speaks the language of the page that the one before it opened."""
    translation.deactivate()


@pytest.fixture
def postgres_only():
    """Skips the test unless the database is PostgreSQL."""
    if connection.vendor != "postgresql":
        pytest.skip("means something on PostgreSQL alone")


# After a test that commits. Django's own empties the tables, which guards refuse and which takes
# the reference data away.
TransactionTestCase._fixture_teardown = lambda self: put_back()  # type: ignore[attr-defined]


def pytest_report_header(config):
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    return f"database: {engine}"


def pytest_terminal_summary(terminalreporter):
    """How long the stages before this one took (scripts/test.sh)."""
    if stages := os.getenv("STAGES"):
        terminalreporter.write_line(f"stages so far: {stages}")


@pytest.fixture(autouse=True)
def _nothing_kept():
    """No test is given the answer that was made in the one before it."""
    from reports import kept

    kept.forget()
