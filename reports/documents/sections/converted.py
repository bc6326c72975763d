"""Plan and disbursement in another currency, where a rate was typed; it says so."""

from collections.abc import Callable

from core.values import display
from reports.documents import money, wording
from reports.documents.blocks import Column, Writer
from reports.documents.currency import Rate
from reports.documents.section import Report, Row, Section
from reports.documents.wording import say


def write(to: Writer, report: Report) -> None:
    kept = report.figures.get("rate")
    if kept:
        rate = Rate.from_dict(kept)
        to.part(say(f"Quy đổi sang {rate.currency}", f"In {rate.currency}"))
        table(to, rate, report.rows("by_program"), money.program_name)


def table(to: Writer, rate: Rate, rows: list[Row], name: Callable[[Row], str]) -> None:
    planned, spent = (
        rate.convert([row[field] or 0 for row in rows]) for field in ("planned", "disbursed")
    )
    planned, spent = [*planned, sum(planned)], [*spent, sum(spent)]
    cells = [
        [display.number(plan), display.number(out), wording.balance_cell(plan - out)]
        for plan, out in zip(planned, spent, strict=True)
    ]
    to.table(
        say(
            f"Kế hoạch và giải ngân theo chương trình, quy đổi sang {rate.currency}",
            f"Plan and disbursement by programme, converted to {rate.currency}",
        ),
        [
            Column(say("Chương trình", "Programme"), 2.2, number=False),
            Column(money.planned_name()),
            Column(money.spent_name()),
            Column(say("Còn lại", "Remaining")),
        ],
        [[name(row), *cells[i]] for i, row in enumerate(rows)],
        total=[wording.total_name(), *cells[-1]],
        unit=say(f"Đơn vị: {rate.currency}", f"Unit: {rate.currency}"),
        note=rate.in_words(),
    )


SECTION = Section(write, money.BY_PROGRAM)
