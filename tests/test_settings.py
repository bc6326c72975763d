"""Starting: settings come from the environment, and a server without a key does not start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def start(
    tmp_path, code: str = "", command: str = "check", **environment: str
) -> subprocess.CompletedProcess[str]:
    """`manage.py check` (or another command), or some code under the project's own settings."""
    keep = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "PYTHONPATH")
    env = {name: value for name, value in os.environ.items() if name in keep}
    env |= {"DATABASE_URL": f"sqlite:///{tmp_path / 'start.sqlite3'}", **environment}
    manage = [sys.executable, "manage.py", *(["shell", "-c", code] if code else [command])]
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


NONSENSE = {
    "DEBUG": "banana",
    "ALLOWED_HOSTS": "https://portal.example.vn",
    "CSRF_TRUSTED_ORIGINS": "portal.example.vn",
    "CORS_ALLOWED_ORIGINS": "tinh.example.vn",
    "HTTPS": "perhaps",
    "HSTS_SECONDS": "a year",
    "PROXIES": "one",
    "PRACTICE": "maybe",
    "FAILED_SIGN_IN_DAYS": "a month",
    "NOTICE_DAYS": "half a year",
    "UNUSED_WORKBOOK_DAYS": "90.5",
    "IDEMPOTENCY_DAYS": "a week",
    "LETTER_DAYS": "?",
    "TASK_DAYS": "-1",
    "SESSION_HOURS": "half a day",
    "SESSION_IDLE_MINUTES": "a while",
    "CHANGES_DAYS": "a quarter",
    "VIRUS_SCANNER": "/no/such/scanner -",
    "LOG_FORMAT": "xml",
    "SLOW_QUERY_MS": "fast",
    "MAX_BODY_MB": "10 MB",
    "SENTRY_DSN": "nonsense",
    "ADDRESS_FAILURE_LIMIT": "-1",
    "REQUIRE_SECOND_FACTOR": "some",
    "WORK_TASKS": "later",
    "STATIC_ROOT": str(ROOT / "manage.py"),
    "MEDIA_ROOT": str(ROOT / "manage.py"),
    "BACKUP_DIR": str(ROOT / "manage.py"),
    "BACKUP_SECOND_DIR": str(ROOT / "manage.py"),
    "BACKUP_KEY": "short",
    "BACKUP_KEEP": "for ever",
    "BACKUP_LATE_HOURS": "-3 days",
    "DISK_RESERVE_MB": "١٢",
    "EMAIL_BACKEND": "pigeon.Carrier",
    "EMAIL_URL": "carrier-pigeon://h",
    "DEFAULT_FROM_EMAIL": "the portal",
    "PORTAL_URL": "portal.example.vn",
    "DATABASE_URL": "mysql://u:p@h/portal",
    "CACHE_URL": "sieve://h",
    "PGBOUNCER": "transaction",
    "REPLICA_URL": "sqlite:////tmp/copy.sqlite3",
    "REPLICA_LAG_SECONDS": "a while",
    "FILE_STORAGE": "plan_portal.settings.Path",
    "FILE_STORAGE_OPTIONS": "bucket=1",
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_in_a_setting_is_a_sentence(tmp_path, name):
    done = start(tmp_path, **{"SECRET_KEY": "k" * 50, name: NONSENSE[name]})
    assert done.returncode != 0
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("Plan Portal does not start: ") and name in line
    assert name != "BACKUP_KEY" or "short" not in line.replace("too short", "")


def test_an_address_of_postgresql_keeps_its_options_and_what_is_none_is_refused(tmp_path):
    code = "from django.conf import settings as s; print(s.DATABASES['default'])"
    address = "postgres://u:secret@a:5433,b:5434/portal?target_session_attrs=read-write"
    done = start(tmp_path, code, SECRET_KEY="k" * 50, DATABASE_URL=address, PGBOUNCER="1")
    assert "'HOST': 'a,b'" in done.stdout and "'PORT': '5433,5434'" in done.stdout, done.stderr
    assert "'OPTIONS': {'target_session_attrs': 'read-write'}" in done.stdout
    done = start(tmp_path, SECRET_KEY="k" * 50, DATABASE_URL="postgres://u@h/portal?pool=9")
    assert done.returncode != 0 and "DATABASE_URL has options" in done.stderr, done.stderr


def test_every_setting_of_the_docs_is_tried_with_nonsense():
    """A new variable of docs/running.md or backup.md says here what would be nonsense for it."""
    told = [(ROOT / "docs" / name).read_text("utf-8") for name in ("running.md", "backup.md")]
    rows = [line.split("|")[1] for text in told for line in text.splitlines() if line[:3] == "| `"]
    named = {name for row in rows for name in re.findall(r"`([A-Z_]{4,})`", row)}
    free = {"SECRET_KEY", "SECRET_KEY_FALLBACKS", "METRICS_TOKEN"}  # any text is meant
    assert named - free <= NONSENSE.keys()


def test_an_empty_setting_is_none_and_a_key_is_taken_to_the_letter(tmp_path):
    code = "from django.conf import settings as s; print([s.PROXIES, s.PORTAL_URL, s.SECRET_KEY])"
    key = "$HOME" + "k" * 50
    done = start(tmp_path, code, PROXIES="", PORTAL_URL="", SECRET_KEY=key)
    assert done.stdout.splitlines()[-1] == str([0, "http://127.0.0.1:8000", key]), done.stderr


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


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "names no PostgreSQL or SQLite"),
        ("", "names no PostgreSQL or SQLite"),
        ("mysql://u:p@h/portal", "names no PostgreSQL or SQLite"),
        ("postgres//u:p@h/portal", "names no PostgreSQL or SQLite"),
        ("postgresql://u:secret@h:port/portal", "is not understood"),
        ("postgresql://u:secret@h:99999/portal", "is not understood"),
        ("postgresql://u:secret@h/", "names no database"),
        ("sqlite:////no/such/folder/portal.sqlite3", "is not there: /no/such/folder"),
    ],
)
def test_a_wrong_address_of_the_database_is_one_sentence(tmp_path, url, said):
    done = start(tmp_path, DEBUG="1", DATABASE_URL=url)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert said in line and "DATABASE_URL" in line and "secret" not in line


def test_a_database_that_is_not_there_is_one_sentence(tmp_path):
    url = "postgresql://u:secret@127.0.0.1:1/portal"
    done = start(tmp_path, DEBUG="1", DATABASE_URL=url, command="migrate")
    assert done.returncode == 1
    assert done.stderr.startswith("Plan Portal does not reach its database: ")
    assert "Traceback" not in done.stderr and "secret" not in done.stderr


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        (
            "smtp+tls://u:p%40ss@mail.example.org:587",
            ("smtp", "mail.example.org", 587, "u", "p@ss", True, False),
        ),
        (
            "smtps://u:p@mail.example.org:465",
            ("smtp", "mail.example.org", 465, "u", "p", False, True),
        ),
        ("smtp://localhost:25", ("smtp", "localhost", 25, "", "", False, False)),
        ("", ("console", "localhost", 25, "", "", False, False)),
    ],
)
def test_mail_is_configured_by_one_address(tmp_path, url, settings):
    code = """
from django.conf import settings as s
print([s.EMAIL_BACKEND.split(".")[-2], s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER,
    s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL])
"""
    done = start(tmp_path, code, DEBUG="1", EMAIL_URL=url)
    assert done.stdout.splitlines()[-1] == str(list(settings)), done.stderr


@pytest.mark.parametrize("url", ["nonsense", "smtp://", "smtp://h:port", "carrier-pigeon://h"])
def test_a_wrong_address_of_the_mail_server_is_one_sentence(tmp_path, url):
    done = start(tmp_path, DEBUG="1", EMAIL_URL=url)
    (line,) = done.stderr.strip().splitlines()
    assert done.returncode == 1 and "EMAIL_URL" in line


HTTPS = """
from django.test import Client
client = Client(headers={"host": "localhost"})
def show(answer):
    print(answer.status_code, answer.headers.get("Strict-Transport-Security"), sorted(
        (c.key, c["path"], bool(c["secure"])) for c in answer.cookies.values()))
show(client.get("/accounts/login/"))
show(client.get("/accounts/login/", headers={"x-forwarded-proto": "https"}))
show(client.get("/healthz"))
show(client.post("/i18n/setlang/", {"language": "en"}, secure=True))
show(client.get("/api/v1/programs/"))
"""
A_YEAR = "max-age=31536000; includeSubDomains"


def answers(tmp_path, **environment):
    done = start(tmp_path, HTTPS, SECRET_KEY="k" * 50, **environment)
    return [line for line in done.stdout.splitlines() if line[:3].isdigit()], done.stderr


def test_behind_a_web_server_with_https_nothing_goes_without_it(tmp_path):
    said, errors = answers(tmp_path, HTTPS="1", PROXIES="1")
    assert said == [
        "301 None []",
        f"200 {A_YEAR} [('__Host-csrftoken', '/', True)]",
        "200 None []",
        f"302 {A_YEAR} [('__Host-django_language', '/', True)]",
        "403 None []",  # a program is not led on
    ], errors


def test_what_a_client_says_of_https_itself_is_not_believed(tmp_path):
    said, errors = answers(tmp_path, HTTPS="1", HSTS_SECONDS="0")
    codes = ["301 None", "301 None", "200 None", "302 None", "403 None"]
    assert [line[:8] for line in said] == codes, errors


def test_without_https_nothing_changes(tmp_path):
    said, errors = answers(tmp_path)
    assert said == [
        "200 None [('csrftoken', '/', False)]",
        "200 None [('csrftoken', '/', False)]",
        "200 None []",
        "302 None [('django_language', '/', False)]",
        "401 None []",
    ], errors


def test_sentry_is_told_nothing_of_who_asked_for_what(tmp_path):
    assert "SENTRY_DSN" in start(tmp_path, DEBUG="1", SENTRY_DSN="nonsense").stderr
    code = """
import sentry_sdk
from plan_portal.environment import _without_the_request as cut
options = sentry_sdk.get_client().options
names = "send_default_pii", "include_local_variables", "max_request_body_size"
print([options[name] for name in names])
fault = {"exception": {"values": [{"value": "to a@example.org"}]}}
print(cut({"request": {"data": 1}, "user": 1, **fault}, {}))
"""
    done = start(tmp_path, code, DEBUG="1", SENTRY_DSN="http://key@127.0.0.1:1/1")
    assert done.stdout.splitlines()[-2:] == [
        "[False, False, 'never']",
        "{'exception': {'values': [{'value': 'to …'}]}}",
    ], done.stderr
