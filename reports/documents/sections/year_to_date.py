"""The year to the end of a quarter: against the plan to date, and against the year's."""

from django.utils.translation import gettext_lazy as _

from core.values import display
from disbursements.against_plan import against_plan
from reports.documents import money, wording
from reports.documents.blocks import Writer
from reports.documents.section import Figures, Report, Section, Sources, Table
from reports.documents.wording import say
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
    to.part(say("Lũy kế từ đầu năm tài chính", "Since the fiscal year began"))
    found = report.table("year_to_date")
    planned = report.table("year_plan")["total"]["planned"] or 0
    share = wording.share(found["total"]["disbursed"], planned)
    spent, whole = wording.spent(found["total"]), display.qualified(planned)
    to.say(
        f"Lũy kế từ đầu năm đã giải ngân {spent} đến hết quý; "
        f"so với kế hoạch cả năm ({whole}) đạt {share}.",
        f"Since the year began {spent} to the quarter's end were disbursed; "
        f"{share} of the year's plan ({whole}).",
    )
    money.money_table(
        to,
        say(
            "Lũy kế từ đầu năm theo chương trình, so với kế hoạch đến hết quý",
            "Since the year began by programme, against the plan to the quarter's end",
        ),
        say("Chương trình", "Programme"),
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
