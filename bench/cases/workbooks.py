"""Workbooks in, with all checks, beside those that only read them or check nothing."""

import resource
from io import BytesIO
from typing import Any

import openpyxl
from django.db import transaction

from bench import clock
from bench.cases import Figures, case
from bench.quick import workbook
from bench.scene import Scene
from disbursements.models import Disbursement
from imports import apart, services


def _import(scene: Scene, content: bytes) -> None:
    """Read, checked and saved; taken back."""
    actor = scene.user("dieuphoi")
    with transaction.atomic():
        outcome = services.check_workbook(
            actor=actor,
            kind="disbursements",
            source=content,
            filename="chi.xlsx",
            budget=apart.OF_A_TASK,
        )
        assert not outcome.errors, outcome.errors[:3]
        services.commit(actor=actor, outcome=outcome)
        transaction.set_rollback(True)


def _read_only(content: bytes) -> None:
    book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    for row in book.worksheets[0].iter_rows(values_only=True):
        len(row)


@case("short import", once=True)
def import_10_000(scene: Scene) -> Figures:
    content = workbook(10_000)
    calls: dict[str, clock.Call] = {
        "portal": lambda n: _import(scene, content),
        "openpyxl": lambda n: _read_only(content),
    }
    try:
        plain, resource_of_rows = _with_keys(10_000), _import_export()
    except ImportError as error:
        scene.said.append(f"django-import-export: {error}")
    else:
        calls["django-import-export"] = lambda n: _by_import_export(resource_of_rows, plain)
    return clock.interleaved(calls, rounds=3, seconds=180)


@case("long import", once=True)
def import_100_000(scene: Scene) -> Figures:
    content = workbook(100_000)
    taken: dict[str, float] = {}

    def portal() -> None:
        taken["portal"] = round(clock.timed(lambda: _import(scene, content)), 1)

    grown = clock.grown(portal)
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    taken["openpyxl"] = round(clock.timed(lambda: _read_only(content)), 1)
    return {**taken, "grown MB": grown, "reader MB": round(reader, 1)}


FIELDS = ("date", "voucher_no", "activity_id", "commune_id", "amount", "payee", "fund_id")
KEYS = ("program_id", "fiscal_year_id", "period_id", "quarter", "created_by_id")


def _with_keys(rows: int) -> bytes:
    """The same rows with the keys that the portal finds itself."""
    like = list(Disbursement.objects.filter(origin="history", period__state="open"))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([*FIELDS, *KEYS])
    for n in range(rows):
        row = like[n % len(like)]
        values = {name: getattr(row, name) for name in (*FIELDS, *KEYS)}
        sheet.append([*(values | {"voucher_no": f"Z{n}", "amount": 1 + n}).values()])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _import_export() -> Any:
    """A resource of django-import-export that saves rows in bulk and looks nothing up."""
    from import_export import fields, resources  # type: ignore[import-not-found,unused-ignore]

    attributes: dict[str, Any] = {
        name: fields.Field(attribute=name, column_name=name) for name in (*FIELDS, *KEYS)
    }
    attributes["Meta"] = type(
        "Meta",
        (),
        {
            "model": Disbursement,
            "fields": (*FIELDS, *KEYS),
            "import_id_fields": (),
            "use_bulk": True,
            "batch_size": 1000,
            "skip_diff": True,
            "force_init_instance": True,
            "use_transactions": False,
        },
    )
    return type("Rows", (resources.ModelResource,), attributes)


def _by_import_export(rows: Any, content: bytes) -> None:
    import tablib  # type: ignore[import-not-found,unused-ignore]

    with transaction.atomic():
        table = tablib.Dataset().load(content, format="xlsx")
        result = rows().import_data(table, raise_errors=True)
        assert not result.has_errors()
        transaction.set_rollback(True)
