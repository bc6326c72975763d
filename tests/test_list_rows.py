"""A list's rows made from columns are those that its serializer makes of the records: the same
bytes, of every list, for everybody, in every form (core/api/rows.py)."""

import pytest

from core.api import streams
from core.api.rows import rows_of
from disbursements.ledger import services as ledger
from plan_portal.api import resources
from tests import factories as make
from tests.one_of_each import one_of_each, papers

pytestmark = pytest.mark.django_db
# Lists that the serializer makes itself: a field of theirs is worked out from the record.
FROM_RECORDS = {
    *("fiscal-years", "months", "communes", "plan-versions", "plan-lines", "boards", "agreements"),
    *("outputs", "groups", "record-files", "issued-reports", "shared-links", "uploads", "meetings"),
    *("action-points", "proposals", "comments", "notices", "report-drafts"),
}


@pytest.fixture
def some_of_all(cast):
    one_of_each(cast)
    papers(cast)
    whole = make.posted(40, voucher_no="=PC 1;2")
    ledger.reverse(actor=cast.quanly, disbursement=whole, reason="hoàn", amount=3)


def answers(people):
    """(person, address) → what every list answers."""
    found = {}
    for person in people:
        reader = make.api(person)
        for name in set(resources()) - FROM_RECORDS:
            for asked in ("", "?format=csv", "?fields=version,id"):
                answer = reader.get(f"/api/v1/{name}/{asked}")
                whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
                found[person.username, name, asked] = (answer.status_code, whole)
    return found


def test_rows_made_from_columns_are_those_of_the_records(cast, some_of_all, monkeypatch):
    people = (cast.dieuphoi_gbv, cast.quantri)
    fast = answers(people)
    monkeypatch.setattr(streams, "rows_of", lambda serializer: None)
    monkeypatch.setattr(streams, "_forms", {})
    slow = answers(people)
    assert [key for key in fast if fast[key] != slow[key]] == []
    assert {status for status, _body in fast.values()} <= {200, 403}


def test_which_lists_are_made_from_records(db):
    known = {}
    for name, view in resources().items():
        serializer = view.serializer_class(context={"cache": {}})
        for beside in getattr(serializer, "beside", ()):
            serializer.fields.pop(beside, None)
        known[name] = rows_of(serializer) is None
    assert {name for name, is_slow in known.items() if is_slow} == FROM_RECORDS
