"""The rules hold in the database itself, also for who goes round the services."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.roles import Role
from core.services.errors import Conflict
from core.services.transition import save_with_history
from disbursements import guards
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, PlanAmount, PlanLine, PlanVersion, Status
from disbursements.proof import prove
from tests import factories as make
from tests import first_state
from tests.test_settings import ROOT, start

SEPTEMBER = date(2022, 9, 15)


def refused(change, text: str = ".") -> None:
    """The database refuses a change; `text` is part of what it says."""
    with pytest.raises(IntegrityError, match=text), transaction.atomic():
        change()


CHANGES = {
    "amount": 5,
    "date": date(2022, 9, 16),
    "number": 99,
    "payee": "ai khác",
    "voucher_no": "PC9",
    "voucher_date": SEPTEMBER,
    "description": "khác",
    "quarter": 2,
    "status": Status.RETURNED,
    "origin": "history",
    "posted_at": timezone.now(),
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_posted_row_keeps_its_money_fields(cast, field):
    row = make.posted()
    rows = Disbursement.objects.filter(pk=row.pk)
    refused(lambda: rows.update(**{field: CHANGES[field]}))
    setattr(row, field, CHANGES[field])
    refused(row.save)


@pytest.mark.parametrize(
    "field",
    [
        *("activity", "commune", "fund", "program", "fiscal_year", "period", "posted_by"),
        *("submitted_by", "reverses"),
    ],
)
def test_a_posted_row_keeps_what_it_points_at(cast, field):
    row = make.posted()
    other = {
        "activity": lambda: make.activity("ECCD-01"),
        "commune": lambda: make.commune(make.NAM_XE),
        "fund": lambda: make.fund("KHAC"),
        "program": lambda: make.program("SPON"),
        "fiscal_year": lambda: make.year("2024"),
        "period": lambda: make.period(date(2022, 10, 1)),
        "posted_by": lambda: make.user(role=Role.HEAD),
        "submitted_by": make.user,
        "reverses": lambda: make.posted(activity="GBV-02"),
    }[field]()
    refused(lambda: Disbursement.objects.filter(pk=row.pk).update(**{field: other}), "portal")


def test_a_posted_row_is_never_deleted(cast):
    row = make.posted()
    refused(row.delete, "portal: posted row")
    refused(lambda: Disbursement.objects.all().delete(), "portal: posted row")
    make.draft().delete()


def test_a_closed_month_takes_no_posted_row_from_anybody(cast):
    waiting, posted = make.submitted(date=SEPTEMBER), make.posted(date=SEPTEMBER)
    make.close(make.period(SEPTEMBER))
    by_hand = {
        "status": Status.POSTED,
        "number": 77,
        "posted_by": cast.quanly,
        "posted_at": timezone.now(),
    }
    refused(
        lambda: Disbursement.objects.filter(pk=waiting.pk).update(**by_hand),
        "portal: period closed",
    )
    for name, value in by_hand.items():
        setattr(waiting, name, value)
    refused(waiting.save, "portal: period closed")
    copy = Disbursement.objects.get(pk=posted.pk)
    copy.pk, copy.number = None, 78
    refused(copy.save, "portal: period closed")
    assert list(Disbursement.objects.posted()) == [posted]


def by_hand(original, **changes):
    """A reversal written round the services."""
    copy = Disbursement.objects.get(pk=original.pk)
    changes = {"pk": None, "number": 900, "amount": -1, "reversed_amount": 0, **changes}
    for name, value in {"reverses": original, **changes}.items():
        setattr(copy, name, value)
    return copy.save


def test_a_reversal_by_hand_takes_back_no_more_than_is_left(cast):
    row = make.posted(1_000_000)
    ledger.reverse(actor=cast.quanly, disbursement=row, amount=600_000, reason="Hoàn ứng")
    refused(by_hand(row, amount=-400_001), "portal: reversal")
    by_hand(row, amount=-400_000)()
    refused(by_hand(row, number=901), "portal: reversal")


@pytest.mark.parametrize(
    "changes",
    [
        {"date": date(2022, 9, 14)},
        {"activity": "ECCD-01"},
        {"fund": "KHAC"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_reversal_by_hand_is_of_the_same_money_and_not_before_it(cast, changes):
    row = make.posted()
    found = {"activity": make.activity, "fund": make.fund}
    values = {name: found.get(name, lambda v: v)(value) for name, value in changes.items()}
    refused(by_hand(row, **values), "portal: reversal")


def test_only_a_posted_original_is_reversed_by_hand(cast):
    refused(
        by_hand(make.submitted(), status="posted", posted_by=cast.quanly, posted_at=timezone.now()),
        "portal: reversal",
    )
    row = make.posted()
    reversal = ledger.reverse(actor=cast.quanly, disbursement=row, amount=5, reason="Hoàn ứng")
    refused(by_hand(row, reverses=reversal), "portal: reversal")
    draft = Disbursement.objects.filter(pk=make.draft().pk)
    refused(lambda: draft.update(amount=-5, reverses=row), "portal: reversal")


def test_what_is_said_to_be_reversed_is_the_sum_of_the_reversals(cast):
    row = make.posted(1_000_000)
    ledger.reverse(actor=cast.quanly, disbursement=row, amount=600_000, reason="Hoàn ứng")
    rows = Disbursement.objects.filter(pk=row.pk)
    for said in (0, 599_999, 1_000_000):
        refused(lambda said=said: rows.update(reversed_amount=said), "portal: reversal")
    assert rows.get().reversed_amount == 600_000


def test_four_eyes_hold_in_the_database(cast):
    row = make.submitted(by=cast.dieuphoi)
    by_hand = {
        "status": Status.POSTED,
        "number": 1,
        "posted_by": cast.dieuphoi,
        "posted_at": timezone.now(),
    }
    rows = Disbursement.objects.filter(pk=row.pk)
    refused(lambda: rows.update(**by_hand), "disbursement_four_eyes")
    assert rows.update(**by_hand, origin="history") == 1


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"amount": 0}, "disbursement_amount_in_range"),
        ({"amount": -5}, "disbursement_amount_in_range"),
        ({"amount": 10**15 + 1}, "disbursement_amount_in_range"),
        ({"reversed_amount": -1}, "disbursement_reversed_within_amount"),
        ({"reversed_amount": 1_000_001}, "disbursement_reversed_within_amount"),
        ({"number": 4}, "disbursement_posted_has_number"),
        ({"status": Status.POSTED}, "disbursement_posted_has_number"),
        ({"status": Status.SUBMITTED}, "disbursement_submitted_by_somebody"),
        ({"quarter": 5}, "disbursement_quarter_1_to_4"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(cast, values, constraint):
    row = make.draft(1_000_000)
    refused(lambda: Disbursement.objects.filter(pk=row.pk).update(**values), constraint)


def test_one_number_is_given_once_a_year(cast):
    first, second = make.posted(), make.submitted()
    values = {"status": "posted", "posted_by": cast.quanly, "posted_at": timezone.now()}
    rows = Disbursement.objects.filter(pk=second.pk)
    refused(lambda: rows.update(number=first.number, **values))


def test_an_approved_plan_takes_no_change(cast):
    plan = make.plan(make.line(amounts={1: 5, 2: 6}))
    line, amount = plan.lines.get(), PlanAmount.objects.first()
    for change in (
        lambda: PlanAmount.objects.update(amount=9),
        lambda: amount.delete(),
        lambda: PlanAmount.objects.create(line=line, quarter=4, amount=9),
        lambda: PlanLine.objects.update(title="khác"),
        lambda: PlanLine.objects.all().delete(),
        lambda: PlanLine.objects.create(
            plan_version=plan,
            program=line.program,
            activity=line.activity,
            commune=make.commune(make.NAM_XE),
            fund=line.fund,
        ),
        plan.delete,
    ):
        refused(change, "portal: approved plan")
    assert list(PlanAmount.objects.values_list("amount", flat=True)) == [5, 6]


def test_an_approved_version_itself_is_read_only(cast):
    plan = make.plan()
    rows = PlanVersion.objects.filter(pk=plan.pk)
    for values in (
        {"state": "draft", "number": None},
        {"number": 7},
        {"fiscal_year": make.year("2024")},
        {"approved_at": timezone.now()},
        {"approved_by": make.user(role=Role.HEAD)},
        {"submitted_by": make.user()},
        {"origin": "history"},
        {"based_on": make.draft_plan()},
        {"reason": "khác"},
        {"decision_no": "9/QĐ"},
        {"decision_date": date(2022, 7, 1)},
        {"revision": 3},
    ):
        refused(lambda values=values: rows.update(**values), "portal: approved plan")


def test_no_line_moves_into_or_out_of_an_approved_plan(cast):
    approved = make.plan(make.line())
    draft = make.draft_plan(make.line("ECCD-01"))
    refused(lambda: draft.lines.update(plan_version=approved), "portal: approved plan")
    refused(lambda: approved.lines.update(plan_version=draft), "portal: approved plan")
    amounts = PlanAmount.objects.filter(line__plan_version=draft)
    refused(lambda: amounts.update(line=approved.lines.get(), quarter=4), "portal: approved plan")
    amounts = PlanAmount.objects.filter(line__plan_version=approved)
    refused(lambda: amounts.update(line=draft.lines.get(), quarter=4), "portal: approved plan")


def test_a_draft_plan_may_be_changed_and_deleted(cast):
    draft = make.draft_plan(make.line(amounts=5))
    PlanAmount.objects.update(amount=9)
    draft.delete()
    assert not PlanVersion.objects.exists()


HISTORIES = {
    "disbursement": lambda: make.posted().history.all(),
    "plan": lambda: make.plan(make.line()).history.all(),
    "month": lambda: _closed_month().history.all(),
}


def _closed_month():
    month = make.period()
    save_with_history(month, None, "đổi")
    return month


@pytest.mark.parametrize("of", HISTORIES)
def test_what_is_on_the_trail_is_never_changed_or_deleted(cast, of):
    lines = HISTORIES[of]()
    before = list(lines.order_by("pk").values())
    assert before
    refused(lambda: lines.update(history_change_reason="khác"), "portal: trail")
    refused(lines.delete, "portal: trail")
    refused(lambda: lines._raw_delete(lines.db), "portal: trail")
    assert list(lines.order_by("pk").values()) == before


@pytest.mark.parametrize("table", guards.TABLES)
def test_no_table_of_the_ledger_or_its_trail_is_emptied_at_a_stroke(cast, postgres_only, table):
    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")

    refused(empty, "portal: ledger")


def test_what_holds_a_posted_row_is_not_emptied_either(cast, postgres_only):
    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE programs_period CASCADE")

    refused(empty, "portal: ledger")


@pytest.mark.parametrize("of", ["row", "plan", "trail"])
def test_nothing_takes_the_place_of_what_is_kept(cast, of):
    """SQLite's INSERT OR REPLACE deletes what stands in its way, and asks no guard of deletion."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite replaces rows")
    row = {"row": make.posted, "plan": lambda: make.plan(make.line())}.get(
        of, lambda: make.posted().history.first()
    )()
    table = row._meta.db_table

    def replace() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608

    refused(replace, "portal")


def test_a_refusal_of_the_database_is_a_sentence_for_people(cast):
    make.posted()
    with pytest.raises(Conflict) as refusal, transaction.atomic(), guards.explained():
        Disbursement.objects.update(amount=1)
    assert refusal.value.code == "posted"
    with pytest.raises(Conflict) as refusal, transaction.atomic(), guards.explained():
        Disbursement.history.update(amount=1)
    assert refusal.value.code == "history"


@pytest.mark.any_database
def test_a_plain_check_knows_that_a_guard_is_missing(tmp_path, db):
    file = tmp_path / "portal.sqlite3"
    first_state.write_to(file)
    env = {"DATABASE_URL": f"sqlite:///{file}"}
    with closing(sqlite3.connect(file)) as plain:
        plain.execute("DROP TRIGGER portal_posted_update")
        plain.commit()
    done = start(tmp_path, DEBUG="1", **env)
    assert done.returncode == 1 and "portal_posted_update" in done.stderr
    assert start(tmp_path, DEBUG="1", command="migrate", **env).returncode == 0
    assert start(tmp_path, DEBUG="1", **env).returncode == 0


def test_a_plain_check_says_that_no_database_answers(tmp_path):
    done = start(tmp_path, DEBUG="1", DATABASE_URL="postgresql://u:secret@127.0.0.1:1/portal")
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert "The database does not answer" in done.stderr and "secret" not in done.stderr


@pytest.fixture
def another_owns_the_tables(transactional_db, postgres_only):
    """The portal's own user may read and write rows, and does not own the tables."""
    told = (ROOT / "docs" / "running.md").read_text("utf-8").splitlines()
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE portal_app NOLOGIN")
        for statement in [line for line in told if line.startswith("    GRANT ")]:
            cursor.execute(statement)
        cursor.execute("SET ROLE portal_app")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("DROP OWNED BY portal_app")
        cursor.execute("DROP ROLE portal_app")


def test_who_runs_the_portal_need_not_own_its_tables(another_owns_the_tables):
    row = make.posted()
    ledger.reverse(actor=make.somebody(Role.MANAGER), disbursement=row, reason="sai")
    assert prove()["guards"] == []
    for forbidden in (
        "TRUNCATE disbursements_disbursement CASCADE",
        "ALTER TABLE disbursements_disbursement DISABLE TRIGGER ALL",
        "DROP TRIGGER portal_guard ON disbursements_disbursement",
        "SET session_replication_role = replica",
    ):
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute(forbidden)


def test_a_missing_guard_is_noticed_and_put_back(transactional_db):
    guards.remove(connection)
    try:
        said = {error.id for error in run_checks(databases=["default"])}
        assert "disbursements.E001" in said
        call_command("migrate", verbosity=0)
        assert guards.missing(connection) == []
    finally:
        guards.install(connection)
