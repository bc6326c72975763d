"""Every refusal of the API speaks the reader's language, the framework's own ones, too."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from tests.factories import BAN_LANG, activity, api

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DISBURSEMENTS, MEETINGS = "/api/v1/disbursements/", "/api/v1/meetings/"
ANNUAL = "/api/v1/reports/annual.docx?fiscal_year=2023"
DRAFT = {"date": "2022-09-15", "amount": 1000, "activity": "GBV-01", "commune": BAN_LANG}
MEETING = {"title": "Hội nghị", "kind": "annual_review", "date": "2023-08-02"}
FIGURE = {"label": "Giải ngân", "measure": "disbursed", "unit": "đồng", "text": "hơn 8,9 tỷ"}


def sentences(found):
    """Every sentence of a refusal, wherever it stands."""
    if isinstance(found, dict):
        return [text for name, part in found.items() if name != "code" for text in sentences(part)]
    if isinstance(found, list):
        return [text for part in found for text in sentences(part)]
    return [found] if isinstance(found, str) else []


def in_both(send):
    """The sentences of the same refusal in Vietnamese and in English."""
    answers = [send({"accept-language": language}) for language in ("vi", "en")]
    assert {answer.status_code for answer in answers} <= {
        400,
        401,
        403,
        404,
        405,
        406,
        413,
        415,
        429,
    }
    vietnamese, english = (sentences(answer.json()) for answer in answers)
    assert vietnamese and len(vietnamese) == len(english)
    return list(zip(vietnamese, english, strict=True))


@pytest.mark.parametrize(
    "change",
    [
        {"date": None},
        {"date": "15/09/2022"},
        {"date": "2022-09-15T10:00"},
        {"date": 5},
        {"amount": "1000"},
        {"amount": True},
        {"amount": 0},
        {"amount": 10**16},
        {"payee": 5},
        {"payee": None},
        {"payee": "x" * 1000},
        {"payee": "\0"},
        {"payee": ["a"]},
        {"activity": 5},
        {"activity": ""},
        {"activity": "GBV-999"},
        {"commune": "99999"},
        {"commune": "03571"},
        {"commune": 3577},
        {"nonsense": 1},
    ],
)
def test_a_wrong_field(cast, change):
    activity("GBV-01")
    client = api(cast.dieuphoi_gbv)
    pairs = in_both(
        lambda headers: client.post(DISBURSEMENTS, {**DRAFT, **change}, headers=headers)
    )
    assert all(vietnamese != english for vietnamese, english in pairs), pairs


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "party"},
        {"kind": 5},
        {"boards": 5},
        {"boards": ["a"]},
        {"boards": [999]},
        {"stated_figures": {}},
        {"stated_figures": [5]},
        {"stated_figures": [{**FIGURE, "value": "x"}]},
        {"stated_figures": [{**FIGURE, "value": 1.234}]},
        {"stated_figures": [{**FIGURE, "value": 10**19}]},
        {"stated_figures": [{**FIGURE, "value": 10**30}]},
        {"stated_figures": [{**FIGURE, "value": True}]},
    ],
)
def test_a_wrong_part_of_a_record(cast, change):
    client = api(cast.bdh)
    pairs = in_both(lambda headers: client.post(MEETINGS, {**MEETING, **change}, headers=headers))
    assert all(vietnamese != english for vietnamese, english in pairs), pairs


@pytest.mark.parametrize(
    ("method", "address", "more"),
    [
        ("get", f"{DISBURSEMENTS}999999/", {}),
        ("get", f"{DISBURSEMENTS}?page=99", {}),
        ("get", f"{DISBURSEMENTS}?page_size=x", {}),
        ("get", f"{DISBURSEMENTS}?status=lost", {}),
        ("get", f"{DISBURSEMENTS}?amount_min=x", {}),
        ("get", f"{DISBURSEMENTS}?date_from=x", {}),
        ("get", f"{DISBURSEMENTS}?ordering=x", {}),
        ("get", f"{DISBURSEMENTS}?search={'x' * 300}", {}),
        ("get", f"{DISBURSEMENTS}?format=pdf", {}),
        ("get", f"{DISBURSEMENTS}?format=", {}),
        ("get", "/api/v1/nothing/", {}),
        ("get", "/api/v1/summary/?fiscal_year=1999", {}),
        ("get", "/api/v1/reports/annual.docx?fiscal_year=2023&page=1", {}),
        ("get", f"{ANNUAL}&outside=yes", {}),
        ("get", f"{ANNUAL}&outside=", {}),
        ("get", f"{ANNUAL}&outside=1&outside=0", {}),
        ("get", f"{DISBURSEMENTS}?program=,", {}),
        ("get", f"{DISBURSEMENTS}?status=%20", {}),
        ("get", "/api/v1/summary/?fiscal_year=2023&program=,", {}),
        ("put", f"{DISBURSEMENTS}1/", {}),
        ("post", "/api/v1/agreements/", {}),
        ("post", DISBURSEMENTS, {"data": "{", "content_type": "application/json"}),
        ("post", DISBURSEMENTS, {"data": "[]", "content_type": "application/json"}),
        ("post", DISBURSEMENTS, {"data": "null", "content_type": "application/json"}),
        ("post", DISBURSEMENTS, {"data": "{}", "content_type": "multipart/form-data"}),
        ("post", DISBURSEMENTS, {"data": " " * 6 * 2**20, "content_type": "application/json"}),
        ("get", f"{DISBURSEMENTS}?fields=amuont", {}),
        ("get", "/api/v1/summary/?fiscal_year=2023&known_at=0001-01-01T00:00", {}),
        ("get", "/api/v1/summary/?fiscal_year=2023&known_at=1910-09-02T15:00", {}),
        ("get", "/api/v1/summary/?fiscal_year=2023&units=x", {}),
        ("post", DISBURSEMENTS, {"data": "x", "content_type": "text/plain"}),
    ],
)
def test_a_wrong_request(cast, method, address, more):
    client = api(cast.bdh if "reports" in address else cast.dieuphoi)
    pairs = in_both(lambda headers: getattr(client, method)(address, headers=headers, **more))
    assert all(vietnamese != english for vietnamese, english in pairs), pairs


@pytest.mark.parametrize("debug", [False, True])
def test_a_write_without_the_last_slash_is_not_found_and_a_read_is_sent_on(cast, settings, debug):
    settings.DEBUG = debug
    client = api(cast.dieuphoi)
    assert client.post(DISBURSEMENTS.rstrip("/"), {}).status_code == 404
    read = client.get(DISBURSEMENTS.rstrip("/"))
    assert (read.status_code, read["Location"]) == (301, DISBURSEMENTS)


def test_a_form_that_is_not_to_be_had(cast):
    client = api(cast.khach)
    pairs = in_both(
        lambda headers: client.get(DISBURSEMENTS, headers={**headers, "accept": "image/png"})
    )
    assert all(vietnamese != english for vietnamese, english in pairs), pairs


@pytest.mark.parametrize("header", ["", "Token", "Token a b", "Token 0000"])
def test_nobody_knows_who_is_asking(reference, header):
    sent = {"authorization": header} if header else {}
    pairs = in_both(lambda headers: APIClient().get(DISBURSEMENTS, headers={**headers, **sent}))
    assert all(vietnamese != english for vietnamese, english in pairs), pairs


def test_too_many_requests(cast, settings):
    cache.clear()
    settings.API_RATES = {"read": 0, "write": 0, "address": 100, "refused": 100}
    client = api(cast.khach)
    pairs = in_both(lambda headers: client.get(DISBURSEMENTS, headers=headers))
    assert all("available" in e and "Hãy gửi lại sau" in v for v, e in pairs), pairs
    cache.clear()
