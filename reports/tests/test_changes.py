"""`/api/v1/changes/`: who follows it has what the lists show, whichever door was used."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from disbursements.drafts import services as drafts
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from disbursements.plans import editing as plan_edit
from plan_portal.api import resources
from programs.models import Output
from programs.years import closing
from reports.changes import feed, sources, triggers
from reports.models import Change
from tests import factories as make
from tests.mirror import CHANGES, Mirror, shown
from tests.one_of_each import one_of_each

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def coordinator():
    make.activity()
    return make.somebody()


@pytest.fixture
def mirror(coordinator):
    return Mirror(make.api(coordinator))


def told(mirror, row):
    """What was told of a record since it was last asked."""
    mirror.told.clear()
    mirror.follow()
    return [change for resource, pk, change in mirror.told if (resource, pk) == row]


def is_copy(mirror):
    mirror.follow()
    return mirror.records == shown(mirror.client)


def test_without_a_cursor_it_is_that_of_now(coordinator):
    client = make.api(coordinator)
    make.draft(by=coordinator)
    answer = client.get(CHANGES).json()
    assert (answer["changes"], answer["more"]) == ([], False)
    assert client.get(answer["next"]).json()["changes"] == []


def test_a_row_is_told_created_changed_and_deleted(mirror, coordinator):
    row = make.draft(by=coordinator)
    key = ("disbursements", row.pk)
    assert told(mirror, key) == ["created"]
    row = ledger.update(actor=coordinator, disbursement=row, version=1, payee="Hội Phụ nữ xã")
    assert told(mirror, key) == ["changed"]
    assert mirror.records[key]["payee"] == "Hội Phụ nữ xã"
    drafts.disbursement(actor=coordinator, disbursement=row, version=row.version)
    assert told(mirror, key) == ["deleted"]
    assert key not in mirror.records


def test_a_row_that_moves_on_comes_in_its_new_state_once(mirror, coordinator):
    row = make.posted(by=coordinator)
    assert told(mirror, ("disbursements", row.pk)) == ["created"]
    assert mirror.records["disbursements", row.pk]["status"] == "posted"
    ledger.reverse(actor=make.somebody(Role.MANAGER), disbursement=row, reason="Nhập nhầm")
    assert told(mirror, ("disbursements", row.pk)) == ["changed"]
    assert is_copy(mirror)


def test_what_no_trail_tells_is_told(mirror, coordinator):
    """`update()` and SQL by hand, a draft's plan lines, a comment, a closed month."""
    row = make.draft(by=coordinator)
    plan = make.draft_plan(make.line(), by=coordinator)
    assert is_copy(mirror)
    Disbursement.objects.filter(pk=row.pk).update(payee="Trạm y tế xã")
    line = plan.lines.get()
    plan.refresh_from_db()
    stated = make.line(amounts={1: 5, 2: 7})
    plan_edit.set_line(actor=coordinator, plan=plan, line=stated)
    assert told(mirror, ("plan-lines", line.pk)) == ["changed"]
    assert mirror.records["disbursements", row.pk]["payee"] == "Trạm y tế xã"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM disbursements_disbursement WHERE id = %s", [row.pk])
    closing.close_period(actor=make.somebody(Role.MANAGER), period=make.period())
    assert is_copy(mirror)
    assert ("disbursements", row.pk) not in mirror.records


def test_one_of_each_resource_is_told(cast):
    mirror = Mirror(make.api(cast.dieuphoi))
    before = set(mirror.records)
    one_of_each(cast)
    assert is_copy(mirror)
    made = set(mirror.records) - before
    assert made == {(resource, pk) for resource, pk, change in mirror.told if change == "created"}
    assert {"disbursements", "plan-lines", "comments", "outputs", "boards"} <= {
        r for r, _pk in made
    }


def test_an_output_that_is_given_to_another_programme_leaves_who_has_the_first_alone(cast):
    one_of_each(cast)
    output = Output.objects.get()
    mirror = Mirror(make.api(make.user(programs=[output.program])))
    assert ("outputs", output.pk) in mirror.records
    other = make.program("YEE" if output.program.code != "YEE" else "GBV")
    Output.objects.filter(pk=output.pk).update(program=other, activity=None)
    assert told(mirror, ("outputs", output.pk)) == ["deleted"]
    assert is_copy(mirror)


def test_what_leaves_the_scope_is_gone_and_what_enters_is_there(coordinator):
    row = make.draft(by=coordinator, commune=make.BAN_LANG)
    here = Mirror(make.api(make.user(communes=[make.BAN_LANG])))
    there = Mirror(make.api(make.user(communes=[make.NAM_XE])))
    elsewhere = Mirror(make.api(make.user(communes=[make.DAO_SAN])))
    key = ("disbursements", row.pk)
    ledger.update(actor=coordinator, disbursement=row, version=1, commune=make.commune(make.NAM_XE))
    assert told(here, key) == ["deleted"]
    assert told(there, key) == ["changed"]
    assert told(elsewhere, key) == []
    assert is_copy(here) and is_copy(there) and is_copy(elsewhere)


def test_nobody_is_told_of_what_was_never_theirs(coordinator):
    other = Mirror(make.api(make.user(programs=["YEE"])))
    row = make.draft(by=coordinator)
    drafts.disbursement(actor=coordinator, disbursement=row, version=row.version)
    assert told(other, ("disbursements", row.pk)) == []


def test_a_plan_draft_whose_last_line_in_the_scope_goes_is_gone(coordinator):
    lines = [make.line(), make.line(commune_code=make.NAM_XE)]
    plan = make.draft_plan(*lines, by=coordinator)
    plan.spoken.all().delete()
    mirror = Mirror(make.api(make.user(communes=[make.BAN_LANG])))
    key = ("plan-versions", plan.pk)
    assert key in mirror.records
    plan.lines.filter(commune__code=make.BAN_LANG).delete()
    assert told(mirror, key) == ["deleted"]
    assert is_copy(mirror)


def test_pages_hold_what_was_asked_for_and_go_on(coordinator):
    mirror = Mirror(make.api(coordinator), size=3)
    rows = [make.draft(n, by=coordinator) for n in range(1, 11)]
    assert mirror.follow() > 3
    assert {key for key in mirror.records if key[0] == "disbursements"} == {
        ("disbursements", row.pk) for row in rows
    }


def test_one_resource_alone(coordinator):
    client = make.api(coordinator)
    address = client.get(CHANGES, {"resource": "plan-lines"}).json()["next"]
    make.draft_plan(by=coordinator)
    told = {each["resource"] for each in client.get(address).json()["changes"]}
    assert told == {"plan-lines"}
    wrong = client.get(CHANGES, {"resource": "money"})
    assert (wrong.status_code, [*wrong.json()]) == (400, ["resource"])


@pytest.mark.parametrize("text", ["1", "bad", "é", "MS4x", "A" * 5000, "LTEuMS54"])
def test_what_is_no_cursor_is_400(coordinator, text):
    answer = make.api(coordinator).get(
        CHANGES, {"after": text}, HTTP_ACCEPT="application/problem+json"
    )
    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("after", "bad_cursor")]


def over(client, address):
    answer = client.get(address, HTTP_ACCEPT="application/problem+json")
    assert answer.status_code == 410
    assert "read the lists again" in answer.json()["detail"]
    return answer.json()["code"]


@pytest.fixture
def client(coordinator):
    client = make.api(coordinator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_cursor_whose_rows_are_kept_no_more_is_410(client, coordinator):
    first = client.get(CHANGES).json()["next"]
    make.draft(by=coordinator)
    last = client.get(CHANGES).json()["next"]
    assert feed.forget_before(timezone.now() - timedelta(days=1)) == 0
    assert client.get(first).status_code == 200
    assert feed.forget_before(timezone.now() + timedelta(days=1)) > 0
    assert over(client, first) == "cursor_too_old"
    assert client.get(last).status_code == 200


def test_a_cursor_of_what_a_restored_backup_has_otherwise_is_410(client, coordinator):
    make.draft(by=coordinator)
    address = client.get(CHANGES).json()["next"]
    last = feed.start()
    last.at += timedelta(seconds=1)
    last.save()
    assert over(client, address) == "cursor_too_old"


def test_after_another_server_counts_all_begins_anew(client, coordinator):
    address = client.get(CHANGES).json()["next"]
    Change.objects.filter(resource=triggers.START).update(record=5)
    assert over(client, address) == "changes_begun_anew"
    assert client.get(client.get(CHANGES).json()["next"]).status_code == 200


def test_where_triggers_were_missing_all_begins_anew(client, coordinator):
    address = client.get(CHANGES).json()["next"]
    triggers.install("default", sources.sources(resources()))
    assert client.get(address).status_code == 200
    triggers.remove(connection)
    make.draft(by=coordinator)
    triggers.install("default", sources.sources(resources()))
    assert over(client, address) == "cursor_too_old"


def test_another_scope_makes_a_cursor_over():
    person = make.user(communes=[make.BAN_LANG])
    client = make.api(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    address = client.get(CHANGES).json()["next"]
    person.assignments.create(commune=make.commune(make.NAM_XE))
    assert over(client, address) == "scope_changed"


def test_more_changes_are_not_more_queries(coordinator):
    client = make.api(coordinator)

    def asked(count):
        address = client.get(CHANGES).json()["next"]
        for n in range(count):
            make.posted(n + 1, by=coordinator, date=date(2022, 9, 1 + n))
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(address).json()["changes"]) == count
        return len(queries)

    assert asked(3) == asked(12)


def test_the_rows_behind_a_cursor_are_read_from_the_index(coordinator):
    make.draft(by=coordinator)
    rows = (
        feed._counting().filter(feed.after_condition(feed.ORDER, (0, 1))).order_by("xid", "id")[:10]
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
            plan = rows.explain()
            cursor.execute("RESET enable_seqscan")
    else:
        plan = rows.explain()
    assert "change_order" in plan
    assert "Sort" not in plan and "TEMP B-TREE" not in plan
