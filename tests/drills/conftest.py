"""What drills share: a server as in use, its people, and a table of what became of them."""

import pytest

from tests.drills.people import Crew
from tests.drills.server import Server


@pytest.fixture(scope="session")
def session_server(django_db_setup, tmp_path_factory):
    """Starting one costs seconds: drills that need nothing of their own share it."""
    with Server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def server(transactional_db, session_server):
    """Gunicorn as `make serve` starts it, over the test's own database."""
    session_server.answers_again("/readyz")
    return session_server


@pytest.fixture
def crew(server):
    """Who writes: eight clerks' and eight managers' hands, each with a token."""
    return Crew(server)


def pytest_terminal_summary(terminalreporter):
    """One line for each drill: what was done, how often, what was seen."""
    told = [
        text
        for report in terminalreporter.stats.get("passed", [])
        for name, text in report.user_properties
        if name == "drill"
    ]
    if told:
        terminalreporter.section("drills")
        for text in told:
            terminalreporter.write_line(text)
