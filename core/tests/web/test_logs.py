"""What the portal writes on standard error: one line for each event, its request, no secrets."""

import json
import logging

import pytest
from django.db import IntegrityError, transaction
from django.http import StreamingHttpResponse

from accounts.models import User
from accounts.services import create_token
from core.web import logs

pytestmark = pytest.mark.any_database


@pytest.fixture
def lines():
    """What was logged, as standard error has it."""
    found = []

    class Kept(logging.Handler):
        def emit(self, record):
            found.append(json.loads(logs.JsonLine().format(record)))

    handler = Kept()
    portal, before = logging.getLogger("portal"), logging.getLogger("portal").level
    logging.getLogger().addHandler(handler)
    portal.setLevel(logging.INFO)
    yield found
    portal.setLevel(before)
    logging.getLogger().removeHandler(handler)


def of(lines, message):
    return [line for line in lines if line["message"] == message]


def test_every_answer_leaves_a_line_with_its_number(cast, client, lines):
    client.force_login(cast.dieuphoi)
    answer = client.get("/disbursements/?search=Nguyen+Van+A")
    (line,) = of(lines, "answered")
    assert line["request_id"] == answer["X-Request-ID"] and len(line["request_id"]) == 32
    assert (line["method"], line["path"], line["route"]) == (
        "GET",
        "/disbursements/",
        "/disbursements/",
    )
    assert (line["status"], line["account"]) == (200, cast.dieuphoi.pk)
    assert "Nguyen" not in json.dumps(lines) and "dieuphoi" not in json.dumps(lines)


def test_the_number_of_the_web_server_is_taken_where_there_is_one(client, settings, db):
    sent = {"X-Request-ID": "abcdef-123456"}
    assert client.get("/healthz", headers=sent)["X-Request-ID"] != "abcdef-123456"
    settings.PROXIES = 1
    assert client.get("/healthz", headers=sent)["X-Request-ID"] == "abcdef-123456"
    odd = {"X-Request-ID": 'x" <script>'}
    assert "script" not in client.get("/healthz", headers=odd)["X-Request-ID"]


def test_failed_sign_ins_are_logged_without_name_or_password(cast, client, lines):
    for name in ("dieuphoi", "typed-my-password"):
        client.post("/accounts/login/", {"username": name, "password": "khong-dung-1"})
    facts = [(line["account"], line["address"]) for line in of(lines, "a sign-in failed")]
    assert facts == [(cast.dieuphoi.pk, "127.0.0.1"), (None, "127.0.0.1")]
    said = json.dumps(lines)
    assert not [word for word in ("typed-my", "khong-dung", "dieuphoi") if word in said]


def test_a_token_that_is_none_is_logged_without_the_token(db, client, lines):
    client.get("/api/v1/programs/", headers={"Authorization": "Token " + "f" * 64})
    (line,) = of(lines, "a sign-in failed")
    assert line["token"] and "ffff" not in json.dumps(lines)


def test_a_fault_leaves_its_trace_with_the_number_the_person_sees(cast, client, lines, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError("on purpose")

    client.raise_request_exception = False
    client.force_login(cast.dieuphoi)
    monkeypatch.setattr("plan_portal.site.context.menu", broken)
    answer = client.get("/disbursements/")
    assert answer.status_code == 500
    (line,) = [line for line in lines if "trace" in line]
    assert "ZeroDivisionError: on purpose" in line["trace"]
    assert line["request_id"] == answer["X-Request-ID"]
    assert answer["X-Request-ID"] in answer.content.decode()


def test_an_answer_that_breaks_off_leaves_its_trace(client, lines, monkeypatch):
    def broken(*args, **kwargs):
        yield b"id\r\n"
        raise ZeroDivisionError("half way")

    monkeypatch.setattr(
        "plan_portal.site.health.JsonResponse", lambda *a, **k: StreamingHttpResponse(broken())
    )
    with pytest.raises(ZeroDivisionError):
        b"".join(client.get("/healthz").streaming_content)
    (line,) = of(lines, "An answer broke off")
    assert "half way" in line["trace"] and len(line["request_id"]) == 32


def text_of(error):
    """The line that an error leaves."""
    record = logging.LogRecord(
        "x", logging.ERROR, "", 0, "failed: %s", (error,), (type(error), error, error.__traceback__)
    )
    return logs.JsonLine().format(record)


def test_what_a_database_quotes_of_a_row_is_not_written(cast):
    User.objects.filter(pk=cast.dieuphoi.pk).update(email="someone@example.org")
    secret = "Bi mat\nhai dong"
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        User.objects.create(username="dieuphoi", first_name=secret, email="someone@example.org")
    written = text_of(caught.value)
    assert "IntegrityError" in written
    assert not [
        word for word in ("Bi mat", "hai dong", "someone@", "=(dieuphoi)") if word in written
    ]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("to chi.nguyen@example.org: refused", "to …: refused"),
        ("postgresql://portal:s3cret@db:5432/portal", "postgresql://portal:…@db:5432/portal"),
        ("GET /accounts/password/new/MQ/abc-123/", "GET /accounts/password/new/…"),
        ("Authorization: Token 0123456789abcdef", "Authorization: Token …"),
        ("/people/?search=Lan", "/people/?…"),
        ("column “a?b” of 7", "column “a?b” of 7"),
    ],
)
def test_secrets_and_personal_data_are_hidden(text, kept):
    assert logs.mask(text) == kept


def test_nobody_writes_a_line_of_their_own():
    record = logging.LogRecord("x", logging.ERROR, "", 0, "a\nERROR forged", (), None)
    for form in (logs.JsonLine, logs.TextLine):
        assert len(form().format(record).splitlines()) == 1


def test_a_token_in_use_is_in_no_line(cast, client, lines):
    token = create_token(user=cast.quanly)[1]
    client.get("/api/v1/programs/", headers={"Authorization": f"Token {token}"})
    assert token not in json.dumps(lines) and of(lines, "answered")
