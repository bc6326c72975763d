"""What every resource of the API has in common, shown on the reference data."""

from datetime import date

import pytest

from accounts.roles import Role
from plan_portal.api import router
from tests.factories import BAN_LANG, NAM_XE, activity, api, draft, posted, user
from tests.one_of_each import one_of_each, papers

pytestmark = pytest.mark.django_db

LISTS = ("fiscal-years", "programs", "funds", "communes", "villages", "activities")


def codes(answer, field="code"):
    assert answer.status_code == 200, answer.content
    return {row[field] for row in answer.json()["results"]}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_paged_and_leads_to_its_records(cast, name):
    activity("GBV-01")
    client = api(cast.khach)
    body = client.get(f"/api/v1/{name}/").json()
    assert set(body) == {"count", "next", "previous", "results"}
    first = body["results"][0]
    assert {"id", "version"} <= set(first)
    assert client.get(f"/api/v1/{name}/{first['id']}/").json() == first


@pytest.mark.any_database
@pytest.mark.parametrize("name", LISTS)
def test_without_a_token_401_says_how_to_sign_in(client, reference, name):
    answer = client.get(f"/api/v1/{name}/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.any_database
@pytest.mark.parametrize("name", [name for name in LISTS if name != "activities"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_reference_data_are_read_only(cast, name, method):
    assert getattr(api(cast.quantri), method)(f"/api/v1/{name}/", {}).status_code == 405


def test_units_and_villages_are_those_of_the_scope(cast):
    client = api(cast.xa_banlang)
    assert codes(client.get("/api/v1/communes/")) == {BAN_LANG}
    assert codes(client.get("/api/v1/villages/"), "commune") <= {BAN_LANG}
    assert codes(api(cast.dieuphoi_gbv).get("/api/v1/programs/")) == {"GBV"}


def test_out_of_scope_is_not_found(cast):
    theirs = api(cast.khach).get("/api/v1/communes/", {"code": NAM_XE}).json()["results"][0]
    assert api(cast.xa_banlang).get(f"/api/v1/communes/{theirs['id']}/").status_code == 404


def test_search_needs_no_accents_and_no_case(cast):
    client = api(cast.khach)
    found = client.get("/api/v1/communes/", {"search": "BAN lang", "in_programme_area": "true"})
    assert BAN_LANG in codes(found)
    assert codes(client.get("/api/v1/communes/", {"search": "không đâu"})) == set()


def test_ordering_goes_both_ways_and_only_by_known_fields(cast):
    client = api(cast.khach)
    up = [y["code"] for y in client.get("/api/v1/fiscal-years/?ordering=code").json()["results"]]
    down = [y["code"] for y in client.get("/api/v1/fiscal-years/?ordering=-code").json()["results"]]
    assert up == sorted(up) and down == up[::-1]
    refused = client.get("/api/v1/fiscal-years/?ordering=ceiling")
    assert refused.status_code == 400 and set(refused.json()) == {"ordering"}


def test_what_has_no_value_comes_last_in_either_order(cast):
    one, two, none = posted(1000), posted(2000), draft(3000)
    client = api(cast.khach)
    for sign, first in (("", [one, two]), ("-", [two, one])):
        rows = client.get(f"/api/v1/disbursements/?ordering={sign}number").json()["results"]
        assert [row["id"] for row in rows] == [row.pk for row in [*first, none]]


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/api/v1/communes/?cod=03577", "cod"),
        ("/api/v1/communes/?code=99999", "code"),
        ("/api/v1/communes/?level=town", "level"),
        ("/api/v1/communes/?valid_on=2023-02-30", "valid_on"),
        ("/api/v1/communes/?in_programme_area=maybe", "in_programme_area"),
        ("/api/v1/communes/?page_size=many", "page_size"),
        ("/api/v1/communes/?code=", "code"),
        ("/api/v1/communes/?valid_on=", "valid_on"),
        ("/api/v1/summary/?fiscal_year=2023&as_of=", "as_of"),
        ("/api/v1/communes/?page_size=0", "page_size"),
        ("/api/v1/communes/1/?code=1", "code"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(cast, address, field):
    answer = api(cast.khach).get(address)
    assert answer.status_code == 400
    assert set(answer.json()) == {field}


@pytest.mark.any_database
def test_a_page_has_at_most_500_rows(cast):
    for number in range(510):
        activity(f"GBV-{number:03}")
    body = api(cast.khach).get("/api/v1/activities/?page_size=100000").json()
    assert (body["count"], len(body["results"])) == (510, 500)


def test_the_unit_of_a_day_is_the_one_valid_then(cast):
    client = api(cast.khach)
    old = client.get("/api/v1/communes/", {"code": BAN_LANG, "valid_on": "2023-01-01"}).json()
    assert [u["name"] for u in old["results"]] == ["Bản Lang"]
    assert old["results"][0]["valid_to"] == str(date(2025, 6, 30))


def test_what_is_unchanged_is_304(cast):
    client = api(cast.khach)
    first = client.get("/api/v1/programs/")
    again = client.get("/api/v1/programs/", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    other = client.get("/api/v1/programs/", {"code": "GBV"}, HTTP_IF_NONE_MATCH=first["ETag"])
    assert other.status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_database_as_often_for_many_rows(cast, name, django_assert_max_num_queries):
    for number in range(40):
        activity(f"ECCD-{number:03}")
    client = api(user(role=Role.VIEWER))
    client.get(f"/api/v1/{name}/")
    with django_assert_max_num_queries(8):
        client.get(f"/api/v1/{name}/?page_size=500")


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/summary/?fiscal_year=20%0023",
        "/api/v1/trainings/summary/?fiscal_year=2023&program=%00",
        "/api/v1/communes/?search=%00",
        "/?fiscal_year=%00",
        "/tokens/%00/revoke/",
    ],
)
def test_an_address_with_a_null_character_is_refused(cast, client, address):
    client.force_login(cast.khach)
    assert client.get(address).status_code == 400


def test_a_reader_asks_for_fewer_fields_in_the_order_it_wants(cast):
    client = api(cast.khach)
    row = client.get("/api/v1/programs/", {"fields": "name,code"}).json()["results"][0]
    assert list(row) == ["name", "code"]
    one = client.get("/api/v1/programs/", {"code": "GBV"}).json()["results"][0]
    part = client.get(f"/api/v1/programs/{one['id']}/", {"fields": "code"})
    assert part.json() == {"code": "GBV"}
    whole = client.get(f"/api/v1/programs/{one['id']}/", HTTP_IF_NONE_MATCH=part["ETag"])
    assert (whole.status_code, whole.json()) == (200, one)
    lines = client.get("/api/v1/programs/", {"fields": "code,name", "format": "csv"})
    assert lines.getvalue().decode().lstrip("\ufeff").startswith("code,name\r\nECCD,")


def test_a_field_that_there_is_not_is_refused_with_the_nearest(cast):
    client = api(cast.khach, name="Ít trường")
    for form in ("json", "csv", "jsonl", "xlsx"):
        answer = client.get("/api/v1/programs/", {"fields": "code,nam", "format": form})
        assert answer.status_code == 400
        assert answer.json() == {"fields": ["Không có trường 'nam'. Có: name, name_en."]}
    for nothing in ("", ",", " , "):
        assert client.get("/api/v1/programs/", {"fields": nothing}).status_code == 400
    assert client.get("/api/v1/programs/", {"fields": "code,"}).status_code == 200


@pytest.mark.any_database
def test_each_field_on_its_own_is_what_it_is_in_the_whole_record(cast):
    one_of_each(cast)
    papers(cast)
    for name, _view, _base in router.registry:
        seen = ((api(who), api(who).get(f"/api/v1/{name}/").json()) for who in cast.everybody())
        client, whole = next((c, found["results"][0]) for c, found in seen if found.get("results"))
        for field in whole:
            part = client.get(f"/api/v1/{name}/{whole['id']}/", {"fields": field})
            assert part.json() == {field: whole[field]}


def test_comments_are_found_by_their_words(cast):
    one_of_each(cast)
    client = api(cast.bdh)
    assert client.get("/api/v1/comments/?search=da XEM").json()["count"] == 1
    assert client.get("/api/v1/comments/?search=da nghe").json()["count"] == 0
