"""What a write may name: the version, fields that are read only, methods that there are."""

import pytest

from disbursements.models import Disbursement
from monitoring.models import Meeting
from plan_portal.api import router
from tests.factories import BAN_LANG, activity, api, draft, draft_plan, line
from tests.one_of_each import one_of_each, papers

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DRAFTS = "/api/v1/disbursements/"
NEW = {"date": "2022-09-15", "amount": 12_500_000, "activity": "GBV-01", "commune": BAN_LANG}
CHANGEABLE = [name for name, view, _base in router.registry if hasattr(view, "partial_update")]
SET_BY_THE_PORTAL = {"number": 1, "status": "posted", "reverses": 1, "id": 7, "version": 1}


def test_a_change_needs_a_version_or_the_tag(cast):
    client, at = api(cast.dieuphoi), f"{DRAFTS}{draft(5).pk}/"
    refused = client.patch(at, {"payee": "Hội Phụ nữ xã"})
    assert (refused.status_code, set(refused.json())) == (400, {"version"})
    tag = client.get(at)["ETag"]
    assert client.patch(at, {"payee": "Hội Phụ nữ xã"}, HTTP_IF_MATCH=tag).status_code == 200


def test_a_version_too_large_is_told_the_largest(cast):
    client, at = api(cast.dieuphoi), f"{DRAFTS}{draft(5).pk}/"
    for refused in (client.delete(f"{at}?version=2147483648"), client.delete(f"{at}?version=0")):
        assert refused.status_code == 400
        assert "2147483647" in refused.json()["version"][0]


@pytest.mark.parametrize(
    "address",
    [DRAFTS, "/api/v1/summary/", "/api/v1/variances/", "/api/v1/reports/workbook.xlsx"],
)
def test_allow_names_no_method_that_is_refused(cast, address):
    client = api(cast.dieuphoi)
    refused = client.options(address)
    assert refused.status_code == 405
    assert "OPTIONS" not in refused["Allow"]
    for method in refused["Allow"].split(", "):
        assert client.generic(method, address).status_code != 405, method


@pytest.mark.parametrize(("name", "value"), [*SET_BY_THE_PORTAL.items(), ("number", None)])
def test_a_new_record_does_not_name_what_the_portal_sets(cast, name, value):
    activity("GBV-01")
    client = api(cast.dieuphoi)
    refused = client.post(DRAFTS, {**NEW, name: value})
    assert (refused.status_code, set(refused.json())) == (400, {name})
    refused = client.post(f"{DRAFTS}bulk/", {"rows": [NEW, {**NEW, name: value}]})
    assert refused.status_code == 400
    assert [(row["row"], set(row["errors"])) for row in refused.json()["rows"]] == [(2, {name})]
    assert not Disbursement.objects.exists()


def several(cast):
    """Of the people: of each record some who may change it, and one who only looks."""
    return (cast.dieuphoi, cast.bdh, cast.quanly, cast.quantri, cast.khach)


def test_a_change_may_send_the_whole_record_back(cast):
    one_of_each(cast)
    papers(cast)
    for name in CHANGEABLE:
        _changed_as_read(cast, f"/api/v1/{name}/")


def _changed_as_read(cast, address):
    """The newest record, sent back whole by somebody who may: 200, or that it is past changing."""
    record = api(cast.bdh).get(address).json()["results"][0]
    if "status" in record:
        record = api(cast.bdh).get(address, {"status": "draft"}).json()["results"][0]
    answers = [api(who).patch(f"{address}{record['id']}/", record) for who in several(cast)]
    assert not [each.content for each in answers if each.status_code == 400]
    assert any(each.status_code in (200, 409) for each in answers), address


def test_every_record_is_changed_by_its_tag_and_refuses_what_it_was_not(cast):
    one_of_each(cast)
    papers(cast)
    draft_plan(line("GBV-02"))
    for name in CHANGEABLE:
        _changed_by_its_tag(cast, name)


def _changed_by_its_tag(cast, name):
    list_at = f"/api/v1/{name}/"
    drafts = {"disbursements": {"status": "draft"}, "plan-lines": {"state": "draft"}}
    record = api(cast.bdh).get(list_at, drafts.get(name, {})).json()["results"][0]
    at = f"{list_at}{record['id']}/"
    changed, stale = [], []
    for who in several(cast):
        client = api(who)
        changed.append(client.patch(at, {}, HTTP_IF_MATCH=client.get(at).get("ETag", '"none"')))
        body = {"id": record["id"] + 1, "version": record["version"] + 1000}
        stale.append(client.patch(at, body))
    assert not {each.status_code for each in changed} - {200, 403, 404, 409}, name
    assert 200 in {each.status_code for each in changed}, name
    assert {each.status_code for each in stale} <= {403, 404, 409}, name
    assert 409 in {each.status_code for each in stale}, name


def test_a_change_of_what_is_read_only_is_refused(cast):
    client, at = api(cast.dieuphoi), f"{DRAFTS}{draft(5).pk}/"
    record = client.get(at).json()
    for name, value in {"number": 1, "status": "posted", "reversed_amount": False}.items():
        refused = client.patch(at, {**record, name: value})
        assert (refused.status_code, set(refused.json())) == (400, {name})
    changed = client.patch(at, {**record, "payee": "Hội Phụ nữ xã"}).json()
    assert changed["payee"] == "Hội Phụ nữ xã"
    assert client.post(f"{at}submit/", {"version": changed["version"]}).status_code == 200
    stale = client.patch(at, changed)  # its `status` is not what it was
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")


def test_a_meeting_is_sent_back_with_its_figures(cast):
    one_of_each(cast)
    Meeting.objects.get().stated_figures.all().delete()
    client, at = api(cast.bdh), f"/api/v1/meetings/{Meeting.objects.get().pk}/"
    figure = {"label": "Giải ngân", "measure": "disbursed", "value": 9, "unit": "đồng"}
    figure |= {"text": "9 đồng", "fiscal_year": "2023"}
    version = client.get(at).json()["version"]
    made = client.patch(at, {"version": version, "stated_figures": [figure]})
    assert made.status_code == 200, made.content
    again = client.patch(at, {**made.json(), "chair": "Phó Chủ tịch"})
    assert (again.status_code, again.json()["stated_figures"]) == (
        200,
        made.json()["stated_figures"],
    )
    wrong = {**again.json()["stated_figures"][0], "ledger_value": 10}
    version = again.json()["version"]
    refused = client.patch(at, {"version": version, "stated_figures": [wrong]})
    assert refused.status_code == 400
    assert "ledger_value" in str(refused.json()["stated_figures"])
