"""What `make install` puts on a machine: its files agree with each other and with the settings.

That it works is tried on a machine that has nothing: `make fresh ARGS="bookworm install"`.
"""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from core.services.attachments import MAX_BYTES
from imports.workbook import MAX_BYTES as MAX_WORKBOOK

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"
SCRIPTS = sorted([*DEPLOY.glob("*.sh"), DEPLOY / "plan-portal"])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_well_formed(script):
    assert subprocess.run(["bash", "-n", str(script)]).returncode == 0


def test_settings_that_the_installer_writes_are_settings_that_the_portal_reads():
    written = set(re.findall(r"^([A-Z_]+)='", (DEPLOY / "install.sh").read_text(), re.M))
    read = (ROOT / "plan_portal/settings.py").read_text() + (ROOT / "scripts/serve.sh").read_text()
    assert "SECRET_KEY" in written
    assert {name for name in written if name not in read} == set()


def test_units_name_files_that_are_there():
    named = set()
    for unit in (DEPLOY / "systemd").iterdir():
        named |= set(re.findall(r"\bdeploy/(\S+\.sh)", unit.read_text()))
    assert named == {"web.sh", "daily.sh"}
    assert {name for name in named if not (DEPLOY / name).exists()} == set()


def test_a_days_work_is_of_commands_that_there_are():
    commands = set(re.findall(r"\brun (\w+)", (DEPLOY / "daily.sh").read_text()))
    assert commands == {"backup", "clearsessions", "clear_expired", "send_digest"}
    assert commands - set(get_commands()) == set()


def test_the_web_server_takes_the_largest_upload():
    most = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
    assert int(most[1]) * 2**20 > max(10 * MAX_BYTES, MAX_WORKBOOK)
