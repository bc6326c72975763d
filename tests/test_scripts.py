"""The logic of static/js that needs no page, by Node's own runner, where Node is; and which pages
`make screens` looks at."""

import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from scripts.screen_pages import PAGES

HERE = Path(__file__).parent / "js"


def test_the_scripts_do_what_they_say():
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node on this machine, which runs the tests of static/js (tests/js)")
    files = sorted(map(str, HERE.glob("*.test.mjs")))
    assert files
    run = subprocess.run(
        [node, "--test", *files], capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_pictures_are_taken_of_pages_that_there_are():
    for _name, address, _who in PAGES:
        assert resolve(urlsplit(address).path), address
