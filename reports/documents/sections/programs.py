"""Plan against actual by programme."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now

from programs.models import Program
from reports.documents import money, wording
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section


def texts() -> Mapping[str, str]:
    """One block for each programme."""
    return {
        f"program_{program.code}": _now("Results: %(program)s") % {"program": program.local_name}
        for program in Program.objects.all()
    }


def write(to: Writer, report: Report) -> None:
    found = report.table("by_program")
    to.part("Theo chương trình")
    money.money_table(
        to,
        "Kế hoạch và giải ngân theo chương trình",
        "Chương trình",
        found,
        money.program_name,
        with_shares=True,
    )
    for row in found["rows"]:
        to.text(f"{row['program_name']}: giải ngân {wording.spent(row)}.")
        to.text(report.text(f"program_{row['program']}"))
    money.money_bars(
        to,
        "Kế hoạch và giải ngân theo chương trình (triệu đồng)",
        found,
        money.program_name,
    )


SECTION = Section(write, money.BY_PROGRAM, texts)
