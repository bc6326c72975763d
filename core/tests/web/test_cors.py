"""Pages of other origins read the API where they were named, and never write."""

import pytest

from tests.factories import api

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PROVINCE, OTHER = "https://tinh.example.vn", "https://la.example.vn"
ALLOWED = "Access-Control-Allow-Origin"
ADDRESS = "/api/v1/programs/"


def preflight(client, method, origin=PROVINCE):
    asked = {
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
    }
    return client.options(ADDRESS, headers={"Origin": origin, **asked})


def test_no_origin_reads_while_none_is_named(cast):
    answer = api(cast.khach).get(ADDRESS, headers={"Origin": PROVINCE})
    assert answer.status_code == 200
    assert ALLOWED not in answer
    assert ALLOWED not in preflight(api(cast.khach), "GET")


def test_an_origin_that_is_named_reads_with_a_token_and_no_other_does(cast, settings):
    settings.CORS_ALLOWED_ORIGINS = [PROVINCE]
    client = api(cast.khach)
    answer = client.get(ADDRESS, headers={"Origin": PROVINCE})
    assert (answer.status_code, answer[ALLOWED]) == (200, PROVINCE)
    assert "Access-Control-Allow-Credentials" not in answer  # a token, not somebody's session
    assert {"ETag", "RateLimit-Remaining"} <= {
        each.strip() for each in answer["Access-Control-Expose-Headers"].split(",")
    }
    assert ALLOWED not in client.get(ADDRESS, headers={"Origin": OTHER})
    asked = preflight(client, "GET")
    assert (asked.status_code, asked[ALLOWED]) == (200, PROVINCE)
    assert "authorization" in asked["Access-Control-Allow-Headers"]
    assert ALLOWED not in preflight(client, "GET", OTHER)


def test_no_origin_writes(cast, settings):
    settings.CORS_ALLOWED_ORIGINS = [PROVINCE]
    client = api(cast.dieuphoi)
    allowed = preflight(client, "POST")["Access-Control-Allow-Methods"]
    assert {each.strip() for each in allowed.split(",")} == {"GET", "HEAD", "OPTIONS"}
    written = client.post("/api/v1/disbursements/", {}, headers={"Origin": PROVINCE})
    assert ALLOWED not in written


def test_no_page_is_read_from_another_origin(cast, settings, client):
    settings.CORS_ALLOWED_ORIGINS = [PROVINCE]
    client.force_login(cast.khach)
    assert ALLOWED not in client.get("/", headers={"Origin": PROVINCE})
