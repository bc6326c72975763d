"""Templates as they come back: edited, then saved by one program or another."""

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter import Workbook

from imports import services
from imports.models import Upload
from imports.outcome import Outcome
from imports.workbook.fields import IDS
from tests import factories

HEAD = 3  # the row of the headings
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice") or ""

Edit = Callable[["Template"], object]


class Template:
    """The first sheet of a template, its cells by a record's row and a heading's place."""

    def __init__(self, content: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(content))
        self.sheet: Worksheet = self.book.worksheets[0]
        self.heads = [cell.value for cell in self.sheet[HEAD]]

    @property
    def ids(self) -> int:
        """The column of the row ids."""
        return self.heads.index(IDS.label) + 1

    def rows(self) -> list[int]:
        """The rows that are filled in."""
        last = self.sheet.max_row
        return [n for n in range(HEAD + 1, last + 1) if self.sheet.cell(n, self.ids).value]

    def put(self, row: int, column: int, value: Any) -> None:
        """Write a cell; columns are counted from 0, as the kind's template lists them."""
        self.sheet.cell(row, column + 1).value = value

    def copy(self, row: int, to: int) -> None:
        """Copy a whole row, its hidden cell, too, as a spreadsheet does."""
        for cell in self.sheet[row]:
            self.sheet.cell(to, cell.column).value = cell.value

    def delete(self, row: int) -> None:
        self.sheet.delete_rows(row)

    def clear(self, row: int) -> None:
        """Empty what is seen of a row: its id stays."""
        for cell in self.sheet[row]:
            if cell.column != self.ids:
                cell.value = None

    def saved(self) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def download(client: Any, person: Any, kind: str, year: str = "2023") -> bytes:
    """A template as a person gets it."""
    client.force_login(person)
    answer = client.get(f"/imports/templates/{kind}.xlsx", {"fiscal_year": year})
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def edited(content: bytes, edit: Edit) -> bytes:
    template = Template(content)
    edit(template)
    return template.saved()


def by_a_web_service(content: bytes) -> bytes:
    """Written anew: texts in the cells, no validations, no protection, no hidden column, plain
    number formats, columns in another order, empty rows and columns that have a look."""
    out = io.BytesIO()
    book = Workbook(out, {"constant_memory": True})  # writes its texts into the cells
    day, plain = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True})
    for source in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        page = book.add_worksheet(source.title)
        rows = [list(row) for row in source.iter_rows(values_only=True)]
        is_table = source.title == book.worksheets()[0].name
        for number, row in enumerate(rows):
            cells = [*row[-3:], *row[:-3]] if is_table and number >= HEAD - 1 else row
            for column, value in enumerate(cells):
                look = day if hasattr(value, "year") else plain
                if value is not None:
                    page.write(number, column, value, look)
            for column in range(len(cells), len(cells) + 4):
                page.write_blank(number, column, None, plain)
        for number in range(len(rows), len(rows) + 20):
            for column in range(30):
                page.write_blank(number, column, None, plain)
    book.close()
    return out.getvalue()


def by_libreoffice(content: bytes, form: str = "xlsx") -> bytes:
    """Opened and saved by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        home, out = Path(folder, "home"), Path(folder, "out")
        file = Path(folder, "template.xlsx")
        file.write_bytes(content)
        profile = f"-env:UserInstallation={home.as_uri()}"
        asked = [SOFFICE, profile, "--headless", "--convert-to", form, "--outdir", str(out)]
        env = {**os.environ, "HOME": str(folder)}
        subprocess.run([*asked, str(file)], check=True, capture_output=True, env=env)
        return (out / f"template.{form.partition(':')[0]}").read_bytes()


def by_excel(content: bytes) -> bytes:
    """Saved with all that a template has, as openpyxl does."""
    return Template(content).saved()


CSV = "csv:Text - txt - csv (StarCalc):44,34,76"  # commas, quotes, UTF-8
needs_libreoffice = pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed")
PROGRAMS = [
    pytest.param(by_excel, id="excel"),
    pytest.param(by_a_web_service, id="web service"),
    pytest.param(by_libreoffice, id="libreoffice", marks=needs_libreoffice),
    pytest.param(lambda c: by_libreoffice(c, "ods"), id="ods", marks=needs_libreoffice),
    pytest.param(lambda c: by_libreoffice(c, "xls"), id="xls", marks=needs_libreoffice),
    pytest.param(lambda c: by_libreoffice(c, CSV), id="csv", marks=needs_libreoffice),
]


def check(content: bytes, kind: str, person: Any, **options: Any) -> Outcome:
    """What the import makes of it."""
    options.setdefault("fiscal_year", factories.year())
    return services.check_workbook(kind=kind, source=content, actor=person, **options)


def receive(content: bytes, kind: str, person: Any) -> Upload:
    return services.receive(
        actor=person,
        kind=kind,
        content=content,
        filename="template.xlsx",
        fiscal_year=factories.year(),
    )


def commit(content: bytes, kind: str, person: Any) -> Upload:
    """Received and saved."""
    upload = receive(content, kind, person)
    assert [error.message for error in upload.findings.filter(is_warning=False)] == []
    return services.confirm(actor=person, upload=upload)


def changes_of(found: Outcome | Upload) -> dict[str, Any]:
    """row → field → (before, after), of the rows that change something."""
    rows = found.reading["row_changes"]["rows"]
    return {
        one["row"]: {each["field"]: (each["before"], each["after"]) for each in one["fields"]}
        for one in rows
        if one["change"] == "changed"
    }


def counts_of(found: Outcome | Upload) -> tuple[int, ...]:
    """How many rows are new, changed, as they were, missing."""
    counts = found.reading["row_changes"]["counts"]
    return tuple(counts[name] for name in ("new", "changed", "same", "missing"))
