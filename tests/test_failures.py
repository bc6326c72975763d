"""Where the portal fails: every 500 leaves its trace, and a database that is away is a 503."""

import json
from unittest.mock import patch

from django.db import OperationalError
from django.db.backends.utils import CursorWrapper

from accounts.services import create_token
from tests import factories as make
from tests.test_settings import start

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
