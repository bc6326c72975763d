"""The whole list as CSV and as a workbook, beside the fastest that write the same."""

import csv
import io
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any

import xlsxwriter
from django.db import connection

from bench import clock
from bench.bare import FIELDS
from bench.cases import Figures, case
from bench.cases.reading import LIST
from bench.scene import Scene
from disbursements.models import Disbursement


def _select() -> tuple[str, Any]:
    found = Disbursement.objects.order_by("-date", "-id").values_list(*FIELDS)
    sql, parameters = found.query.sql_with_params()
    return sql, parameters


def _rows() -> Iterator[Any]:
    """The same SELECT by a cursor; whole, as the driver of PostgreSQL would have it anyway."""
    with connection.cursor() as cursor:
        cursor.execute(*_select())
        while some := cursor.fetchmany(2000):
            yield from some


def _by_csv_writer(_number: int) -> None:
    with TemporaryFile("w", newline="") as file:
        csv.writer(file).writerows(_rows())


def _by_copy(_number: int) -> None:
    with connection.cursor() as cursor, TemporaryFile() as file:
        sql = cursor.mogrify(*_select()).decode()
        cursor.copy_expert(f"COPY ({sql}) TO STDOUT WITH CSV", file)


def _by_xlsxwriter(_number: int) -> None:
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True, "remove_timezone": True})
    sheet = book.add_worksheet()
    for place, row in enumerate(_rows()):
        sheet.write_row(place, 0, [str(each) if _is_odd(each) else each for each in row])
    book.close()


def _is_odd(value: Any) -> bool:
    return value is not None and not isinstance(value, str | int | float)


@case("csv", least=90_000, most=110_000)
def as_csv(scene: Scene) -> Figures:
    calls: dict[str, clock.Call] = {
        "portal": lambda n: scene.reader.get(f"{LIST}?format=csv"),
        "csv.writer": _by_csv_writer,
    }
    if connection.vendor == "postgresql":
        calls["COPY TO"] = _by_copy
    return clock.interleaved(calls, rounds=3)


@case("xlsx", least=90_000, most=110_000)
def as_workbook(scene: Scene) -> Figures:
    def ask() -> None:
        clock.read(scene.reader.get(f"{LIST}?format=xlsx"))

    grown = clock.grown(ask)
    calls: dict[str, clock.Call] = {
        "portal": lambda n: scene.reader.get(f"{LIST}?format=xlsx"),
        "XlsxWriter": _by_xlsxwriter,
    }
    return {**clock.interleaved(calls, rounds=3), "MB": grown}
