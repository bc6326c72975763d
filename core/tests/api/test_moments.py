"""Records say when they were entered and last changed; lists give what changed since."""

import pytest
from django.utils.dateparse import parse_datetime

from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from tests import factories as make
from tests.factories import api

pytestmark = pytest.mark.django_db
LEDGER = "/api/v1/disbursements/"


def test_a_record_says_when_it_was_entered_changed_and_posted_and_by_whom(cast):
    row = make.posted(by=cast.dieuphoi, post_by=cast.quanly)
    client = api(cast.khach)
    record = client.get(f"{LEDGER}{row.pk}/").json()
    assert record["posted_by"] == "quanly"
    moments = [parse_datetime(record[f"{name}_at"]) for name in ("created", "posted", "updated")]
    assert moments == sorted(moments)
    listed = client.get(LEDGER).json()["results"][0]
    assert {name: listed[name] for name in listed} == {name: record[name] for name in listed}
    draft = client.get(f"{LEDGER}{make.draft(by=cast.dieuphoi).pk}/").json()
    assert (draft["posted_at"], draft["posted_by"]) == (None, None)


def test_an_activity_has_its_moments_by_its_trail(cast):
    activity = make.activity("GBV-77")
    record = api(cast.khach).get(f"/api/v1/activities/{activity.pk}/").json()
    assert record["created_at"] == record["updated_at"] is not None


def test_a_whole_record_with_its_moments_can_be_sent_back(cast):
    row = make.draft(by=cast.dieuphoi)
    client = api(cast.dieuphoi)
    record = client.get(f"{LEDGER}{row.pk}/").json()
    changed = client.patch(f"{LEDGER}{row.pk}/", {**record, "payee": "Trạm y tế xã"}, format="json")
    assert changed.status_code == 200, changed.content
    made = client.post(LEDGER, {**record, "amount": 5}, format="json")
    assert made.status_code == 400 and "updated_at" in made.json()


def test_a_list_gives_what_was_entered_or_changed_since(cast):
    first, second = make.draft(1, by=cast.dieuphoi), make.draft(2, by=cast.dieuphoi)
    client = api(cast.dieuphoi)
    middle = client.get(f"{LEDGER}{second.pk}/").json()["created_at"]

    def since(moment):
        answer = client.get(LEDGER, {"updated_since": moment})
        return sorted(row["amount"] for row in answer.json()["results"])

    assert since(middle) == [2]
    ledger.update(actor=cast.dieuphoi, disbursement=first, version=1, payee="Hội Phụ nữ xã")
    assert since(middle) == [1, 2]
    assert since("2026-01-01") == [1, 2]
    assert since("2100-01-01T00:00") == []
    assert Disbursement.objects.count() == 2


@pytest.mark.parametrize("text", ["yesterday", "2022-13-01", "٢٠٢٢-٠١-٠١", "0001-01-01T00:00", "1"])
def test_what_is_no_moment_is_refused(cast, text):
    answer = api(cast.khach).get(LEDGER, {"updated_since": text})
    assert (answer.status_code, [*answer.json()]) == (400, ["updated_since"])


def test_what_keeps_no_trail_is_not_asked_so(cast):
    answer = api(cast.khach).get("/api/v1/plan-lines/", {"updated_since": "2026-01-01"})
    assert (answer.status_code, [*answer.json()]) == (400, ["updated_since"])
