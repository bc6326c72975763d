"""Where a request reads: from the replica what it may, where that has all that its person wrote."""

from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import ApiToken, User
from disbursements.models import Disbursement
from plan_portal.nodes import replica
from reports.models import Change, SharedLink

ROUTER = replica.Router()
SOMEBODY = SimpleNamespace(pk=7, is_authenticated=True)
ON_REPLICA, ON_PRIMARY = "replica", "default"


@pytest.fixture
def here(monkeypatch, settings):
    """A replica that is at 100, and nobody has written anything it lacks."""
    found = SimpleNamespace(at=(100, 0), marks={}, marked=[])
    cache = SimpleNamespace(get_many=lambda names: {n: found.marks.get(n, 0) for n in names})
    monkeypatch.setattr(replica, "_how_it_is", lambda: found.at)
    monkeypatch.setattr(replica, "caches", {replica.MARKS: cache})
    monkeypatch.setattr(replica, "mark", found.marked.append)
    monkeypatch.setattr(replica, "_is_away", lambda: None)
    monkeypatch.setattr(replica, "connection", SimpleNamespace(in_atomic_block=False))
    return found


def asked(*models, method="GET", person=SOMEBODY, write=None, address="/api/v1/disbursements/"):
    """Where a request reads these, one after the other, and its answer."""
    places = []

    def view(request):
        request.user = person
        if write:
            ROUTER.db_for_write(write)
        places.extend(ROUTER.db_for_read(model) for model in models)
        return HttpResponse()

    answer = replica.ReadsMayBeElsewhere(view)(RequestFactory().generic(method, address))
    return places, answer.get("Data-Age")


def test_what_decides_who_may_and_what_must_not_be_old_is_read_from_the_primary(here):
    assert asked(User, Disbursement, ApiToken) == ([ON_PRIMARY, ON_REPLICA, ON_PRIMARY], "0")
    assert asked(SharedLink) == ([ON_PRIMARY], None)
    assert asked(Disbursement, method="POST") == ([ON_PRIMARY], None)
    assert here.marked == [7]
    nobody = SimpleNamespace(is_authenticated=False)
    assert asked(Disbursement, person=nobody) == ([ON_PRIMARY], None)


def test_one_sees_what_one_wrote_and_what_a_task_did(here):
    for name in ("7", "0"):
        here.marks = {name: 101}
        assert asked(Disbursement) == ([ON_PRIMARY], None)
    here.marks = {"8": 101, "7": 100}
    assert asked(Disbursement) == ([ON_REPLICA], "0")
    assert asked(Disbursement, write=Disbursement) == ([ON_PRIMARY], None)
    assert here.marked == [7]


def test_who_follows_changes_misses_nothing(here):
    assert asked(Change, Disbursement) == ([ON_PRIMARY, ON_PRIMARY], None)
    assert here.marked == [7]
    assert asked(Disbursement, address="/imports/5/") == ([ON_PRIMARY], None)
    assert here.marked == [7, 7]
    since = "/api/v1/disbursements/?updated_since=2026-11-30"
    assert asked(Disbursement, address=since) == ([ON_PRIMARY], None)


def test_a_replica_that_is_away_or_goes_meanwhile_is_not_missed(here):
    here.at = None
    assert asked(Disbursement) == ([ON_PRIMARY], None)
    here.at, places = (100, 3), []

    def view(request):
        request.user = SOMEBODY
        places.append(ROUTER.db_for_read(Disbursement))
        return HttpResponse(status=503 if places[-1] == ON_REPLICA else 200)

    answer = replica.ReadsMayBeElsewhere(view)(RequestFactory().get("/"))
    assert (answer.status_code, places) == (200, [ON_REPLICA, ON_PRIMARY])
    assert replica._now.get() is None
