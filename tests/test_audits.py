"""The audits of `make audit` and `make lint`: one that has looked at nothing is red."""

import base64
import hashlib
import subprocess
import sys

import pytest

from scripts import audit, secret_scan

WHOLE = {"name": "django", "version": "5.2.19", "vulns": []}
WEAK = {
    "name": "pillow",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}],
}
SKIPPED = {"name": "httpx", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("found", "locked", "wrong"),
    [
        ([WHOLE], 1, []),
        ([WHOLE, WEAK], 2, ["pillow 1.0: PYSEC-1, mended in 1.1"]),
        ([WHOLE, SKIPPED], 2, ["not audited: httpx"]),
        ([SKIPPED], 1, ["nothing was audited: none of 1 packages was found"]),
        ([], 3, ["nothing was audited: none of 3 packages was found"]),
        ([WHOLE], 3, ["only 1 of 3 locked packages were asked about"]),
    ],
)
def test_only_a_whole_audit_without_a_finding_is_green(found, locked, wrong):
    assert audit.verdict(found, locked) == wrong


def test_the_locks_are_counted():
    assert audit.locked_in(audit.LOCK) > audit.locked_in(audit.ROOT / "requirements.txt") > 40


def test_an_audit_that_could_not_ask_is_red(tmp_path, monkeypatch):
    answer = subprocess.CompletedProcess([], 1, stdout="", stderr="no network\n")
    monkeypatch.setattr(audit.subprocess, "run", lambda *args, **kwargs: answer)
    assert audit.audit(audit.LOCK) == ["nothing was audited: no network"]


DRAWN = base64.b64encode(hashlib.sha256(b"drawn").digest()).decode()[:40]
SECRETS = [
    "-----BEGIN RSA PRIVATE " + "KEY-----",
    "key = AKIA" + "ABCDEFGHIJKLMNOP",
    "gh" + "p_" + "a1B2" * 9,
    f"SECRET_KEY={DRAWN}",
    f'"password": "{DRAWN}"',
    f"api-key: {DRAWN}",
    f"postgresql://portal:{DRAWN[:16]}@db/portal",
]
NONE = [
    "SECRET_KEY=…",
    'SECRET_KEY = environment.text("SECRET_KEY")',
    "EMAIL_URL=smtp+tls://user:password@host:587",
    "token = create_token(user=cast.quanly)[1]",
    "postgresql://user:password@host:5432/name",
    f"django==5.2 --hash=sha256:{DRAWN}",
    f"SECRET_KEY={DRAWN}  # no secret",
]


@pytest.mark.parametrize("line", SECRETS)
def test_what_looks_like_a_secret_is_found(line):
    assert [number for number, _what in secret_scan.found_in(f"first\n{line}\n")] == [2]


@pytest.mark.parametrize("line", NONE)
def test_what_is_no_secret_is_not(line):
    assert list(secret_scan.found_in(line)) == []


def test_nothing_secret_is_committed(tmp_path):
    done = subprocess.run(
        [sys.executable, "scripts/secret_scan.py"],
        cwd=secret_scan.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "env").write_text(SECRETS[3])
    done = subprocess.run(
        [sys.executable, "scripts/secret_scan.py", str(tmp_path / "env")],
        cwd=secret_scan.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "env:1: a password or key" in done.stderr
