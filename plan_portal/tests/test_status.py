"""The administrator's page “Health”, and what Prometheus reads."""

import pytest
from django.core.cache import cache
from django.db import connection

from core.web import slow
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    cache.clear()
    settings.BACKUP_DIR = str(tmp_path)
    settings.DISK_RESERVE_MB = 0
    settings.SLOW_QUERY_FILE = tmp_path / "slow.jsonl"
    return tmp_path


def shown(client, user, language="en"):
    client.force_login(user)
    client.cookies["django_language"] = language
    answer = client.get("/status/")
    assert answer.status_code == 200
    return answer


def test_the_administrator_sees_what_needs_a_hand(cast, client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    checks = {
        row["name"]: (row["ok"], row["said"])
        for row in shown(client, cast.quantri).context["checks"]
    }
    assert checks.pop("Disk")[0]
    assert checks == {
        "Database": (True, "in order"),
        "Migrations": (True, "in order"),
        "Guards of the ledger": (True, "in order"),
        "Last backup": (False, "none: run “manage.py backup” every night"),
        "Tasks": (True, "in order"),
        "Work without a connection": (
            False,
            "off: without a certificate that browsers trust they refuse it",
        ),
        "Letters": (False, "none goes out: EMAIL_URL is not set"),
    }


def test_failed_sign_ins_are_shown_without_what_was_typed_for_a_name(cast, client):
    for name in ("dieuphoi", "dieuphoi", "my-secret-word"):
        client.post("/accounts/login/", {"username": name, "password": "sai"})
    page = shown(client, cast.quantri)
    found = {(row["person"], row["times"]) for row in page.context["failed"]}
    assert found == {(cast.dieuphoi, 2), (None, 1)}
    assert "my-secret-word" not in page.content.decode()


def test_slow_queries_are_kept_without_their_values(cast, client, settings, monkeypatch):
    settings.SLOW_QUERY_MS = 1
    monkeypatch.setattr("core.web.observed.perf_counter", iter(range(10**6)).__next__)
    client.force_login(cast.dieuphoi)
    client.get("/disbursements/?search=bi-mat")
    kept = slow.latest()
    assert {each.longest for each in kept} == {1000}
    assert any('FROM "disbursements_disbursement"' in each.sql for each in kept)
    assert "bi-mat" not in slow._file().read_text()
    assert "FROM" in shown(client, cast.quantri).content.decode()


def test_the_file_of_slow_queries_has_an_end(monkeypatch, settings):
    monkeypatch.setattr(slow, "MOST_BYTES", 1000)
    for n in range(100):
        slow.note(f"SELECT {n}", 1.0, "/")
    assert slow._file().stat().st_size <= 1000 + 200
    assert "SELECT 99" in {each.sql for each in slow.latest()}


@pytest.mark.parametrize("who", ["khach", "dieuphoi", "quanly", "truongban", "bdh", "xa_banlang"])
def test_nobody_else_sees_it(cast, client, who):
    client.force_login(getattr(cast, who))
    assert client.get("/status/").status_code == 403


def measured(client, **headers):
    answer = client.get("/metrics", headers=headers)
    return answer.status_code, answer.content.decode()


def test_metrics_are_for_a_program_on_this_machine(client):
    client.get("/healthz")
    status, text = measured(client)
    assert status == 200
    assert 'portal_ok{check="guards"} 1.0' in text and "portal_disk_free_bytes" in text
    assert 'portal_request_seconds_count{method="GET",route="/healthz",status="200"}' in text
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
        assert measured(client, **{header: "127.0.0.1"})[0] == 403
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.9").status_code == 403


def test_metrics_from_elsewhere_need_the_token(client, settings):
    settings.METRICS_TOKEN = "m" * 30
    assert measured(client)[0] == 403
    assert measured(client, Authorization="Bearer no")[0] == 403
    through = {"Authorization": "Bearer " + "m" * 30, "X-Forwarded-For": "10.0.0.9"}
    assert measured(client, **through)[0] == 200


def test_an_address_nobody_knows_makes_no_measurement_of_its_own(client):
    client.get("/no-such-page-here/")
    assert "no-such-page-here" not in measured(client)[1]


def test_metrics_say_that_the_guards_are_missing(client):
    from disbursements import guards

    guards.remove(connection)
    try:
        assert 'portal_ok{check="guards"} 0.0' in measured(client)[1]
    finally:
        guards.install(connection)


def test_signing_in_rightly_is_no_failure(cast, client, caplog):
    client.post("/accounts/login/", {"username": "dieuphoi", "password": PASSWORD})
    assert "a sign-in failed" not in caplog.text
