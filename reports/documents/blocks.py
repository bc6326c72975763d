"""A document as blocks, whichever file it becomes: headings, paragraphs, tables, charts, lists."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from reports.charts.description import Chart
from reports.documents.wording import say

ROMAN = (*"I II III IV V VI VII VIII IX X XI XII XIII XIV XV".split(),)

Block = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column of a table: its title, its share of the width, and whether it holds numbers."""

    title: str
    width: float = 1.0
    number: bool = True


@dataclass
class Document:
    """What a file is set from. All text is final; nothing in here is computed any more.

    An accounting list (`is_list`) lies across the page, names its unit without the national title,
    and has everybody who signs side by side. `kind_name` is the name of the type ('BÁO CÁO'),
    `about` its subject; `authority`, `post` and `signer` make the signature block; `notes` stand in
    italics above the body.
    """

    superior: str
    issuer: str
    number: str
    place_and_date: str
    kind_name: str
    about: str
    blocks: list[Block] = field(default_factory=list)
    appendix: list[Block] = field(default_factory=list)
    signatures: list[dict[str, str]] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    language: str = "vi"
    is_list: bool = False

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    @property
    def title(self) -> str:
        """The title as a file's properties name it."""
        return f"{self.kind_name.capitalize()} {self.about}"


class Writer:
    """Collects blocks; numbers sections I., II. and their parts 1., 2. as they come."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.sections = 0
        self.parts = 0
        self.tables = 0

    def section(self, text: str) -> None:
        self.sections += 1
        self.parts = 0
        self._add("heading", level=1, text=f"{ROMAN[self.sections - 1]}. {text.upper()}")

    def part(self, text: str) -> None:
        self.parts += 1
        self._add("heading", level=2, text=f"{self.parts}. {text}")

    def text(self, text: str) -> None:
        """One paragraph for each line that is not empty."""
        for line in text.splitlines():
            if line.strip():
                self._add("paragraph", text=line.strip())

    def say(self, vietnamese: str, english: str) -> None:
        """A paragraph, in the language of the document."""
        self.text(say(vietnamese, english))

    def items(self, items: Iterable[str]) -> None:
        self._add("list", items=list(items))

    def table(
        self,
        caption: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[str]],
        *,
        total: Sequence[str] = (),
        unit: str = "",
        note: str = "",
        group_rows: Sequence[int] = (),
        numbered: bool = True,
    ) -> None:
        """A table; `group_rows` are the rows (from 0) that head or sum up a group. One that only
        stands behind a chart has no number of its own."""
        self.tables += numbered
        self._add(
            "table",
            caption=f"{say('Bảng', 'Table')} {self.tables}. {caption}" if numbered else caption,
            columns=[asdict(column) for column in columns],
            rows=[list(row) for row in rows],
            total=list(total),
            unit=unit,
            note=note,
            group_rows=list(group_rows),
        )

    def chart(self, chart: Chart) -> None:
        """A chart, kept as the description that Word and PDF draw it from."""
        self._add("chart", chart=chart.as_dict())

    def tiles(self, title: str, tiles: Sequence[Block], note: str) -> None:
        """A schematic of communes (`reports.charts.tiles.Tile` as plain data)."""
        self._add("tiles", title=title, tiles=list(tiles), note=note)

    def end(self) -> None:
        """Close the body with './.'."""
        for block in reversed(self.blocks):
            if block["kind"] == "paragraph":
                block["text"] = block["text"].rstrip(" .;/") + "./."
                return

    def _add(self, kind: str, **content: object) -> None:
        self.blocks.append({"kind": kind, **content})


def chart_of(block: Block) -> Chart | None:
    """The chart of a block; documents issued earlier kept pairs of bars instead."""
    if block["kind"] == "bars":
        return Chart.from_dict(block)
    return Chart.from_dict(block["chart"]) if block["kind"] == "chart" else None
