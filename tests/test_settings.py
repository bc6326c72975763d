"""Starting: settings come from the environment, and a server without a key does not start."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def own_environment(tmp_path, **environment: str) -> dict[str, str]:
    keep = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "PYTHONPATH")
    env = {name: value for name, value in os.environ.items() if name in keep}
    return env | {"DATABASE_URL": f"sqlite:///{tmp_path / 'start.sqlite3'}", **environment}


def start(
    tmp_path, code: str = "", command: str = "check", **environment: str
) -> subprocess.CompletedProcess[str]:
    """`manage.py check` (or another command), or some code under the project's own settings."""
    manage = [sys.executable, "manage.py", *(["shell", "-c", code] if code else [command])]
    return run(manage, own_environment(tmp_path, **environment))


def run(
    command: list[str], env: dict[str, str], sent: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env=env, input=sent, capture_output=True, text=True, timeout=120
    )


# One Python for many starts: it has read what is not ours, and each start is a fork of it.
FORKS = """
import json, os, sys
import csp.constants, django.core.management
starts, said = json.load(sys.stdin), []
sys.argv = ["manage.py", "check"]
for environment in starts:
    read, write = os.pipe()
    if not (child := os.fork()):
        os.dup2(write, 2)
        os.environ.clear()
        os.environ.update(environment)
        import manage
        manage.main()
        os._exit(0)
    os.close(write)
    with open(read) as errors:
        text = errors.read()
    said.append([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text])
print(json.dumps(said))
"""


def starts(tmp_path, environments: list[dict[str, str]]) -> list[tuple[int, str]]:
    """What each start ends with, and what it says on standard error."""
    each = [own_environment(tmp_path, **environment) for environment in environments]
    done = run([sys.executable, "-c", FORKS], own_environment(tmp_path), json.dumps(each))
    return [tuple(said) for said in json.loads(done.stdout)]


def settings_of(tmp_path, *names: str, **environment: str) -> str:
    """The project's own settings, as `repr` tells them; no app is loaded for them."""
    code = f"from django.conf import settings as s; print([getattr(s, n) for n in {names}])"
    own = {"DJANGO_SETTINGS_MODULE": "plan_portal.settings", **environment}
    done = run([sys.executable, "-c", code], own_environment(tmp_path, **own))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_without_a_key_it_refuses_to_start_and_says_so(tmp_path):
    done = start(tmp_path)
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr and "Traceback" not in done.stderr
    assert "SECRET_KEY" in start(tmp_path, SECRET_KEY="").stderr


def test_with_a_key_it_starts(tmp_path):
    done = start(tmp_path, SECRET_KEY="k" * 50)
    assert done.returncode == 0, done.stderr


def test_debug_is_off_unless_it_is_1_and_needs_no_key(tmp_path):
    assert settings_of(tmp_path, "DEBUG", DEBUG="1") == "[True]"
    for value in ("0", "", "yes"):
        assert settings_of(tmp_path, "DEBUG", DEBUG=value, SECRET_KEY="k" * 50) == "[False]", value


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


def test_nonsense_in_a_setting_is_a_sentence(tmp_path):
    wrong = [{"SECRET_KEY": "k" * 50, name: value} for name, value in NONSENSE.items()]
    for name, (code, said) in zip(NONSENSE, starts(tmp_path, wrong), strict=True):
        assert code != 0, name
        (line,) = said.strip().splitlines()
        assert line.startswith("Plan Portal does not start: ") and name in line
        assert name != "BACKUP_KEY" or "short" not in line.replace("too short", "")


def test_an_address_of_postgresql_keeps_its_options_and_what_is_none_is_refused(tmp_path):
    address = "postgres://u:secret@a:5433,b:5434/portal?target_session_attrs=read-write"
    named = {"SECRET_KEY": "k" * 50, "DATABASE_URL": address, "PGBOUNCER": "1"}
    said = settings_of(tmp_path, "DATABASES", **named)
    assert "'HOST': 'a,b'" in said and "'PORT': '5433,5434'" in said
    assert "'OPTIONS': {'target_session_attrs': 'read-write'}" in said
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
    names, key = ("PROXIES", "PORTAL_URL", "SECRET_KEY"), "$HOME" + "k" * 50
    said = settings_of(tmp_path, *names, PROXIES="", PORTAL_URL="", SECRET_KEY=key)
    assert said == str([0, "http://127.0.0.1:8000", key])


NO_DATABASE = {
    "nonsense": "names no PostgreSQL or SQLite",
    "": "names no PostgreSQL or SQLite",
    "mysql://u:p@h/portal": "names no PostgreSQL or SQLite",
    "postgres//u:p@h/portal": "names no PostgreSQL or SQLite",
    "postgresql://u:secret@h:port/portal": "is not understood",
    "postgresql://u:secret@h:99999/portal": "is not understood",
    "postgresql://u:secret@h/": "names no database",
    "sqlite:////no/such/folder/portal.sqlite3": "is not there: /no/such/folder",
}


def test_a_wrong_address_of_the_database_is_one_sentence(tmp_path):
    done = starts(tmp_path, [{"DEBUG": "1", "DATABASE_URL": url} for url in NO_DATABASE])
    for why, (code, said) in zip(NO_DATABASE.values(), done, strict=True):
        (line,) = said.strip().splitlines()
        assert code == 1 and why in line and "DATABASE_URL" in line and "secret" not in line


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
    names = "BACKEND HOST PORT HOST_USER HOST_PASSWORD USE_TLS USE_SSL".split()
    said = settings_of(tmp_path, *(f"EMAIL_{name}" for name in names), DEBUG="1", EMAIL_URL=url)
    backend = f"django.core.mail.backends.{settings[0]}.EmailBackend"
    assert said == str([backend, *settings[1:]])


def test_a_wrong_address_of_the_mail_server_is_one_sentence(tmp_path):
    wrong = ["nonsense", "smtp://", "smtp://h:port", "carrier-pigeon://h"]
    for code, said in starts(tmp_path, [{"DEBUG": "1", "EMAIL_URL": url} for url in wrong]):
        (line,) = said.strip().splitlines()
        assert code == 1 and "EMAIL_URL" in line


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
