"""What is written in bulk is, column by column, what Django and simple-history write."""

from copy import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from core.services.bulk import copy_to_trail, insert_all
from core.services.errors import Conflict
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement, Status
from imports.models import Upload
from monitoring.models import Actual
from programs.models import Period
from tests import factories as make
from tests.one_of_each import one_of_each
from trainings.models import Training

ODD = 'Đoàn "xã" \\N \\ 100% %s {0}\ttab\nline'
MOMENT = datetime(2026, 7, 1, 23, 59, 59, 123456, tzinfo=UTC)


def stored(rows: list[Any], *apart: str) -> list[dict[str, Any]]:
    """Every column of some rows as the database has it, but those that differ from row to row."""
    model = type(rows[0])
    found = model._base_manager.filter(pk__in=[row.pk for row in rows]).order_by("pk").values()
    return [{name: row[name] for name in row if name not in apart} for row in found]


def unsaved(row: Any, **values: Any) -> Any:
    """The same record once more, not saved yet."""
    twin = copy(row)
    twin._state = copy(row._state)
    twin.pk, twin._state.adding = None, True
    for name, value in values.items():
        setattr(twin, name, value)
    return twin


def disbursements() -> list[Disbursement]:
    row, manager = make.draft(voucher_no="PC 1"), make.somebody(Role.MANAGER)
    is_submitted = {"submitted_by": row.created_by, "submitted_at": MOMENT}
    is_posted = {"status": Status.POSTED, "posted_by": manager, "posted_at": MOMENT}
    return [
        unsaved(row, note=ODD, amount=10**15),
        unsaved(row, payee="Đoàn", description="a" * 500, voucher_date=None),
        unsaved(row, payee="Đoàn\x00\u202e", voucher_date=date(1999, 12, 31)),
        unsaved(row, status=Status.SUBMITTED, **is_submitted),
        unsaved(row, number=10**6, origin="history", **is_submitted, **is_posted),
    ]


def uploads() -> list[Upload]:
    odd = {"a": [1, 1.5, True, None, ODD], "%s": {}}
    said = {"kind": "plan", "name": ODD, "user": make.somebody(), "file": "uploads/a.xlsx"}
    return [Upload(**said, sums=odd, reading={}, overwrote=None), Upload(**said, saved=[1, 2])]


def trainings() -> list[Training]:
    row = make.training()
    return [unsaved(row, title=ODD), unsaved(row, village=None, activity=None)]


def actuals() -> list[Actual]:
    row = Actual.objects.get()
    years = [make.year(code) for code in ("2024", "2025")]
    return [unsaved(row, value=Decimal(f"{n}.05"), fiscal_year=y) for n, y in enumerate(years)]


@pytest.mark.django_db
@pytest.mark.parametrize("some", [disbursements, uploads, trainings, actuals])
def test_rows_written_in_bulk_are_those_that_django_writes(some, cast):
    if some is actuals:
        one_of_each(cast)
    slowly, fast = some(), []
    with transaction.atomic():
        type(slowly[0]).objects.bulk_create(slowly)
        model, expected = type(slowly[0]), stored(slowly, "id", "created_at")
        transaction.set_rollback(True)
    fast = [unsaved(row) for row in slowly]
    insert_all(fast)
    assert [row.pk for row in fast] == sorted({row.pk for row in fast})
    assert not any(row._state.adding for row in fast)
    assert stored(fast, "id", "created_at") == expected
    again = model._base_manager.in_bulk([row.pk for row in fast])
    for row in fast:  # what is set on saving is set in the row at hand, too
        assert getattr(again[row.pk], "created_at", None) == getattr(row, "created_at", None)


@pytest.mark.django_db
def test_the_trail_of_every_kind_of_record_is_the_one_that_simple_history_writes(cast):
    one_of_each(cast)
    records = [model for model in apps.get_models() if hasattr(model, "history")]
    seen = set()
    for model in records:
        rows = list(model._base_manager.order_by("-pk"))
        for created in (True, False) if rows else ():
            trail, why = model.history.model, f"vì {ODD}"
            last = trail.objects.order_by("pk").last()
            with transaction.atomic():
                said = {"default_user": cast.quanly, "default_change_reason": why}
                slowly = model.history.bulk_history_create(rows, update=not created, **said)
                expected = stored(slowly, "history_id", "history_date")
                transaction.set_rollback(True)
            copy_to_trail(rows, cast.quanly, why, created=created)
            fast = list(trail.objects.filter(pk__gt=last.pk if last else 0).order_by("pk"))
            assert stored(fast, "history_id", "history_date") == expected, model
            assert [row.history_user_id for row in fast] == [cast.quanly.pk] * len(rows)
            seen.add(model._meta.model_name)
    assert {"disbursement", "training", "planversion", "target", "user"} <= seen


@pytest.mark.django_db
def test_nobody_in_particular_leaves_a_trail_without_a_name():
    row = make.draft()
    copy_to_trail([row], None, "", created=False)
    written = row.history.latest()
    assert (written.history_user_id, written.history_change_reason) == (None, "")


@pytest.mark.django_db
def test_rows_written_in_bulk_get_ids_that_none_ever_had():
    kept, gone = make.draft(1), make.draft(2)
    had = gone.pk
    gone.delete()
    rows = [unsaved(kept, amount=amount) for amount in (3, 4)]
    insert_all(rows)
    assert all(row.pk > had for row in rows)
    assert make.draft(5).pk > rows[-1].pk


@pytest.mark.django_db
def test_a_guard_refuses_all_rows_of_a_bulk_write():
    rows = disbursements()
    there = Disbursement.objects.count()
    Period.objects.filter(pk=rows[0].period_id).update(state="closed")
    with pytest.raises(IntegrityError, match="period closed"), transaction.atomic():
        insert_all(rows)
    assert Disbursement.objects.count() == there


@pytest.mark.django_db
def test_history_is_loaded_into_no_closed_month_however_many_rows():
    year = make.draft().fiscal_year
    rows = [unsaved(make.draft(n), voucher_no="") for n in (1, 2)]
    make.close(rows[0].period)
    there = Disbursement.objects.count()
    with pytest.raises(Conflict) as refused:
        ledger.load(actor=make.somebody(Role.ADMIN), rows=rows, post=True)
    assert refused.value.code == "period_closed"
    assert Disbursement.objects.count() == there
    assert year.disbursements.filter(status=Status.POSTED).count() == 0


@pytest.mark.django_db
def test_loading_many_rows_asks_no_more_than_loading_few():
    def queries(count: int) -> int:
        pattern, clerk = make.draft(), make.somebody()
        rows = [unsaved(pattern, amount=n + 1, voucher_no="") for n in range(count)]
        with CaptureQueriesContext(connection) as asked:
            ledger.load(actor=clerk, rows=rows, post=False)
        assert Disbursement.history.filter(id__in=[row.pk for row in rows]).count() == count
        return len(asked)

    assert queries(2) == queries(300) < 15
