"""The commands in docs/api.md run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache

from accounts.services import create_token
from tests.factories import line, plan, posted, reference, submitted, training, user

DOCS = Path(__file__).parent.parent / "docs"
TEXT = (DOCS / "api.md").read_text("utf-8")


def blocks(language):
    """All blocks of a language as one program: later ones stand on earlier ones."""
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.M | re.S))


@pytest.fixture
def run(live_server, tmp_path, monkeypatch):
    """Runs a program as a reader of the page would, with a token of a coordinator."""
    cache.clear()
    reference()
    plan(line(amounts=60_000_000), line("ECCD-01", amounts=5_000_000))
    posted(2_000_000), submitted(700_000), training()
    _token, text = create_token(user=user("nguoi-viet-chuong-trinh"))
    environment = {**os.environ, "PORTAL": live_server.url, "TOKEN": text}

    def start(*command):
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout, tmp_path

    return start


@pytest.mark.django_db(transaction=True)
def test_the_curl_commands(run):
    said, folder = run("bash", "-euo", "pipefail", "-c", blocks("bash"))
    assert '"code":"GBV"' in said
    assert said.rstrip().endswith("304")
    assert (folder / "plan-against-actual.csv").read_text("utf-8-sig").startswith("program;")
    assert len((folder / "disbursements.jsonl").read_text("utf-8").splitlines()) == 2
    assert (folder / "disbursements.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.django_db(transaction=True)
def test_the_python_program(run):
    said, folder = run(sys.executable, "-c", blocks("python"))
    assert said.split() == ["1", "1"]
    assert (folder / "programmes.svg").read_text("utf-8").count("<rect") == 4
