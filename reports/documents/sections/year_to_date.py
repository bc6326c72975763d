"""The year to the end of a quarter: against the plan to date, and against the year's."""

from django.utils.translation import gettext_lazy as _

from core.values.money import qualified_short
from disbursements.against_plan import against_plan
from reports.documents import money, wording
from reports.documents.blocks import Writer
from reports.documents.section import Figures, Report, Section, Sources, Table
from reports.summary import table


def find(sources: Sources) -> Figures:
    query = sources.query
    asked = query.narrowed(days=(query.year.start, query.span[1]), by=("program",))
    return table(against_plan(asked, sources.user))


def find_plan(sources: Sources) -> Figures:
    """The plan of the whole year."""
    asked = sources.query.narrowed(days=None, quarter=None, by=("program", "commune", "quarter"))
    return table(against_plan(asked, sources.user).cut("program"))


def write(to: Writer, report: Report) -> None:
    to.part("Lũy kế từ đầu năm tài chính")
    found = report.table("year_to_date")
    planned = report.table("year_plan")["total"]["planned"] or 0
    share = wording.share(found["total"]["disbursed"], planned)
    to.text(
        f"Lũy kế từ đầu năm đã giải ngân {wording.spent(found['total'])} đến hết quý; "
        f"so với kế hoạch cả năm ({qualified_short(planned)}) đạt {share}."
    )
    money.money_table(
        to,
        "Lũy kế từ đầu năm theo chương trình, so với kế hoạch đến hết quý",
        "Chương trình",
        found,
        money.program_name,
    )


SECTION = Section(
    write,
    {
        "year_to_date": Table(_("Year to date"), find, money.FIELDS),
        "year_plan": Table(_("Plan of the year"), find_plan, money.FIELDS),
    },
)
