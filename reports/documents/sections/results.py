"""Plan against actual in general: the sentence of the year, and what remains."""

from collections.abc import Mapping

from django.utils.translation import gettext as _now

from communes.models import Level
from core.values.money import qualified_short
from reports.documents import money, wording
from reports.documents.blocks import Writer
from reports.documents.section import Report, Section, Sources
from reports.summary import named


def above_communes(sources: Sources) -> list[str]:
    """The codes of the units that are no communes: districts, for money of a whole area."""
    units = named("commune", sources.money.rows).values()
    return sorted(unit.code for unit in units if unit.level != Level.COMMUNE)


def texts() -> Mapping[str, str]:
    return {"results": _now("Results in general")}


def write(to: Writer, report: Report) -> None:
    total = report.table("by_program")["total"]
    to.section("Kết quả thực hiện kế hoạch và giải ngân")
    to.part("Kết quả chung")
    to.text(wording.headline(report.figures))
    to.text(
        f"Kế hoạch được giao là {qualified_short(total['planned'] or 0)}; tổng số đã giải ngân là "
        f"{wording.certified(total['disbursed'])}, {wording.against(total)}."
    )
    if total["pending"]:
        to.text(f"Ngoài ra {qualified_short(total['pending'])} đang chờ duyệt, chưa tính ở trên.")
    to.text(report.text("results"))


SECTION = Section(
    write,
    {**money.BY_PROGRAM, **money.BY_COMMUNE},
    texts,
    more={"above_communes": above_communes},
)
