"""Backup and restore: nothing acknowledged is lost, nothing strange is let in."""

import gzip
import io
import json
import os
import tarfile
import threading
import zlib
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, connections

from accounts.roles import Role
from disbursements import guards
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from plan_portal.backup import archive, keeping, services
from plan_portal.backup.options import Keep
from plan_portal.tests.backup_places import elsewhere
from tests import factories as make

KEY = "mot-khoa-du-dai-cho-ban-sao"
WRITERS = 4
pytestmark = pytest.mark.django_db(transaction=True)  # a snapshot sees what was committed


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path / "backups")
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.BACKUP_SECOND_DIR = settings.BACKUP_KEY = ""
    settings.BACKUP_KEEP = "7,4,12"


def say(capsys, *command):
    capsys.readouterr()
    call_command(*command)
    return capsys.readouterr().out


def made(capsys, *options):
    """The archive that `backup` makes."""
    return Path(say(capsys, "backup", *options).splitlines()[0])


def refused(*command):
    with pytest.raises(CommandError) as caught:
        call_command(*command)
    return str(caught.value)


def upload(name, content=b"%PDF-1.7 phieu chi"):
    return default_storage.save(name, io.BytesIO(content))


def test_what_was_acknowledged_before_is_there_while_people_go_on_writing(capsys, tmp_path):
    make.activity()
    clerk, manager = make.somebody(), make.somebody(Role.MANAGER)
    acknowledged, started, done, failed = [], threading.Semaphore(0), threading.Event(), []

    def write():
        try:
            while not done.is_set():
                row = ledger.submit(actor=clerk, disbursement=make.draft(by=clerk))
                ledger.post(actor=manager, disbursement=row)
                name = upload(f"uploads/{row.pk}.pdf", str(row.pk).encode())
                acknowledged.append((row.pk, name))
                started.release()
        except Exception as error:
            failed.append(error)
            started.release()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write) for _n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for _row in range(3 * WRITERS):
        started.acquire(timeout=60)
    before = list(acknowledged)
    path = made(capsys)
    after = len(acknowledged)
    done.set()
    for thread in threads:
        thread.join(60)
    assert failed == [] and after > len(before) >= 3 * WRITERS

    with elsewhere(tmp_path) as media:
        call_command("restore", path)
        assert "\nEqual: " in say(capsys, "verify", path)
        rows = Disbursement.objects.filter(status="posted")
        assert {pk for pk, _name in before} <= {*rows.values_list("pk", flat=True)}
        numbers = list(rows.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert {name for _pk, name in before} <= {
            path.relative_to(media).as_posix() for path in media.rglob("*.pdf")
        }
        assert guards.missing(connection) == []


def test_a_restored_portal_goes_on_numbering_and_writing(capsys, tmp_path):
    row = make.posted(5_000_000)
    path = made(capsys)
    with elsewhere(tmp_path):
        call_command("restore", path)
        new = make.posted(1_000_000)
        assert (new.number, new.pk > row.pk) == (row.number + 1, True)


def test_verify_names_what_is_not_as_in_the_archive(capsys, tmp_path):
    row = make.posted(5_000_000)
    upload("uploads/a.pdf"), upload("uploads/b.pdf")
    path = made(capsys)
    with elsewhere(tmp_path) as media:
        call_command("restore", path)
        guards.remove(connection)
        Disbursement.objects.filter(pk=row.pk).update(amount=6_000_000)
        row.history.all().delete()
        (media / "uploads/a.pdf").write_bytes(b"%PDF-1.7 khac")
        (media / "uploads/b.pdf").unlink()
        (media / "c.pdf").write_bytes(b"%PDF-1.7")
        said = refused("verify", path).splitlines()
    assert said[0] == f"Not as in {path.name}:"
    assert "table disbursements_disbursement: 1 rows with another content" in said
    assert "posted: 1 rows, 6,000,000 đ, archive 1 rows, 5,000,000 đ" in said
    assert any(s.startswith("trail disbursements_historicaldisbursement: 0 rows") for s in said)
    assert [line for line in said if line.startswith("file ")] == [
        "file c.pdf: not in the archive",
        "file uploads/a.pdf: another content",
        "file uploads/b.pdf: missing",
    ]
    missing = {line for line in said if line.startswith("guard ")}
    assert missing and all(line.endswith(": missing") for line in missing)


def test_restore_only_into_an_empty_place(capsys, tmp_path):
    path = made(capsys)
    assert "The place is not empty: " in refused("restore", path)
    with elsewhere(tmp_path) as media:
        media.mkdir()
        (media / "old.pdf").write_bytes(b"%PDF-1.7")
        assert f"The place is not empty: {media} holds old.pdf" in refused("restore", path)
        assert [p.name for p in media.iterdir()] == ["old.pdf"]
        assert connection.introspection.table_names() == []


def unpacked(archive):
    """What an archive unpacks to; now and then a changed bit of the packing changes nothing."""
    try:
        return gzip.decompress(archive)
    except (OSError, EOFError, zlib.error):
        return None


@pytest.mark.any_database
@pytest.mark.parametrize("key", ["", KEY])
def test_a_damaged_archive_is_refused_before_anything_is_touched(settings, capsys, tmp_path, key):
    settings.BACKUP_KEY = key
    upload("uploads/a.pdf", os.urandom(50_000))
    path = made(capsys)
    whole = path.read_bytes()
    strange = tmp_path / "strange.tar.gz"
    places = [0, 5, 20, len(whole) // 3, len(whole) // 2, len(whole) - 9, len(whole) - 1]
    damaged = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in places]
    damaged = [each for each in damaged if key or unpacked(each) != unpacked(whole)]
    damaged += [whole[: len(whole) // 2], whole[:-1], whole[:30], b"", b"PK\x03\x04 a workbook"]
    with elsewhere(tmp_path) as media:
        for content in damaged:
            strange.write_bytes(content)
            refused("restore", strange)
            refused("verify", strange, "--archive-only")
            assert not media.exists()
            assert connection.introspection.table_names() == []


def foreign(path, **members):
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name.replace("__", "/"))
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.any_database
def test_a_foreign_archive_is_refused(tmp_path):
    path = foreign(tmp_path / "home.tar.gz", notes=b"not ours")
    with elsewhere(tmp_path) as media:
        assert refused("restore", path) == "home.tar.gz is not an archive of Plan Portal."
        foreign(path, files__=b"", **{"files/../../evil": b"x"})
        assert refused("restore", path) == "home.tar.gz is not an archive of Plan Portal."
        assert refused("restore", tmp_path / "none").endswith("No such file or directory.")
        assert not media.exists() and not (tmp_path / "evil").exists()


def changed_facts(path, into, **changes):
    """The archive with other facts, its sums made right again."""
    folder = into / "opened"
    folder.mkdir(exist_ok=True)
    archive.read(path, "", into=folder)
    facts = json.loads((folder / archive.FACTS).read_text("utf-8"))
    new = into / "changed.tar.gz"
    new.unlink(missing_ok=True)
    with archive.Writing(new, "") as writing:
        for name in (archive.SETTINGS, archive.DATABASE):
            writing.add(name, folder / name)
        writing.add_text(archive.FACTS, json.dumps(facts | changes))
    return new


def test_an_archive_of_a_newer_version_or_another_database_is_refused(capsys, tmp_path):
    path = made(capsys)
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    tries = {
        "is newer than this one": {"migrations": ["accounts.9999_of_tomorrow"], "version": "9.0"},
        "The archive holds a ": {"database": other},
        "is of a kind this version": {"format": 2},
        "is not what was kept": {"posted": {"rows": 1, "amount": 1}},
    }
    for said, changes in tries.items():
        new = changed_facts(path, tmp_path, **changes)
        with elsewhere(tmp_path) as media:
            assert said in refused("restore", new)
            assert not media.exists()
            assert connection.introspection.table_names() == []


@pytest.mark.any_database
def test_an_encrypted_archive_opens_with_its_key_alone(settings, capsys, tmp_path):
    make.posted(1_000)
    upload("uploads/a.pdf", b"PHIEU CHI" * 1000)
    settings.BACKUP_KEY = KEY
    path = made(capsys)
    assert path.name.endswith(".tar.gz.sealed") and path.stat().st_mode & 0o777 == 0o600
    with elsewhere(tmp_path):
        settings.BACKUP_KEY = "mot-khoa-khac-han-12345"
        assert "BACKUP_KEY does not open this archive" in refused("restore", path)
        settings.BACKUP_KEY = ""
        assert "is encrypted: set BACKUP_KEY" in refused("restore", path)
        settings.BACKUP_KEY = KEY
        call_command("restore", path)
        call_command("verify", path)


@pytest.mark.any_database
def test_an_archive_holds_no_secret_setting(settings, capsys, tmp_path):
    path = made(capsys)
    archive.read(path, "", into=tmp_path)
    text = (tmp_path / archive.SETTINGS).read_text("utf-8")
    assert settings.SECRET_KEY not in text and "DATABASE" not in text
    assert json.loads(text)["ALLOWED_HOSTS"] == settings.ALLOWED_HOSTS


@pytest.mark.any_database
def test_a_second_place_gets_a_copy_and_must_be_there(settings, capsys, tmp_path):
    settings.BACKUP_SECOND_DIR = str(tmp_path / "usb")
    said = refused("backup")
    assert "is not there: is its disk connected?" in said and not (tmp_path / "usb").exists()
    (tmp_path / "usb").mkdir()
    path = made(capsys)
    copy = tmp_path / "usb" / path.name
    assert copy.read_bytes() == path.read_bytes() and copy.stat().st_mode & 0o777 == 0o600


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BACKUP_KEEP", "often", "is no schedule"),
        ("BACKUP_KEEP", "0,0,0", "is no schedule"),
        ("BACKUP_KEEP", "7,4,-1", "is no schedule"),
        ("BACKUP_KEY", "short", "BACKUP_KEY is too short"),
        ("BACKUP_KEY", "               ", "BACKUP_KEY is too short"),
        ("BACKUP_DIR", "media", "inside MEDIA_ROOT"),
        ("BACKUP_SECOND_DIR", "backups", "the same folder"),
        ("BACKUP_DIR", "file", "The backup was not made: "),
    ],
)
def test_nonsense_in_a_setting_is_a_sentence(settings, tmp_path, name, value, said):
    (tmp_path / "file").write_text("no folder")
    setattr(settings, name, str(tmp_path / value) if name.endswith("DIR") else value)
    assert said in refused("backup")
    assert not list((tmp_path).rglob("portal-*"))


@pytest.mark.any_database
def test_the_schedule_keeps_seven_days_four_weeks_twelve_months(tmp_path):
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    first = datetime(2025, 1, 1, 1, tzinfo=zone)
    for day in range(600):
        keeping.new_name(tmp_path, first + timedelta(days=day), day % 2 == 0).touch()
    (tmp_path / "portal-of-somebody.tar.gz").touch()
    keeping.prune(tmp_path, Keep(7, 4, 12))
    stayed = [at.astimezone(zone).date().isoformat() for at in keeping.archives(tmp_path).values()]
    days = ["2026-08-23", "2026-08-22", "2026-08-21", "2026-08-20", "2026-08-19"]
    days += ["2026-08-18", "2026-08-17"]
    weeks = ["2026-08-16", "2026-08-09", "2026-08-02"]
    months = ["2026-07-31", "2026-06-30", "2026-05-31", "2026-04-30", "2026-03-31", "2026-02-28"]
    months += ["2026-01-31", "2025-12-31", "2025-11-30", "2025-10-31", "2025-09-30"]
    assert stayed == days + weeks + months
    assert (tmp_path / "portal-of-somebody.tar.gz").exists()
    keeping.prune(tmp_path, None)
    assert len(keeping.archives(tmp_path)) == len(stayed)


@pytest.mark.any_database
def test_backup_prunes_both_places_but_never_what_it_just_made(settings, capsys, tmp_path):
    settings.BACKUP_SECOND_DIR = str(tmp_path / "usb")
    (tmp_path / "usb").mkdir()
    first = made(capsys)
    second = made(capsys, "--keep", "1,0,0")
    assert [*keeping.archives(tmp_path / "backups")] == [second] and first != second
    assert [path.name for path in keeping.archives(tmp_path / "usb")] == [second.name]
    assert {path.name for path in (tmp_path / "backups").iterdir()} == {second.name}


@pytest.mark.any_database
def test_a_database_that_is_damaged_or_away_is_a_sentence(settings, tmp_path):
    with elsewhere(tmp_path):
        place = Path(connection.settings_dict["NAME"])
        if connection.vendor == "sqlite":
            assert refused("backup") == f"There is no database: {place} does not exist."
            place.write_bytes(b"no database at all, but long enough to look like one" * 100)
            assert refused("backup").startswith("The database could not be copied: ")
            assert refused("restore", tmp_path / "none").endswith(
                "is no database. Restore into a new database and folder."
            )
            place.unlink()
    assert not list(tmp_path.rglob("portal-*"))


@pytest.mark.any_database
def test_what_is_deleted_while_the_backup_runs_is_in_it(monkeypatch, capsys, tmp_path):
    """The file goes between the first look at the files and the snapshot, another one comes."""
    kind = services.KINDS[connection.vendor]
    gone, snapshot = upload("uploads/gone.pdf"), kind.snapshot

    def meanwhile(*args):
        default_storage.delete(gone)
        upload("uploads/come.pdf")
        return snapshot(*args)

    monkeypatch.setattr(kind, "snapshot", meanwhile)
    path = made(capsys)
    names = {name for name in archive.read(path, "") if name.startswith("files/")}
    assert names == {"files/uploads/gone.pdf", "files/uploads/come.pdf"}


@pytest.mark.any_database
def test_verify_asks_the_ledger_itself_where_the_command_is_there(monkeypatch, capsys):
    path = made(capsys)

    def check_ledger(*args, **options):
        raise CommandError("numbers: 2 is missing")

    monkeypatch.setattr(services, "get_commands", lambda: {"check_ledger": "plan_portal"})
    monkeypatch.setattr(services, "call_command", check_ledger)
    assert refused("verify", path).splitlines()[1:] == ["check_ledger: numbers: 2 is missing"]
