"""`bench/results.md` and `bench/growth.svg` from the figures; no number is typed by hand."""

from collections.abc import Sequence
from pathlib import Path

from bench import goals
from bench.ledger import SHAPE
from bench.results import FOLDER, Result, machine
from reports.charts.description import BARS, Chart, Series, ticks_for
from reports.charts.svg import standalone

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
HEAD = """# What the portal costs

Written by `make bench`: no number is typed by hand. Milliseconds are the processor's, of the
process and of its PostgreSQL backend, the calls interleaved, medians; “/s” and “s” are by the
clock. What is measured, and beside what: `bench/cases/`; the goals: `bench/goals.py`. PostgreSQL is
a throw-away server of its own without fsync, which the processor's time does not see.

Ledgers: {shape}. Each has the trail, numbers, totals and the order of changes that posting leaves.

{machine}. Sizes: {sizes}. Revision {revision}; measured {measured}; load of the machine then
{load} (others worked on it where it is above 1).
"""
GROWING = (("cuts", "by program"), ("dashboard", "first"), ("pages", "ledger page"))
GROWING_NAMES = ("Summary", "Dashboard", "Ledger page")


def write(results: Sequence[Result], folder: Path = FOLDER) -> None:
    found = goals.by_case(results)
    parts = [_head(results), _table(found), _growth(found, folder), _all(found), _said(results)]
    text = "\n".join(part for part in parts if part)
    (folder / "results.md").write_text(text)


def _head(results: Sequence[Result]) -> str:
    of = machine()
    moments = sorted(each.measured for each in results)
    loads = [each.load for each in results]
    sizes = {
        database: ", ".join(
            f"{s:,}" for s in sorted({r.size for r in results if r.database == database})
        )
        for database in goals.DATABASES
    }
    return HEAD.format(
        shape=SHAPE,
        machine=f"{of['processor']}, {of['cores']} cores, Python {of['python']}",
        sizes="; ".join(f"{NAMES[d]} {said}" for d, said in sizes.items() if said),
        revision=", ".join(sorted({each.revision for each in results})),
        measured=f"{moments[0]} to {moments[-1]}" if moments else "never",
        load=f"{min(loads)} to {max(loads)}" if loads else "–",
    )


def _table(found: dict[tuple[str, str], goals.Figures]) -> str:
    lines = [
        "## The goals\n",
        "| what | beside | before (SQLite / PostgreSQL) | goal"
        " | now, SQLite | now, PostgreSQL | met |",
        "|---|---|---|---|---|---|---|",
    ]
    for line in goals.LINES:
        now, met = [], []
        for database in goals.DATABASES:
            said, each = _held(line, database, found)
            now.append("; ".join(said) or "not measured")
            met += each
        verdict = "not measured" if not met else "yes" if all(met) else "**no**"
        if met and any(met) and not all(met):
            verdict = f"**{sum(met)} of {len(met)}**"
        lines.append(
            f"| {' | '.join([line.what, line.beside, line.before, line.goal, *now, verdict])} |"
        )
    return "\n".join(lines) + "\n"


def _held(
    line: goals.Line, database: str, found: dict[tuple[str, str], goals.Figures]
) -> tuple[list[str], list[bool]]:
    """The figures of a line in words, and whether each is as good as wanted."""
    said, met = [], []
    for goal in line.goals:
        sizes = found.get((database, goal.case), {})
        value = goal.found(sizes)
        if value is None:
            continue
        is_met = goal.met(value)
        text = goal.said(sizes) if isinstance(goal, goals.Growth) else goal.says(value)
        said.append(text if is_met else f"**{text}**")
        met.append(is_met)
    return said, met


def _growth(found: dict[tuple[str, str], goals.Figures], folder: Path) -> str:
    """The picture of what grows, on the database with the most sizes."""
    counts = {d: len(found.get((d, "cuts"), {})) for d in goals.DATABASES}
    database = max(counts, key=lambda name: counts[name])
    if counts[database] < 2:
        return ""
    bars = [
        (f"{name}, {size:,} rows", round(figures[figure]))
        for name, (case, figure) in zip(GROWING_NAMES, GROWING, strict=True)
        for size, figures in sorted(found.get((database, case), {}).items())
        if figure in figures
    ]
    values = tuple(value for _name, value in bars)
    series = Series("", "actual", values, tuple(f"{value} ms" for value in values))
    names = tuple(name for name, _value in bars)
    title = f"Milliseconds of the processor by rows of the ledger, {NAMES[database]}"
    chart = Chart(BARS, title, names, (series,), ticks_for((series,), str), names)
    (folder / "growth.svg").write_text(standalone(chart))
    return f"## Growth\n\n![{chart.in_words()}](growth.svg)\n"


def _all(found: dict[tuple[str, str], goals.Figures]) -> str:
    """Every figure, by size."""
    lines = ["## All figures\n"]
    for database in goals.DATABASES:
        cases = sorted({(d, case) for d, case in found if d == database})
        sizes = sorted({size for key in cases for size in found[key]})
        if not sizes:
            continue
        lines += [
            f"### {NAMES[database]}\n",
            f"| case | figure | {' | '.join(f'{s:,}' for s in sizes)} |",
        ]
        lines.append(f"|---|---|{'---:|' * len(sizes)}")
        for key in cases:
            names = dict.fromkeys(name for size in found[key] for name in found[key][size])
            for name in names:
                cells = [f"{found[key].get(size, {}).get(name, '–')}" for size in sizes]
                lines.append(f"| {key[1]} | {name} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def _said(results: Sequence[Result]) -> str:
    """What could not be measured."""
    said = [
        f"- {NAMES[each.database]}, {each.size:,}, {each.case}: {sentence}"
        for each in results
        for sentence in each.said
    ]
    return "## What was not measured, or otherwise\n\n" + "\n".join(said) + "\n" if said else ""
