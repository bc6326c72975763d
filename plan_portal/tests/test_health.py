"""/healthz and /readyz: what a load balancer or a watching program asks."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from disbursements import guards
from plan_portal.backup import keeping

FIT = {
    "database": "ok",
    "migrations": "ok",
    "guards": "ok",
    "disk": "ok",
    "tasks": "ok",
    "offline": "off",  # the tests' own server has no certificate
}


@task()
def nothing():
    """Waits for somebody to do it."""


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path)
    settings.DISK_RESERVE_MB = 0
    return tmp_path


@pytest.fixture
def ask(client):
    def answer():
        response = client.get("/readyz")
        return response.status_code, response.json()["checks"]

    return answer


def test_alive_asks_no_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_a_late_backup_is_said_and_stops_nobody(ask, folder, client):
    assert ask() == (200, FIT | {"last_backup": "none"})
    keeping.new_name(folder, timezone.now() - timedelta(hours=27), False).touch()
    assert ask() == (200, FIT | {"last_backup": "late"})
    now = timezone.now().replace(microsecond=0)
    keeping.new_name(folder, now, True).touch()
    assert ask() == (200, FIT | {"last_backup": "ok"})
    answer = client.get("/readyz").json()
    assert (answer["status"], answer["last_backup_at"]) == ("ready", now.isoformat())


@pytest.mark.django_db
def test_a_task_that_nobody_takes_up_is_said(ask):
    nothing.enqueue()
    assert ask() == (200, FIT | {"last_backup": "none"})
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=11))
    assert ask() == (200, FIT | {"last_backup": "none", "tasks": "late"})


@pytest.mark.django_db
@pytest.mark.parametrize(("https", "seconds", "said"), [(True, 1, "ok"), (True, 0, "off")])
def test_offline_is_off_with_a_certificate_that_browsers_do_not_trust(
    ask, settings, https, seconds, said
):
    settings.HTTPS, settings.HSTS_SECONDS = https, seconds
    assert ask()[1]["offline"] == said


@pytest.mark.django_db
def test_not_ready_without_guards(ask):
    guards.remove(connection)
    try:
        assert ask() == (503, FIT | {"guards": "missing", "last_backup": "none"})
    finally:
        guards.install(connection)


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(ask):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'reports'")
    assert ask() == (503, FIT | {"migrations": "pending", "last_backup": "none"})


@pytest.mark.django_db
def test_not_ready_on_a_full_disk(ask, settings):
    settings.DISK_RESERVE_MB = 10**12
    assert ask() == (503, FIT | {"disk": "full", "last_backup": "none"})


@pytest.mark.django_db
def test_not_ready_while_the_database_is_away(client):
    gone = mock.Mock(side_effect=OperationalError("could not connect"))
    with mock.patch.object(connections["default"], "cursor", gone):
        response = client.get("/readyz")
    unknown = dict.fromkeys(("migrations", "guards", "tasks"), "unknown")
    checks = FIT | {"database": "away"} | unknown
    assert response.status_code == 503 and response["Retry-After"]
    assert response.json()["checks"] == checks | {"last_backup": "none"}
