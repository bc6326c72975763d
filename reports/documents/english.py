"""The English names of what is frozen in Vietnamese, so that both editions print the same figures.

Named and words of records stay as they were entered.
"""

from typing import Any

from django.utils import translation

from monitoring.models import ActionPoint, Difficulty, Proposal, VarianceNote
from programs.models import Output
from reports.documents.section import Figures, Sources
from reports.summary import records_by_key

CHOSEN = (  # fields whose labels are frozen
    (Output, "state"),
    (Output, "kind"),
    (Difficulty, "state"),
    (ActionPoint, "state"),
    (Proposal, "state"),
    (VarianceNote, "cause"),
)
FIELDS = ("program_name", "state", "state_name", "kind", "cause")


def names(sources: Sources) -> dict[str, str]:
    """English by Vietnamese: programmes and labels."""
    programs = records_by_key("program", sources.money.rows).values()
    found = {row.name: row.name_en for row in programs if row.name_en}
    found["Các chương trình"] = "All programmes"
    vietnamese, english = _labels("vi"), _labels("en")
    return found | dict(zip(vietnamese, english, strict=True))


def _labels(language: str) -> list[str]:
    with translation.override(language):
        return [
            str(label)
            for model, name in CHOSEN
            for _value, label in model._meta.get_field(name).flatchoices  # type: ignore[union-attr]
        ]


def in_english(figures: Figures) -> Figures:
    """The same figures with their labels in English; those frozen before keep what they have."""
    known = figures.get("english", {})
    tables = {name: _table(table, known) for name, table in figures["tables"].items()}
    return {**figures, "tables": tables}


def _table(table: Figures | None, known: dict[str, str]) -> Figures | None:
    if not table:
        return table
    return {**table, "rows": [_row(row, known) for row in table.get("rows", [])]}


def _row(row: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    named = {name: known.get(row[name], row[name]) for name in FIELDS if name in row}
    if row.get("due"):  # "trong 08/2023"
        named["due"] = row["due"].replace("trong ", "in ")
    if row.get("where"):  # "Chương trình bảo trợ; xã Bản Lang"
        parts = [known.get(part, part) for part in row["where"].split("; ")]
        named["where"] = "; ".join(part.replace("xã ", "commune of ", 1) for part in parts)
    return {**row, **named}
