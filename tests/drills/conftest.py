"""What drills share: a server as in use, its people, and a table of what became of them."""

import pytest

from tests.drills.people import Crew
from tests.drills.server import Server


@pytest.fixture
def server(transactional_db, tmp_path):
    """Gunicorn as `make serve` starts it, over the test's own database."""
    with Server(tmp_path) as running:
        yield running


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
