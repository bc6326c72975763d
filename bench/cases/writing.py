"""Writing: posting one and 500, many at once, closing a month."""

import io
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench import clock, sql
from bench.cases import Figures, case
from bench.cases.reading import LIST
from bench.scene import Scene
from disbursements.ledger import services as ledger
from disbursements.models import Disbursement
from programs.models import Period
from programs.years.closing import close_period

ROUNDS, MANY, BULK = 9, 500, 10_000
JSON = "application/json"


@case("posting")
def posting(scene: Scene) -> Figures:
    """The service, the API, its own statements by cursor in a transaction of their own."""
    manager = scene.user("quanly")
    of_service, of_bare = scene.some_waiting(ROUNDS + 1), scene.some_waiting(ROUNDS + 1)
    by_api = scene.some_waiting(ROUNDS + 1)
    found = clock.interleaved(
        {
            "service": lambda n: ledger.post(actor=manager, disbursement=of_service[n]),
            "by API": lambda n: scene.manager.post(
                f"{LIST}{by_api[n].pk}/post/", {}, content_type=JSON
            ),
            "own statements": lambda n: _post_by_cursor(of_bare[n], manager.pk),
        },
        rounds=ROUNDS,
    )
    (last,) = scene.some_waiting(1)
    asked = clock.queries(lambda: ledger.post(actor=manager, disbursement=last))
    return {**found, "queries": asked}


def _post_by_cursor(row: Disbursement, manager: int) -> None:
    """What posting writes itself; the triggers write the rest, as they do for the service."""
    now = timezone.now()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE disbursements_numbercounter SET last = last + 1"
            " WHERE fiscal_year_id = %s RETURNING last",
            [row.fiscal_year_id],
        )
        (number,) = cursor.fetchone()
        cursor.execute(
            f"UPDATE {sql.LEDGER} SET status = 'posted', version = version + 1, number = %s,"
            " posted_by_id = %s, posted_at = %s WHERE id = %s AND status = 'submitted'",
            [number, manager, now, row.pk],
        )
        names = ", ".join(_kept())
        cursor.execute(
            f"INSERT INTO {sql.TRAIL} ({names}, history_date, history_type, history_user_id,"
            f" history_change_reason) SELECT {names}, %s, '~', %s, 'posted'"
            f" FROM {sql.LEDGER} WHERE id = %s",
            [now, manager, row.pk],
        )


def _kept() -> list[str]:
    trail = Disbursement.history.model
    return [trail._meta.get_field(field.name).column for field in trail.tracked_fields]


@case("approving 500")
def approving(scene: Scene) -> Figures:
    """500 rows of one month at once; a few of the month before warm up. Timed first and taken back:
    writing down what is asked takes time of its own."""
    waiting = Disbursement.objects.filter(status="submitted").order_by("-period__start", "pk")
    keys = list(waiting.values_list("pk", flat=True)[:MANY])

    def post(ids: list[int]) -> Any:
        return scene.manager.post(f"{LIST}post/", {"ids": ids}, content_type=JSON)

    clock.read(post([next(scene.waiting) for _ in range(5)]))
    with transaction.atomic():
        taken = round(clock.timed(lambda: post(keys)), 1)
        transaction.set_rollback(True)
    return {"queries": clock.queries(lambda: post(keys)), "approving 500": taken}


@case("closing")
def closing(scene: Scene) -> Figures:
    """Closing a month; each time taken back."""
    manager = scene.user("quanly")
    months = list(Period.objects.filter(state="open", fiscal_year__code="2025").order_by("start"))

    def close(number: int) -> None:
        with transaction.atomic():
            month = months[number % len(months)]
            month.refresh_from_db()
            close_period(actor=manager, period=month, leave_waiting=True)
            transaction.set_rollback(True)

    return clock.interleaved({"closing a month": close})


@case("bulk", once=True)
def bulk(scene: Scene) -> Figures:
    """10,000 drafts with their trail; each time taken back."""
    actor = scene.user("dieuphoi")
    driver = _by_copy if connection.vendor == "postgresql" else _by_executemany

    ready = _ready(actor.pk)
    name = "COPY" if connection.vendor == "postgresql" else "executemany"
    prepared = [_new_rows(n) for n in range(4)]

    def load(number: int) -> None:
        with transaction.atomic():
            ledger.load(actor=actor, rows=prepared[number], post=False)
            transaction.set_rollback(True)

    calls = {"portal": load, name: lambda n: driver(ready)}
    return clock.interleaved(calls, rounds=3, seconds=120)


def _new_rows(number: int) -> list[Disbursement]:
    like = list(Disbursement.objects.filter(status="posted", period__state="open")[:400])
    same = ("date", "activity", "commune", "fund", "program", "fiscal_year", "period", "quarter")
    names = [f"{name}_id" if hasattr(like[0], f"{name}_id") else name for name in same]
    found = []
    for n in range(BULK):
        values = {name: getattr(like[n % len(like)], name) for name in (*names, "payee")}
        found.append(Disbursement(**values, amount=1 + n, voucher_no=f"B{number}-{n}"))
    return found


Ready = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


def _ready(actor: int) -> Ready:
    """Rows and their trail as the driver takes them."""
    rows = _new_rows(99)
    first = Disbursement.objects.order_by("-pk").values_list("pk", flat=True)[0] + 100_000
    for n, row in enumerate(rows):
        row.pk, row.created_by_id, row.created_at = first + n, actor, timezone.now()
        row.set_keys()
    fields = Disbursement._meta.concrete_fields
    trail = [*_kept(), "history_date", "history_type", "history_user_id", "history_change_reason"]
    columns = {str(field.column): field for field in fields}

    def value(row: Disbursement, column: str) -> Any:
        field = columns[column]
        return field.get_db_prep_save(getattr(row, field.attname), connection)

    kept = [tuple(value(row, name) for name in _kept()) for row in rows]
    now = Disbursement._meta.get_field("created_at").get_db_prep_save(timezone.now(), connection)
    return {
        sql.LEDGER: (list(columns), [tuple(value(row, name) for name in columns) for row in rows]),
        sql.TRAIL: (trail, [(*row, now, "+", actor, "") for row in kept]),
    }


def _by_executemany(ready: Ready) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (names, rows) in ready.items():
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
        transaction.set_rollback(True)


def _by_copy(ready: Ready) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (names, rows) in ready.items():
            text = io.StringIO("".join(map(_line, rows)))
            cursor.copy_from(text, table, columns=names)
        transaction.set_rollback(True)


def _line(row: tuple[Any, ...]) -> str:
    return "\t".join(r"\N" if value is None else str(value) for value in row) + "\n"
