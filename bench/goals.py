"""What was asked for: the lines of `results.md`, each with its goals, held against the figures.

A ratio is of two figures of one case, at the smallest or the largest size that there is, or of one
figure at the largest size to itself at the smallest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.results import Result

DATABASES = ("sqlite", "postgresql")
Figures = dict[int, dict[str, float]]  # by size


@dataclass(frozen=True)
class Beside:
    """`figure` of a case over `other`: at most, or with `least` at least so many times."""

    case: str
    figure: str
    other: str
    most: float = 0
    least: float = 0
    at: str = "smallest"

    def found(self, sizes: Figures) -> float | None:
        there = [size for size, each in sizes.items() if {self.figure, self.other} <= each.keys()]
        if not there:
            return None
        figures = sizes[min(there) if self.at == "smallest" else max(there)]
        return figures[self.figure] / figures[self.other] if figures[self.other] else None

    def says(self, value: float) -> str:
        return f"{self.figure} {value:.2f} × {self.other}"

    def met(self, value: float) -> bool:
        return value <= self.most if self.most else value >= self.least


@dataclass(frozen=True)
class Growth:
    """Each figure at the largest size, over itself at the smallest: the worst of them counts."""

    case: str
    figures: tuple[str, ...]
    most: float

    def found(self, sizes: Figures) -> float | None:
        worst = self._worst(sizes)
        return worst[0] if worst else None

    def _worst(self, sizes: Figures) -> tuple[float, str, int] | None:
        found = []
        for name in self.figures or sorted({n for each in sizes.values() for n in each}):
            there = sorted(size for size, each in sizes.items() if each.get(name))
            if len(there) > 1 and name != "queries":
                ratio = sizes[there[-1]][name] / sizes[there[0]][name]
                found.append((ratio, name, there[-1]))
        return max(found, default=None)

    def says(self, value: float) -> str:
        return f"{value:.2f} × itself"

    def said(self, sizes: Figures) -> str:
        """With which one it is, and at what size."""
        worst = self._worst(sizes)
        if worst is None:
            return ""
        name = f"{worst[1]}: " if len(self.figures) != 1 else ""
        return f"{name}{worst[0]:.2f} × itself at {worst[2]:,}"

    def met(self, value: float) -> bool:
        return value <= self.most


@dataclass(frozen=True)
class Most:
    """A figure by itself, at the smallest size."""

    case: str
    figure: str
    most: float
    unit: str = ""
    per: float = 1

    def found(self, sizes: Figures) -> float | None:
        there = [size for size, each in sizes.items() if self.figure in each]
        return sizes[min(there)][self.figure] / self.per if there else None

    def says(self, value: float) -> str:
        return f"{value:.4g} {self.unit or self.figure}"

    def met(self, value: float) -> bool:
        return value <= self.most


# `found` gives the figure by what was measured (None: was not), `says` as text, `met` whether it is
# as good as wanted.
Goal = Beside | Growth | Most


@dataclass(frozen=True)
class Line:
    """A line of the table: what, beside what, as it was before, what is wanted."""

    what: str
    beside: str
    before: str
    goal: str
    goals: Sequence[Goal] = ()


LINES = (
    Line(
        "summary by programme and commune, token, first asking, in process",
        "bare Django view, best SQL by cursor, orjson",
        "20 / 6.5 ×",
        "≤ 2.5 ×",
        [Beside("summary", "first", "bare view", most=2.5)],
    ),
    Line(
        "the same asked again",
        "the same",
        "20 / 6.5 ×",
        "≤ 2.5 ×",
        [Beside("summary", "again", "bare view", most=2.5)],
    ),
    Line(
        "the same, unchanged, `If-None-Match`",
        "its own 200",
        "1.0 ×",
        "≤ 0.2 ×",
        [Beside("summary", "unchanged", "first", most=0.2)],
    ),
    Line(
        "summaries a second, gunicorn, 2 workers, connections kept",
        "Datasette, the same SQL on the same SQLite file",
        "0.17 ×",
        "≥ 1 × first, ≥ 3 × again",
        [
            Beside("server", "summaries /s", "Datasette summaries /s", least=1),
            Beside("server", "summaries again /s", "Datasette summaries /s", least=3),
        ],
    ),
    Line(
        "list of 100 by API, same server",
        "Datasette",
        "0.07 ×",
        "≥ 2 ×",
        [Beside("server", "lists of 100 /s", "Datasette lists of 100 /s", least=2)],
    ),
    Line(
        "list of 100, in process",
        "`.values()` + orjson",
        "13–21 / 5.9 ×",
        "≤ 2.5 ×",
        [Beside("list", "first", "values", most=2.5), Beside("list", "again", "values", most=2.5)],
    ),
    Line(
        "summary, any `by`, any month's end; a day inside an open month",
        "itself at the smallest size",
        "5–31 ×",
        "≤ 2 ×; ≤ 5 ×",
        [
            Growth(
                "cuts",
                (
                    *(f"by {by}" for by in ("nothing", "program", "commune", "activity", "fund")),
                    *("by quarter", "by month", "month's end"),
                ),
                2,
            ),
            Growth("cuts", ("a day within",), 5),
        ],
    ),
    Line(
        "`known_at`, at the largest size",
        "a covering scan of that year; the same question without",
        "44 × the latter",
        "≤ 1.5 × the scan; ≤ 5 × for the last 31 days",
        [
            Beside("known at", "long ago", "covering scan", most=1.5, at="largest"),
            Beside("known at", "last 31 days", "now", most=5, at="largest"),
        ],
    ),
    Line(
        "dashboard, signed in",
        "a signed-in empty view",
        "19–87 / 41 ×, 44 queries",
        "≤ 12 ×, ≤ 15 queries",
        [
            Beside("dashboard", "first", "empty view", most=12),
            Most("dashboard", "queries", 15),
        ],
    ),
    Line(
        "dashboard",
        "itself at the smallest size",
        "6.2 ×",
        "≤ 2 ×",
        [Growth("dashboard", ("first",), 2)],
    ),
    Line(
        "ledger page, months page, plan page, approval page",
        "itself at the smallest size",
        "up to 268 ×",
        "≤ 2 ×",
        [Growth("pages", (), 2)],
    ),
    Line(
        "plan page",
        "the ledger page",
        "",
        "≤ 3 ×",
        [Beside("pages", "plan page", "ledger page", most=3, at="largest")],
    ),
    Line("search", "itself at the smallest size", "", "≤ 2 ×", [Growth("search", (), 2)]),
    Line(
        "sort by every column the ledger offers",
        "itself at the smallest size",
        "up to 268 ×",
        "≤ 2 ×",
        [Growth("orders", (), 2)],
    ),
    Line(
        "`after` deep in the list, filtered or not; a page's number",
        "the first page",
        "50–89 ×",
        "≤ 2 ×; ≤ 5 ×",
        [
            Beside("deep", "after", "first page", most=2, at="largest"),
            Beside("deep", "after, filtered", "first page, filtered", most=2, at="largest"),
            Beside("deep", "after, by amount", "first page, by amount", most=2, at="largest"),
            Beside("deep", "page by number", "first page", most=5, at="largest"),
        ],
    ),
    Line(
        "posting one",
        "its own statements by cursor, one durable transaction",
        "10 queries; 6.4 / 7.9 ×",
        "≤ 7 statements, ≤ 2.5 ×",
        [
            Beside("posting", "service", "own statements", most=2.5),
            Most("posting", "queries", 7, "statements"),
        ],
    ),
    Line(
        "approving 500",
        "–",
        "5,501 queries, 1.1–3.7 s",
        "≤ 25 queries, ≤ 0.25 s of processor",
        [
            Most("approving 500", "queries", 25),
            Most("approving 500", "approving 500", 0.25, "s", per=1000),
        ],
    ),
    Line(
        "bulk 10,000 with its trail",
        "executemany / COPY of rows and trail",
        "4.7 / 3.5 ×",
        "≤ 2 ×",
        [
            Beside("bulk", "portal", "executemany", most=2),
            Beside("bulk", "portal", "COPY", most=2),
        ],
    ),
    Line(
        "import of 100,000 rows, all checks",
        "openpyxl read-only on the same file",
        "6.7 ×, 716 MB",
        "≤ 2.5 ×, ≤ 300 MB",
        [
            Beside("long import", "portal", "openpyxl", most=2.5),
            Most("long import", "grown MB", 300, "MB grown"),
            Most("long import", "reader MB", 300, "MB of the reader"),
        ],
    ),
    Line(
        "import of 10,000",
        "django-import-export's bulk mode without look-ups, checks or trail",
        "3.4 × its time",
        "≤ 1.5 ×",
        [Beside("short import", "portal", "django-import-export", most=1.5)],
    ),
    Line(
        "CSV of 100,000 by API",
        "csv.writer over rows of the same SELECT; COPY TO",
        "18 ×; 62 ×",
        "≤ 2 ×; ≤ 6 ×",
        [
            Beside("csv", "portal", "csv.writer", most=2),
            Beside("csv", "portal", "COPY TO", most=6),
        ],
    ),
    Line(
        "xlsx of 100,000",
        "XlsxWriter, constant memory, same cells",
        "3.8 ×",
        "≤ 1.5 ×, ≤ 30 MB grown",
        [
            Beside("xlsx", "portal", "XlsxWriter", most=1.5),
            Most("xlsx", "MB", 30, "MB grown"),
        ],
    ),
    Line(
        "64 readers and 8 writers for a minute",
        "–",
        "p99 3.1 × p50",
        "no error, totals exact, p99 ≤ 3 × p50",
        [
            Most("crowd", "errors", 0),
            Most("crowd", "totals or numbers broken", 0),
            Most("crowd", "p99 by p50", 3, "× p50 (p99)"),
        ],
    ),
    Line(
        "32 writers at once, SQLite",
        "–",
        "p99 25 s",
        "no error, p99 ≤ 5 s",
        [Most("writers", "errors", 0), Most("writers", "p99 s", 5, "s (p99)")],
    ),
    Line(
        "posting, closing, record, voucher look-up",
        "itself at the smallest size",
        "≤ 1.2 ×",
        "stays",
        [
            Growth("posting", ("service", "by API"), 1.2),
            Growth("closing", ("closing a month",), 1.2),
            Growth("small things", ("record page", "record by API", "voucher look-up"), 1.2),
        ],
    ),
    Line(
        "over a line of 160 kbit/s and 600 ms: voucher form; ledger page",
        "–",
        "1.6 s; 4.5 s",
        "≤ 1.5 s; ≤ 3 s",
        [
            Most("line", "voucher form s", 1.5, "s (form)"),
            Most("line", "ledger page s", 3, "s (ledger)"),
        ],
    ),
    Line(
        "conference report",
        "itself at the smallest size",
        "2–7 ×",
        "≤ 1.5 ×",
        [Growth("report", ("annual report",), 1.5)],
    ),
)


def by_case(results: Sequence[Result]) -> dict[tuple[str, str], Figures]:
    """`{(database, case): {size: figures}}`."""
    found: dict[tuple[str, str], Figures] = {}
    for each in results:
        found.setdefault((each.database, each.case), {})[each.size] = each.figures
    return found
