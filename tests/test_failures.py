"""Where the portal fails: every 500 leaves its trace, and a database that is away is a 503."""

import errno
import json
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import psycopg2
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, OperationalError, connection
from django.db.backends.utils import CursorWrapper

from accounts.services import create_token
from core.services.whole_files import WholeFiles
from core.web import failures
from disbursements.models import Disbursement
from tests import factories as make
from tests.test_settings import start

SAMPLES = Path(__file__).parent / "samples"
GONE = "server closed the connection unexpectedly"


def database(*, says: str):
    """Every question to the database fails with these words."""
    return patch.object(CursorWrapper, "execute", side_effect=OperationalError(says))


def test_a_page_without_its_database_is_503_in_words(cast, client, caplog):
    client.force_login(cast.quanly)
    client.raise_request_exception = False
    with database(says=GONE):
        answers = client.get("/disbursements/"), client.post("/disbursements/new/", {"x": "1"})
    for answer in answers:
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        assert "Cơ sở dữ liệu lúc này chưa trả lời" in answer.content.decode()
    assert GONE in caplog.text


def test_a_database_that_ends_in_the_middle_is_away_and_a_broken_file_is_not():
    """psycopg2 has no code for the first, and SQLite's own error is a fault."""
    ended, broken = DatabaseError(GONE), DatabaseError("database disk image is malformed")
    ended.__cause__ = psycopg2.DatabaseError(GONE)
    broken.__cause__ = sqlite3.DatabaseError()
    assert failures.is_away(ended)
    assert not failures.is_away(broken)


def test_the_api_without_its_database_is_503_in_json(cast, client, caplog):
    token = create_token(user=cast.quanly)[1]
    client.raise_request_exception = False
    headers = {"Authorization": f"Token {token}", "Accept-Language": "en"}
    with database(says=GONE):
        answers = (
            client.get("/api/v1/summary/?fiscal_year=2023", headers=headers),
            client.get("/api/v1/disbursements/?format=csv", headers=headers),
            client.post("/api/v1/disbursements/", b"{}", "application/json", headers=headers),
            client.post("/api/v1/outputs/", b"{}", "application/json", headers=headers),
        )
    for answer in answers:
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        assert answer.json() == {
            "detail": "The database does not answer just now. Nothing was saved; try again in a "
            "moment."
        }
    assert GONE in caplog.text


def test_signing_in_without_the_database_is_503(client, db):
    client.raise_request_exception = False
    sent = {"username": "quanly", "password": make.PASSWORD}
    with database(says=GONE):
        assert client.post("/accounts/login/", sent).status_code == 503


def test_a_fault_of_ours_stays_a_500(cast, client):
    client.force_login(cast.quanly)
    client.raise_request_exception = False
    with database(says="no such column: x"):
        assert client.get("/disbursements/").status_code == 500
        answer = client.get("/api/v1/disbursements/")
    assert (answer.status_code, list(answer.json())) == (500, ["detail"])


@pytest.fixture
def full(settings):
    """SQLite says that the disk is full as soon as it needs another page; then there is room."""

    @contextmanager
    def no_room():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            (pages,) = cursor.fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages}")
            try:
                yield
            finally:
                cursor.execute("PRAGMA max_page_count = 1073741823")

    return no_room


def test_a_full_disk_is_503_and_passes_by_itself(cast, full):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's own words are tried below")
    first = make.draft(by=cast.dieuphoi)
    client = make.api(cast.dieuphoi)
    client.raise_request_exception = False

    def send(n):
        row = {
            "date": "2022-09-15",
            "amount": n + 1,
            "activity": "GBV-01",
            "commune": make.BAN_LANG,
        }
        row |= {
            "fund": first.fund.code,
            "payee": "A",
            "voucher_no": f"PC{n}",
            "description": "x" * 400,
        }
        return client.post("/api/v1/disbursements/", row, headers={"Accept-Language": "en"})

    assert send(0).status_code == 201
    with full():
        answers = [send(n) for n in range(1, 60)]
        refused = [answer for answer in answers if answer.status_code != 201]
        assert refused and {answer.status_code for answer in refused} == {503}
        assert refused[0]["Retry-After"] == "10"
        assert "disk is full" in refused[0].json()["detail"]
        assert client.get("/api/v1/disbursements/").status_code == 200
    assert send(100).status_code == 201
    assert Disbursement.objects.count() == 3 + len(answers) - len(refused)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OperationalError('could not extend file "base/1/2": No space left on device'),
    ],
)
def test_no_room_for_a_file_is_503(cast, client, error):
    client.force_login(cast.dieuphoi)
    client.raise_request_exception = False
    workbook = SimpleUploadedFile("plan.xlsx", (SAMPLES / "ke-hoach-FY2023.xlsx").read_bytes())
    client.cookies["django_language"] = "en"
    with patch.object(FileSystemStorage, "_save", side_effect=error):
        answer = client.post("/imports/", {"kind": "plan", "workbook": workbook})
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "disk is full" in answer.content.decode()
    assert client.get("/imports/").status_code == 200


def test_another_trouble_with_a_file_is_a_fault_of_ours(cast, client):
    client.force_login(cast.dieuphoi)
    client.raise_request_exception = False
    workbook = SimpleUploadedFile("plan.xlsx", (SAMPLES / "ke-hoach-FY2023.xlsx").read_bytes())
    with patch.object(FileSystemStorage, "_save", side_effect=PermissionError(13, "denied")):
        assert client.post("/imports/", {"kind": "plan", "workbook": workbook}).status_code == 500


FAULT = """
from django.test import Client
from unittest.mock import patch
client = Client(raise_request_exception=False)
client.defaults["HTTP_HOST"] = "localhost"
def broken(*args, **kwargs):
    raise ZeroDivisionError("on purpose")
with patch("django.contrib.auth.views.LoginView.get", broken):
    print(client.get("/accounts/login/").status_code)
with patch("rest_framework.views.APIView.initial", broken):
    print(client.get("/api/v1/programs/").status_code, client.get("/api/v1/programs/").json())
"""


def test_every_500_leaves_its_trace_on_standard_error(tmp_path):
    done = start(tmp_path, FAULT, SECRET_KEY="k" * 50)
    page, api = done.stdout.splitlines()[-2:]
    assert (page, api[:3]) == ("500", "500"), done.stderr
    assert json.loads(api[4:].replace("'", '"')).keys() == {"detail"}
    assert done.stderr.count("ZeroDivisionError: on purpose") == 3  # two of them for the API
    assert done.stderr.count("Traceback") == 3


def test_of_a_file_without_room_nothing_is_kept(tmp_path):
    """Its beginning would take the rest of the disk, and no record would name it."""

    class NoRoom(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"the beginning"
            raise OSError(errno.ENOSPC, "No space left on device")

    storage = WholeFiles(tmp_path)
    storage.save("a/there.pdf", ContentFile(b"%PDF"))
    with pytest.raises(OSError, match="No space"):
        storage.save("a/there.pdf", NoRoom(b"x"))
    assert [each.name for each in (tmp_path / "a").iterdir()] == ["there.pdf"]
