"""The version: one number in the package, the changelog and on every page."""

import re
import tomllib
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from plan_portal import __version__

ROOT = Path(settings.BASE_DIR)


def test_the_changelogs_newest_version_is_the_one_in_use():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## ([0-9.]+) – \d{4}-\d\d-\d\d$", changelog, re.M)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert newest[1] == project["version"] == __version__


def test_a_page_shows_it_at_its_foot(client, db):
    foot = client.get(reverse("login")).content.decode().partition('<footer class="foot">')[2]
    assert __version__ in foot
