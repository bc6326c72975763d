"""The sample year of tests/samples, loaded as an office would, and documents read back."""

import io
import re
from pathlib import Path
from typing import Any

from django.core.management import call_command
from docx import Document as open_docx
from docx.text.paragraph import Paragraph

SAMPLES = Path(__file__).resolve().parents[2] / "tests" / "samples"
WORKBOOKS = (
    ("plan", "ke-hoach-FY2023.xlsx", "2023"),
    ("plan", "ke-hoach-FY2024.xlsx", "2024"),
    ("disbursements", "giai-ngan-FY2023.xlsx", "2023"),
    ("trainings", "tap-huan-FY2023.xlsx", "2023"),
)


def load(username: str) -> None:
    """Two plans, a year's disbursements and trainings, as history loaded by `username`."""
    for kind, name, year in WORKBOOKS:
        call_command(
            "import_workbook",
            kind,
            str(SAMPLES / name),
            user=username,
            fiscal_year=year,
            commit=True,
            post=True,
            stdout=io.StringIO(),
        )


def open_word(content: bytes) -> Any:
    return open_docx(io.BytesIO(content))


def word_text(content: bytes) -> str:
    """Everything a .docx says, in order; cells of a row separated by ' | '."""
    lines: list[str] = []
    for part in open_word(content).iter_inner_content():
        if isinstance(part, Paragraph):
            lines.append(part.text)
        else:
            lines += [" | ".join(cell.text for cell in row.cells) for row in part.rows]
    return "\n".join(lines)


def word_tables(content: bytes) -> dict[str, list[list[str]]]:
    """The tables of figures by their caption ('Bảng 1. …')."""
    tables: dict[str, list[list[str]]] = {}
    caption = ""
    for part in open_word(content).iter_inner_content():
        if isinstance(part, Paragraph):
            caption = part.text if part.text.startswith("Bảng ") else caption
        elif caption and caption not in tables:
            tables[caption] = [[cell.text for cell in row.cells] for row in part.rows]
    return tables


def amount(text: str) -> int:
    """'vượt 1.484' as -1484, '7.420' as 7420."""
    digits = re.sub(r"[^0-9]", "", text)
    return -int(digits) if text.startswith("vượt") else int(digits)
