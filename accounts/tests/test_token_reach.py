"""What an API token reaches, and the command that makes one."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.models import ApiToken
from accounts.services import create_token
from disbursements.models import Disbursement
from tests import factories as make

pytestmark = pytest.mark.any_database

LIST = "/api/v1/disbursements/"
BODY = {
    "date": "2022-09-15",
    "activity": "GBV-01",
    "commune": make.BAN_LANG,
    "amount": 5,
    "payee": "UBND xã",
}


def carrying(text: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    return client


def test_a_read_only_token_reads_and_cannot_write(cast):
    make.activity("GBV-01")
    reader = make.api(cast.dieuphoi, read_only=True)
    assert reader.get(LIST).status_code == 200
    assert reader.post(LIST, BODY).status_code == 403
    row = make.submitted()
    assert make.api(cast.quanly, read_only=True).post(f"{LIST}{row.pk}/post/").status_code == 403
    assert list(Disbursement.objects.values_list("status", flat=True)) == ["submitted"]
    assert make.api(cast.dieuphoi).post(LIST, BODY).status_code == 201


@pytest.mark.parametrize("text", ["", "x", "0" * 64, "Bản Lang"])
def test_what_is_no_token_is_401(reference, text):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}".encode().decode("latin-1"))
    assert client.get(LIST).status_code == 401


def test_only_the_digest_is_stored(cast):
    _token, text = create_token(user=cast.bdh)
    stored = [str(value) for row in ApiToken.objects.values() for value in row.values()]
    assert not any(text in value for value in stored)


def test_a_token_sees_what_its_user_sees(cast):
    mine = make.posted(commune=make.BAN_LANG)
    make.posted(commune=make.DAO_SAN)
    rows = make.api(cast.xa_banlang).get(LIST).json()["results"]
    assert [row["id"] for row in rows] == [mine.pk]


def run(*options: str) -> str:
    out = StringIO()
    call_command("create_api_token", *options, stdout=out)
    return out.getvalue().splitlines()[-1]


def test_the_command_prints_the_token_alone_on_its_last_line(cast):
    make.activity("GBV-01")
    assert carrying(run("dieuphoi")).post(LIST, BODY).status_code == 201
    assert carrying(run("dieuphoi", "--read-only")).post(LIST, BODY).status_code == 403
    assert ApiToken.objects.filter(user=cast.dieuphoi, read_only=True).count() == 1


def test_a_token_of_nobody_is_refused_with_a_sentence(cast):
    with pytest.raises(CommandError, match="khong-ai"):
        call_command("create_api_token", "khong-ai")
    cast.khach.is_active = False
    cast.khach.save()
    with pytest.raises(CommandError, match="khach"):
        call_command("create_api_token", "khach")
