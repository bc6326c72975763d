"""Plan against actual by programme."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now

from programs.models import Program
from reports.documents import money, wording
from reports.documents.blocks import Writer
from reports.documents.section import Report, Row, Section
from reports.documents.wording import say


def texts() -> Mapping[str, str]:
    """One block for each programme."""
    return {
        f"program_{program.code}": _now("Results: %(program)s") % {"program": program.local_name}
        for program in Program.objects.all()
    }


def write(to: Writer, report: Report) -> None:
    found = report.table("by_program")
    to.part(say("Theo chương trình", "By programme"))
    money.money_table(
        to,
        say("Kế hoạch và giải ngân theo chương trình", "Plan and disbursement by programme"),
        say("Chương trình", "Programme"),
        found,
        money.program_name,
        with_shares=True,
    )
    for row in found["rows"]:
        disbursed = say("giải ngân", "disbursed")
        to.text(f"{row['program_name']}: {disbursed} {wording.spent(row)}.")
        to.text(report.text(f"program_{row['program']}"))
    money.money_bars(
        to,
        say(
            "Kế hoạch và giải ngân theo chương trình (triệu đồng)",
            "Plan and disbursement by programme (million đồng)",
        ),
        found,
        money.program_name,
    )


def suggest(report: Report) -> Mapping[str, str]:
    """Where each programme stands highest and lowest."""
    found: dict[str, list[Row]] = {}
    for row in report.rows("by_program_commune"):
        found.setdefault(f"program_{row['program']}", []).append(row)
    return {name: wording.extremes(rows, "commune_name") for name, rows in found.items()}


SECTION = Section(write, {**money.BY_PROGRAM, **money.BY_BOTH}, texts, suggest)
