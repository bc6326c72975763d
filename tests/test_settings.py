"""Starting: settings come from the environment, and a server without a key does not start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def start(tmp_path, code: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check`, or some code under the project's own settings."""
    keep = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "PYTHONPATH")
    env = {name: value for name, value in os.environ.items() if name in keep}
    env |= {"DATABASE_URL": f"sqlite:///{tmp_path / 'start.sqlite3'}", **environment}
    manage = [sys.executable, "manage.py", *(["shell", "-c", code] if code else ["check"])]
    return subprocess.run(
        manage, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120
    )


def test_without_a_key_it_refuses_to_start_and_says_so(tmp_path):
    done = start(tmp_path)
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr and "Traceback" not in done.stderr
    assert "SECRET_KEY" in start(tmp_path, SECRET_KEY="").stderr


@pytest.mark.parametrize("environment", [{"SECRET_KEY": "k" * 50}, {"DEBUG": "1"}])
def test_with_a_key_or_on_ones_own_machine_it_starts(tmp_path, environment):
    done = start(tmp_path, **environment)
    assert done.returncode == 0, done.stderr


def test_debug_is_off_unless_it_is_1(tmp_path):
    for value, shown in (("1", "True"), ("0", "False"), ("", "False"), ("yes", "False")):
        code = "from django.conf import settings; print('DEBUG', settings.DEBUG)"
        done = start(tmp_path, code, DEBUG=value, SECRET_KEY="k" * 50)
        assert f"DEBUG {shown}" in done.stdout, (value, done.stderr)


def test_nonsense_for_a_number_is_a_sentence(tmp_path):
    for name in ("BACKUP_LATE_HOURS", "DISK_RESERVE_MB"):
        done = start(tmp_path, DEBUG="1", **{name: "-3 days"})
        assert done.returncode != 0
        assert f"{name} is “-3 days”" in done.stderr and "Traceback" not in done.stderr


def test_load_demo_on_a_server_fails_with_one_sentence(tmp_path):
    env = {**os.environ, "DEBUG": "0", "SECRET_KEY": "k" * 50}
    env["DATABASE_URL"] = f"sqlite:///{tmp_path / 'start.sqlite3'}"
    done = subprocess.run(
        [sys.executable, "manage.py", "load_demo"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode != 0
    assert "DEBUG=1" in done.stderr and "Traceback" not in done.stderr
