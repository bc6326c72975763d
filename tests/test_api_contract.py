"""What a client of the API trips over: numbers as JSON writes them, ranges, addresses, size."""

import gzip
import json
from itertools import product
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.lists.filters import Day, Whole, beginning_of
from monitoring.tests.reviews.test_api import BODIES
from plan_portal.api import router
from tests import factories as make
from tests.one_of_each import MORE, one_of_each

pytestmark = pytest.mark.django_db

SPENT = {"date": "2022-09-15", "amount": 1000, "activity": "GBV-01", "commune": make.BAN_LANG}
WHOLE = [
    ("trainings", "female"),
    ("trainings", "male"),
    ("trainings", "under_16"),
    ("trainings", "sessions"),
    ("outputs", "quantity"),
    ("referrals", "people"),
    ("proposals", "estimate"),
    ("proposals", "quarter"),
    ("indicator-targets", "value"),
    ("indicator-actuals", "value"),
]


def sent(person, name, body, **numbers):
    """POST of a body with numbers written just so."""
    text = json.dumps({**body, **dict.fromkeys(numbers, "@")})
    for number in numbers.values():
        text = text.replace('"@"', number, 1)
    address = f"/api/v1/{name}/"
    return make.api(person).post(address, text, content_type="application/json")


def first_taken(cast, name, body, **numbers):
    answers = [sent(who, name, body, **numbers) for who in (cast.bdh, cast.quanly, cast.dieuphoi)]
    return next((a for a in answers if a.status_code == 201), answers[-1])


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1e6", 1_000_000),
        ("1000000.0", 1_000_000),
        ("1.0E+6", 1_000_000),
        ("12.5e1", 125),
        ("1e15", 10**15),
    ],
)
def test_an_amount_without_a_fraction_is_taken_however_it_is_written(cast, text, amount):
    make.activity("GBV-01")
    answer = sent(cast.dieuphoi, "disbursements", SPENT, amount=text)
    assert (answer.status_code, answer.json()["amount"]) == (201, amount)


@pytest.mark.any_database
@pytest.mark.parametrize("text", ["1.5", "1e-1", "1e16", "1e400", "-1e6", "true", '"1e6"', "[1]"])
def test_what_has_a_fraction_or_is_no_number_is_refused(cast, text):
    make.activity("GBV-01")
    answer = sent(cast.dieuphoi, "disbursements", SPENT, amount=text)
    assert (answer.status_code, list(answer.json())) == (400, ["amount"])


@pytest.mark.any_database
@pytest.mark.parametrize(("name", "field"), WHOLE)
def test_every_whole_number_is_taken_so(cast, name, field):
    if name.startswith("indicator-"):
        assert first_taken(cast, "indicators", MORE["indicators"]).status_code == 201
    body = {**BODIES, **MORE}[name]
    taken = first_taken(cast, name, body, **{field: "3.0"})
    assert (taken.status_code, taken.json()[field]) == (201, 3), taken.json()
    if not name.startswith("indicator-"):
        refused = first_taken(cast, name, body, **{field: "3.5"})
        assert (refused.status_code, list(refused.json())) == (400, [field])


def test_versions_and_ids_are_taken_so(cast):
    row = make.draft(by=cast.dieuphoi)
    address = f"/api/v1/disbursements/{row.pk}/"
    client = make.api(cast.dieuphoi)
    json_type = {"content_type": "application/json"}
    changed = client.patch(address, '{"payee": "UBND", "version": 1.0}', **json_type)
    assert changed.status_code == 200, changed.json()
    assert client.post(f"{address}submit/", '{"version": 2e0}', **json_type).status_code == 200
    meeting = make.api(cast.bdh).post("/api/v1/meetings/", BODIES["meetings"]).json()["id"]
    body = {**BODIES["difficulties"]}
    answer = sent(cast.dieuphoi, "difficulties", body, meeting=f"{meeting}.0")
    assert (answer.status_code, answer.json()["meeting"]) == (201, meeting)
    comment = {"kind": "difficulty", "text": "Đã xem"}
    said = sent(cast.dieuphoi, "comments", comment, record=f"{answer.json()['id']}.0")
    assert said.status_code == 201


def test_the_same_body_written_otherwise_is_the_same_request(cast):
    make.activity("GBV-01")
    client = make.api(cast.dieuphoi)
    texts = (json.dumps(SPENT), json.dumps({**SPENT, "amount": 1000.0}))
    answers = [
        client.post(
            "/api/v1/disbursements/",
            text,
            content_type="application/json",
            headers={"Idempotency-Key": "a"},
        )
        for text in texts
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]


VIEWS: Any = router.registry
RANGES = [
    (prefix, name, beginning_of(name))
    for prefix, view, _base in VIEWS
    for name in (view.filterset_class.base_filters if view.filterset_class else ())
    if beginning_of(name) in view.filterset_class.base_filters
]


@pytest.mark.any_database
@pytest.mark.parametrize(("prefix", "end", "beginning"), RANGES)
def test_a_range_that_is_upside_down_is_refused(cast, prefix, end, beginning):
    view = next(view for name, view, _base in router.registry if name == prefix)
    each = view.filterset_class.base_filters[end]
    assert isinstance(each, Day | Whole)
    low, high = ("2022-07-01", "2023-06-30") if isinstance(each, Day) else ("5", "50")
    client = make.api(cast.dieuphoi)
    answer = client.get(f"/api/v1/{prefix}/?{beginning}={high}&{end}={low}")
    assert (answer.status_code, list(answer.json())) == (400, [end])
    assert client.get(f"/api/v1/{prefix}/?{beginning}={low}&{end}={high}").status_code == 200
    assert client.get(f"/api/v1/{prefix}/?{beginning}={low}&{end}={low}").status_code == 200


def test_there_are_ranges():
    assert len(RANGES) > 15


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("trainings", {"start": "2022-09-15", "end": "2022-09-14"}, "end"),
        ("boards", {"term_start": "2023-01-01", "term_end": "2022-01-01"}, "non_field_errors"),
    ],
)
def test_a_record_whose_span_is_upside_down_is_refused(cast, name, change, field):
    answer = first_taken(cast, name, {**BODIES[name], **change})
    if answer.status_code == 403:
        answer = sent(cast.bdh, name, {**BODIES[name], **change})
    assert (answer.status_code, list(answer.json())) == (400, [field])


SHAPES = [[], {}, [1], {"a": 1}, 1.5, True, "x" * 5000, 10**30, "9999-99-99"]


@pytest.mark.parametrize("name", [*BODIES, *MORE])
def test_a_value_of_another_shape_is_refused_and_breaks_nothing(cast, name):
    """Whatever stands in a field: a refusal that names it, or a record that has just that value."""
    body = {**BODIES, **MORE}[name]
    if name.startswith("indicator-"):
        first_taken(cast, "indicators", MORE["indicators"])
    of_the_board = ("agreements", "boards", "meetings", "proposal-criteria")
    who = cast.bdh if name in of_the_board else cast.dieuphoi
    who = cast.quanly if name == "indicators" or name == "indicator-targets" else who
    client = make.api(who)
    view = next(view for prefix, view, _base in router.registry if prefix == name)
    fields = [f for f, each in view.serializer_class().fields.items() if not each.read_only]
    wrong = []
    for field in fields:
        for shape in SHAPES:
            answer = client.post(f"/api/v1/{name}/", {**body, field: shape})
            if answer.status_code == 201:
                is_kept = answer.json()[field] == shape
                if not is_kept:
                    wrong.append((field, str(shape)[:20], answer.json()[field]))
            elif answer.status_code != 400:
                wrong.append((field, str(shape)[:20], answer.status_code))
    assert wrong == []


@pytest.mark.any_database
@pytest.mark.parametrize("body", ["[]", "5", '"x"', "null", "true", "[[]]", "{", "NaN", ""])
@pytest.mark.parametrize("name", ["disbursements", "difficulties", "disbursements/bulk"])
def test_a_body_of_another_shape_is_refused(cast, name, body):
    client = make.api(cast.dieuphoi)
    answer = client.post(f"/api/v1/{name}/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/json")


METHODS = ("get", "post", "head", "patch", "delete")
WITHOUT_SLASH = """/api/v1/disbursements /api/v1/disbursements/5 /api/v1/summary
    /api/v1/schema""".split()


@pytest.mark.any_database
@pytest.mark.parametrize(
    "path",
    """/api /api/ /api/v1 /api/v2/ /api/v2/x /api/v1/nothing /api/v1/nothing/ /api/v1/disbursements
    /api/v1/disbursements/5 /api/v1/summary /api/v1/a/b/c /api/v1/disbursements/x/ /api/v1/schema
    /api/v1/reports/x /api/v1/%0A""".split(),
)
def test_an_address_that_there_is_not_answers_json(cast, path):
    with_token = make.api(cast.dieuphoi)
    for client, method in product((with_token, APIClient()), METHODS):
        answer = getattr(client, method)(path)
        is_sent_on = method in ("get", "head") and path in WITHOUT_SLASH
        assert answer.status_code == (301 if is_sent_on else 404), method
        assert answer["Content-Type"] == "application/json", method
        if method != "head":
            assert list(answer.json()) == ["detail"], method


def test_an_address_without_its_slash_is_told(cast):
    client = make.api(cast.dieuphoi)
    asked = client.get("/api/v1/disbursements?status=draft")
    assert asked["Location"] == "/api/v1/disbursements/?status=draft"
    written = client.post("/api/v1/disbursements", SPENT)
    assert written.status_code == 404
    for answer in (asked, written):
        assert answer.json()["detail"].endswith(" /api/v1/disbursements/")


@pytest.mark.any_database
@pytest.mark.parametrize("form", ["json", "csv", "jsonl"])
def test_json_and_csv_are_compressed(cast, form):
    one_of_each(cast)
    client = make.api(cast.dieuphoi)
    address = f"/api/v1/disbursements/?format={form}"
    plain = client.get(address)
    small = client.get(address, HTTP_ACCEPT_ENCODING="gzip")
    assert (small["Content-Encoding"], plain.get("Content-Encoding")) == ("gzip", None)
    body = b"".join(small.streaming_content) if small.streaming else small.content
    whole = b"".join(plain.streaming_content) if plain.streaming else plain.content
    assert gzip.decompress(body) == whole
    assert "Accept-Encoding" in small["Vary"]


def test_a_compressed_answer_is_304_to_who_has_it(cast):
    one_of_each(cast)
    client = make.api(cast.dieuphoi)
    for address in ("/api/v1/disbursements/", "/api/v1/summary/?fiscal_year=2023&by=activity"):
        tag = client.get(address, HTTP_ACCEPT_ENCODING="gzip")["ETag"]
        again = client.get(address, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=tag)
        assert (again.status_code, again.content) == (304, b"")
    row = client.get("/api/v1/disbursements/?status=draft").json()["results"][0]
    address = f"/api/v1/disbursements/{row['id']}/"
    tag = client.get(address, HTTP_ACCEPT_ENCODING="gzip")["ETag"]
    assert client.patch(address, {"payee": "UBND"}, HTTP_IF_MATCH=tag).status_code == 200
    assert client.patch(address, {"payee": "Hội"}, HTTP_IF_MATCH=tag).status_code == 409
