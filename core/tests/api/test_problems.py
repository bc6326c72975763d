"""Refusals for programs: a code by field, as RFC 9457 has it, for who accepts that."""

import pytest
from rest_framework.test import APIClient

from tests.factories import BAN_LANG, activity, api, draft

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
LEDGER = "/api/v1/disbursements/"
ROW = {"date": "2022-09-15", "amount": 1000, "activity": "GBV-01", "commune": BAN_LANG}
ACCEPT = {"Accept": "application/problem+json, application/json", "Accept-Language": "en"}


def problem(answer, status):
    """The refusal, which has the status twice and all that RFC 9457 asks for."""
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert set(found) == {"type", "title", "status", "detail", "code", "errors"}
    assert (found["type"], found["status"]) == ("about:blank", status)
    assert found["title"] and found["detail"]
    return found


def codes(found):
    return {each["field"]: each["code"] for each in found["errors"]}


def test_a_wrong_value_has_its_code_by_field(cast):
    activity("GBV-01")
    body = {"amount": "x", "activity": "GBV-01", "commune": BAN_LANG, "speed": 1}
    found = problem(api(cast.dieuphoi).post(LEDGER, body, headers=ACCEPT), 400)
    assert codes(found) == {"speed": "unknown_field"}
    del body["speed"]
    found = problem(api(cast.dieuphoi).post(LEDGER, body, headers=ACCEPT), 400)
    assert codes(found)["date"] == "required"
    assert found["title"] == "Bad Request"


def test_the_code_is_the_same_in_both_languages_and_the_sentence_is_not(cast):
    answers = [
        problem(
            api(cast.khach).get(f"{LEDGER}?speed=1", headers={**ACCEPT, "Accept-Language": each}),
            400,
        )
        for each in ("vi", "en")
    ]
    assert [codes(each) for each in answers] == [{"speed": "unknown_parameter"}] * 2
    assert answers[0]["detail"] != answers[1]["detail"]


def test_a_row_of_many_is_named_by_its_place(cast):
    activity("GBV-01")
    rows = [ROW, {**ROW, "amount": -1}, {**ROW, "date": "2022-02-30"}]
    found = problem(api(cast.dieuphoi).post(f"{LEDGER}bulk/", {"rows": rows}, headers=ACCEPT), 400)
    assert set(codes(found)) == {"rows.2.amount", "rows.3.date"}


def test_a_state_and_a_version_have_theirs(cast):
    row = draft(by=cast.dieuphoi)
    client = api(cast.dieuphoi)
    stale = client.patch(f"{LEDGER}{row.pk}/", {"version": 9, "amount": 1}, headers=ACCEPT)
    assert problem(stale, 409)["code"] == "stale"
    assert problem(client.get(f"{LEDGER}999999/", headers=ACCEPT), 404)["code"] == "not_found"
    refused = api(cast.khach).post(LEDGER, ROW, headers=ACCEPT)
    assert problem(refused, 403)["code"] == "permission_denied"
    nobody = problem(APIClient().get(LEDGER, headers=ACCEPT), 401)
    assert (nobody["code"], nobody["errors"]) == ("not_authenticated", [])
    nothing = client.get("/api/v1/nothing/", headers=ACCEPT)
    assert problem(nothing, 404)["code"] == "not_found"


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_a_table_that_is_refused_is_a_problem_too(cast, form):
    either = {"Accept": "application/problem+json, */*"}
    answer = api(cast.khach).get(f"{LEDGER}?format={form}&page=2", headers=either)
    assert codes(problem(answer, 400)) == {"page": "no_pages"}


def test_what_is_refused_before_a_view_is_asked_is_a_problem_too(cast, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    client = api(cast.dieuphoi)
    null = problem(client.get(f"{LEDGER}?payee=%00", headers=ACCEPT), 400)
    assert codes(null) == {"payee": "null_characters"}
    assert problem(client.get("/api/v1/nowhere", headers=ACCEPT), 404)["code"] == "not_found"
    large = client.post(LEDGER, {"description": "a" * 200}, headers=ACCEPT)
    assert problem(large, 413)["code"] == "too_large"


def test_who_accepts_problems_alone_reads_json(cast):
    answer = api(cast.khach).get(LEDGER, headers={"Accept": "application/problem+json"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_everybody_else_is_refused_in_the_shapes_of_the_contract(cast):
    answer = api(cast.khach).get(f"{LEDGER}?speed=1", headers={"Accept-Language": "en"})
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {"speed": ["Unknown parameter."]}
