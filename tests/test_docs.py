"""The commands in docs/api.md run as they stand there."""

import csv
import os
import re
import shutil
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


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_the_curl_commands(run):
    said, folder = run("bash", "-euo", "pipefail", "-c", blocks("bash"))
    assert '"code":"GBV"' in said
    assert said.rstrip().endswith("304")
    assert (folder / "plan-against-actual.csv").read_text("utf-8-sig").startswith("program;")
    assert len((folder / "disbursements.jsonl").read_text("utf-8").splitlines()) == 2
    assert (folder / "disbursements.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_the_python_program(run):
    said, folder = run(sys.executable, "-c", blocks("python"))
    assert said.split() == ["1", "1"]
    assert (folder / "programmes.svg").read_text("utf-8").count("<rect") == 4


def interpreter(name, module=""):
    """The program that reads a recipe: `name`, else what the variable of its name in capitals says
    (PANDAS=/tmp/env/bin/python); the test is skipped where there is none."""
    found = os.environ.get((module or name).upper()) or shutil.which(name)
    has = f"import {module}" if module else "1"
    option = "-c" if module else "-e"
    if not found or subprocess.run([found, option, has], capture_output=True).returncode:
        pytest.skip(f"there is no {module or name} here")
    return found, option


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "program"), [("py", (sys.executable, "pandas")), ("r", ("Rscript",))]
)
def test_the_recipes_keep_the_zeros_of_codes(run, language, program):
    said, _folder = run(*interpreter(*program), blocks(language))
    assert [*csv.reader(said.split())] == [["commune", "disbursed"], ["03577", "2000000"]]


@pytest.mark.any_database
@pytest.mark.django_db(transaction=True)
def test_what_the_recipe_for_power_query_asks_and_reads_is_there(run):
    """It runs in Excel alone: its address, its parameters, its mark and its columns are held."""
    text = blocks("m")
    [path] = re.findall(r'RelativePath = "([^"]+)"', text)
    [asked] = re.findall(r"Query = \[(.+?)\]", text)
    [mark] = re.findall(r'Delimiter = "(.)"', text)
    columns = re.findall(r'\{"(\w+)", ', text)
    query = "&".join(part.replace(" = ", "=").replace('"', "") for part in asked.split(", "))
    curl = f'curl -sf -H "Authorization: Token $TOKEN" "$PORTAL/{path}?{query}"'
    said, _folder = run("bash", "-c", curl)
    [row] = csv.DictReader(said.removeprefix("\ufeff").splitlines(), delimiter=mark)
    assert [row[column] for column in columns] == ["03577", "2000000"]
