"""The same request of a program once more gets the same answer by a short way (reports/again.py):
header by header what the whole way gives, and refused as there."""

import gzip
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from accounts import throttling
from accounts.roles import Role
from reports import again, kept
from tests import factories as make

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/summary/?fiscal_year=2023&by=program,commune"
ASKED = [
    *({}, {"Accept-Language": "en"}, {"Accept-Encoding": "gzip"}, {"Accept": "text/csv"}),
    *({"Origin": "https://tinh.example"}, {"X-Anything": "1"}, {"Range": "bytes=0-9"}),
]
ITS_OWN = ("X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset", "Content-Length")


@pytest.fixture
def reader(cast):
    make.posted(40)
    return make.api(cast.dieuphoi)


@pytest.fixture
def short(monkeypatch):
    """The answers that went the short way."""
    told = []
    whole = again.Told.again
    monkeypatch.setattr(again.Told, "again", lambda self: told.append(self) or whole(self))
    return told


def said(response):
    body = response.content
    body = gzip.decompress(body) if response.get("Content-Encoding") == "gzip" else body
    headers = {name: text for name, text in response.items() if name not in ITS_OWN}
    return response.status_code, headers, body


@override_settings(CORS_ALLOWED_ORIGINS=["https://tinh.example"])
def test_the_short_way_says_what_the_whole_one_does(reader, short):
    tag = reader.get(ADDRESS)["ETag"]
    for headers in [*ASKED, {"If-None-Match": tag}, {"If-None-Match": '"other"'}]:
        kept.forget()
        first, second = (reader.get(ADDRESS, headers=headers) for _ in range(2))
        assert said(first) == said(second), headers
        left = [int(each["RateLimit-Remaining"]) for each in (first, second)]
        assert left[1] == left[0] - 1
    assert len(short) == len(ASKED) + 1  # a table as CSV goes the whole way
    with CaptureQueriesContext(connection) as seen:
        assert reader.get(ADDRESS, headers={"If-None-Match": tag}).status_code == 304
    assert len(seen) == 2  # who it is, and the stamp


def test_who_may_not_have_it_any_more_does_not_get_it(cast, reader, short):
    person, (token,) = cast.dieuphoi, cast.dieuphoi.auth_token_set.all()
    rows = [reader.get(ADDRESS).json()["rows"] for _ in range(2)]
    assert rows[0] and len(short) == 1
    person.assignments.all().delete()
    assert reader.get(ADDRESS).json()["rows"] == []
    person.role = Role.COMMUNE
    person.save()
    assert reader.get(ADDRESS).status_code == 200 and len(short) == 1
    for row, values, back in (
        (token, {"expiry": timezone.now() - timedelta(seconds=1)}, {}),
        (person, {"is_active": False}, {"is_active": True}),
    )[::-1]:
        type(row)._base_manager.filter(pk=row.pk).update(**values)
        assert reader.get(ADDRESS).status_code == 401
        type(row)._base_manager.filter(pk=row.pk).update(**back or values)
    assert reader.get(ADDRESS).status_code == 401 and len(short) == 1


def test_a_limit_is_a_limit_and_another_token_or_cookie_is_another_request(
    cast, reader, short, settings
):
    for _ in range(2):
        reader.get(ADDRESS)
    make.api(cast.dieuphoi).get(ADDRESS)
    reader.cookies["sessionid"] = "x"
    reader.get(ADDRESS)
    del reader.cookies["sessionid"]
    assert len(short) == 1
    settings.API_RATES = {**settings.API_RATES, "read": 1}
    answer = reader.get(ADDRESS)
    assert answer.status_code == 429 and 0 < int(answer["Retry-After"]) <= throttling.WINDOW
