"""Many records at once, in and out, and the same request twice; shown on disbursements."""

import csv
import io
import json
import threading
from datetime import timedelta

import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.management.commands import clear_idempotency_keys
from accounts.models import IdempotencyKey
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from monitoring.models.indicators import Actual
from tests.factories import BAN_LANG, activity, api, draft, posted, user
from tests.one_of_each import one_of_each

URL = "/api/v1/disbursements/"


def body(**changes):
    return {
        "date": "2022-09-15",
        "amount": 1000,
        "activity": activity("GBV-01").code,
        "commune": BAN_LANG,
        **changes,
    }


@pytest.mark.django_db
def test_many_rows_at_once(cast, django_assert_max_num_queries):
    rows = [body(amount=n, voucher_no=f"PC-{n}") for n in range(1, 301)]
    client = api(cast.dieuphoi)
    with django_assert_max_num_queries(46):  # 19 of them insert
        answer = client.post(f"{URL}bulk/", {"rows": rows})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["count"] == 300
    assert [row["amount"] for row in made["rows"]] == list(range(1, 301))
    assert {row["status"] for row in made["rows"]} == {"draft"}
    row = Disbursement.objects.get(amount=7)
    assert row.search_key and row.history.get().history_user == cast.dieuphoi


@pytest.mark.django_db
def test_a_list_alone_is_fine_too(cast):
    assert api(cast.dieuphoi).post(f"{URL}bulk/", [body()]).json()["count"] == 1


@pytest.mark.django_db
def test_with_one_wrong_row_nothing_is_saved(cast):
    rows = [body(), body(amount=0), body(date="2019-01-01"), body(nonsense=1)]
    answer = api(cast.dieuphoi).post(f"{URL}bulk/", {"rows": rows})
    assert answer.status_code == 400
    found = {each["row"]: set(each["errors"]) for each in answer.json()["rows"]}
    assert found == {2: {"amount"}, 3: {"date"}, 4: {"nonsense"}}
    answer = api(cast.dieuphoi).post(f"{URL}bulk/", {"rows": [body(), rows[2]]})
    found = {each["row"]: set(each["errors"]) for each in answer.json()["rows"]}
    assert found == {2: {"date"}}
    assert not Disbursement.objects.exists()


@pytest.mark.django_db
def test_a_voucher_entered_twice_is_refused_by_row(cast):
    draft(1000, voucher_no="PC-1")
    rows = [body(voucher_no="PC-2"), body(voucher_no="PC-2"), body(voucher_no="PC-1")]
    answer = api(cast.dieuphoi).post(f"{URL}bulk/", {"rows": rows})
    found = {each["row"]: set(each["errors"]) for each in answer.json()["rows"]}
    assert found == {2: {"voucher_no"}, 3: {"voucher_no"}}


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [[], {"rows": []}, {"rows": 5}, {}, 5, {"rows": [], "x": 1}])
def test_a_body_without_rows_is_refused(cast, wrong):
    assert api(cast.dieuphoi).post(f"{URL}bulk/", wrong).status_code == 400


@pytest.mark.django_db
def test_more_than_1000_rows_are_refused(cast):
    answer = api(cast.dieuphoi).post(f"{URL}bulk/", {"rows": [body()] * 1001})
    assert (answer.status_code, set(answer.json())) == (400, {"rows"})


@pytest.mark.django_db
def test_many_at_once_after_a_reversal_are_entered_again(cast):
    row, again = posted(1000, voucher_no="PC-7"), {"rows": [body(voucher_no="PC-7")]}
    client = api(cast.dieuphoi)
    ledger.reverse(actor=cast.quanly, disbursement=row, reason="nhập sai", amount=999)
    assert client.post(f"{URL}bulk/", again).status_code == 400
    row.refresh_from_db()
    ledger.reverse(actor=cast.quanly, disbursement=row, reason="nhập sai")
    assert client.post(f"{URL}bulk/", again).status_code == 201


@pytest.mark.django_db
def test_a_limit_is_the_last_that_is_taken(cast, monkeypatch):
    monkeypatch.setattr("core.api.bulk.MOST", 2)
    client = api(cast.dieuphoi)
    assert client.post(f"{URL}bulk/", {"rows": [body()] * 3}).status_code == 400
    assert client.post(f"{URL}bulk/", {"rows": [body()] * 2}).status_code == 201
    for rows, status in ((2, 200), (1, 400)):
        monkeypatch.setattr("core.api.streams.SHEET_ROWS", rows)
        assert client.get(URL, {"format": "xlsx"}).status_code == status


@pytest.mark.django_db
def test_who_may_not_enter_may_not_enter_many(cast):
    assert api(cast.quanly).post(f"{URL}bulk/", {"rows": [body()]}).status_code == 403
    answer = api(cast.dieuphoi_gbv).post(f"{URL}bulk/", {"rows": [body(commune="03571")]})
    assert answer.json()["rows"][0]["errors"].keys() == {"commune"}


def content(answer):
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


@pytest.mark.django_db
def test_the_same_rows_as_json_csv_xlsx_and_lines(cast):
    rows = [posted(5), draft(7, payee="=1+1"), draft(9, activity="ECCD-01")]
    client = api(cast.khach)
    query = {"ordering": "amount", "program": "GBV"}
    wanted = client.get(URL, query).json()["results"]
    assert [row["id"] for row in wanted] == [rows[0].pk, rows[1].pk]
    lines = content(client.get(URL, {**query, "format": "jsonl"})).decode().splitlines()
    assert [json.loads(line) for line in lines] == wanted
    text = content(client.get(URL, {**query, "format": "csv"})).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    assert [row["amount"] for row in table] == ["5", "7"]
    assert table[1]["payee"] == "'=1+1"
    book = openpyxl.load_workbook(io.BytesIO(content(client.get(URL, {**query, "format": "xlsx"}))))
    cells = list(book.active.iter_rows(values_only=True))
    assert list(cells[0]) == list(wanted[0])
    assert [row[3] for row in cells[1:]] == [5, 7]


@pytest.mark.django_db
def test_an_export_is_asked_for_by_accept_too(cast):
    draft(5)
    answer = api(cast.khach).get(URL, HTTP_ACCEPT="text/csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert len(content(answer).splitlines()) == 2
    assert api(cast.khach).get(URL, {"format": "pdf"}).status_code == 404
    semicolons = content(api(cast.khach).get(URL, {"format": "csv", "delimiter": ";"}))
    assert semicolons.decode("utf-8-sig").startswith("id;number;date")


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["json", "csv", "xlsx", "jsonl"])
@pytest.mark.parametrize(
    "wrong", [{"delimiter": "x"}, {"decimal": ";"}, {"delimiter": ",", "decimal": ","}]
)
def test_marks_that_csv_does_not_know_are_refused_in_every_form(cast, form, wrong):
    assert api(cast.khach).get(URL, {"format": form, **wrong}).status_code == 400


@pytest.mark.django_db
def test_a_fraction_is_written_with_the_decimal_mark_asked_for(cast):
    one_of_each(cast)
    Actual.objects.update(value="12.5")
    query = {"format": "csv", "delimiter": ";", "decimal": ",", "fields": "value"}
    text = content(api(cast.khach).get("/api/v1/indicator-actuals/", query))
    assert text.decode("utf-8-sig").split() == ["value", "12,5"]


@pytest.mark.django_db
def test_an_export_holds_the_scope_and_every_page(cast, django_assert_max_num_queries):
    for amount in range(1, 121):
        draft(amount)
    draft(5, commune="03571")
    client = api(cast.xa_banlang)
    client.get(URL)
    with django_assert_max_num_queries(10):
        lines = content(client.get(URL, {"format": "jsonl"})).splitlines()
    assert len(lines) == 120


@pytest.mark.django_db
def test_the_same_key_and_body_have_one_effect(cast):
    client = api(cast.dieuphoi)
    first = client.post(URL, body(), HTTP_IDEMPOTENCY_KEY="k-1")
    again = client.post(URL, body(), HTTP_IDEMPOTENCY_KEY="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true" and again["Location"] == first["Location"]
    assert Disbursement.objects.count() == 1
    other = client.post(URL, body(amount=2), HTTP_IDEMPOTENCY_KEY="k-1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key")
    assert client.post(URL, body(amount=2), HTTP_IDEMPOTENCY_KEY="k-2").status_code == 201
    elsewhere = api(user()).post(URL, body(), HTTP_IDEMPOTENCY_KEY="k-1")
    assert (elsewhere.status_code, elsewhere.json()["id"] != first.json()["id"]) == (201, True)


@pytest.mark.django_db
def test_the_first_answer_comes_back_after_the_record_moved_on(cast):
    client = api(cast.dieuphoi)
    first = client.post(URL, body(), HTTP_IDEMPOTENCY_KEY="k").json()
    client.post(f"{URL}{first['id']}/submit/", HTTP_IDEMPOTENCY_KEY="k")
    assert client.post(URL, body(), HTTP_IDEMPOTENCY_KEY="k").json() == first
    again = client.post(f"{URL}{first['id']}/submit/", HTTP_IDEMPOTENCY_KEY="k")
    assert (again.status_code, again.json()["status"]) == (200, "submitted")


@pytest.mark.django_db
def test_a_refusal_is_not_remembered(cast):
    client = api(cast.dieuphoi)
    assert client.post(URL, body(amount=0), HTTP_IDEMPOTENCY_KEY="k").status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert client.post(URL, body(), HTTP_IDEMPOTENCY_KEY="k").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "   ", "x" * 201])
def test_a_key_is_1_to_200_characters(cast, key):
    answer = api(cast.dieuphoi).post(URL, body(), HTTP_IDEMPOTENCY_KEY=key)
    assert (answer.status_code, set(answer.json())) == (400, {"Idempotency-Key"})


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_have_one_effect(cast):
    fields, clients = body(), [api(cast.dieuphoi) for _ in range(4)]
    gate, answers = threading.Barrier(4), []

    def send(client):
        gate.wait()
        answers.append(client.post(URL, fields, HTTP_IDEMPOTENCY_KEY="race"))
        connection.close()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}, [a.content for a in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Disbursement.objects.count() == 1


def _grown_old(*keys):
    over = timezone.now() - timedelta(days=settings.IDEMPOTENCY_DAYS, seconds=1)
    IdempotencyKey.objects.filter(key__in=keys).update(created_at=over)


@pytest.mark.django_db
def test_a_key_that_is_over_is_as_good_as_new(cast):
    client = api(cast.dieuphoi)
    first = client.post(URL, body(), HTTP_IDEMPOTENCY_KEY="k").json()
    _grown_old("k")
    second = client.post(URL, body(amount=2), HTTP_IDEMPOTENCY_KEY="k")
    assert (second.status_code, second.json()["id"] != first["id"]) == (201, True)
    assert client.post(URL, body(amount=2), HTTP_IDEMPOTENCY_KEY="k").json() == second.json()


@pytest.mark.django_db
def test_a_write_with_a_key_clears_those_that_are_over(cast):
    client = api(cast.dieuphoi)
    for key in ("old", "older", "young"):
        client.post(URL, body(), HTTP_IDEMPOTENCY_KEY=key)
    _grown_old("old", "older")
    client.post(URL, body(), HTTP_IDEMPOTENCY_KEY="now")
    assert set(IdempotencyKey.objects.values_list("key", flat=True)) == {"young", "now"}


@pytest.mark.django_db
def test_the_command_clears_all_that_are_over_in_batches(cast, monkeypatch):
    client = api(cast.dieuphoi)
    for key in "abcde":
        client.post(URL, body(), HTTP_IDEMPOTENCY_KEY=key)
    _grown_old(*"abcd")
    monkeypatch.setattr(clear_idempotency_keys, "BATCH", 3)
    out = io.StringIO()
    call_command("clear_idempotency_keys", stdout=out)
    assert out.getvalue() == "4\n"
    assert IdempotencyKey.objects.get().key == "e"
