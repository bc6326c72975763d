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


def test_the_web_server_keeps_no_list_of_addresses_with_keys_in_them():
    servers = (DEPLOY / "nginx.conf").read_text().split("\nserver {")[1:]
    assert len(servers) == 2
    assert all("access_log off;" in server for server in servers)


def test_the_web_server_leads_pages_to_https_and_refuses_programs_without():
    plain = (DEPLOY / "nginx.conf").read_text().split("\nserver {")[1]
    assert re.search(r"location /api/ \{[^}]*return 403;", plain)
    assert re.search(r"location / \{[^}]*return 301 https://", plain)


def test_the_web_server_takes_only_ciphers_with_forward_secrecy():
    text = (DEPLOY / "nginx.conf").read_text()
    chosen = re.search(r"ssl_ciphers (\S+);", text)[1]
    listed = subprocess.run(
        ["openssl", "ciphers", "-tls1_2", "-s", chosen], capture_output=True, text=True, check=True
    )
    assert listed.stdout.strip()
    for name in listed.stdout.strip().split(":"):
        assert name.startswith(("TLS_", "ECDHE-")) and ("GCM" in name or "CHACHA20" in name)
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
