"""The whole dashboard: every block of it, from as few questions as it takes."""

from collections.abc import Sequence

from accounts.models import User
from core.values import display
from disbursements.against_plan import against_plan
from reports.dashboard import standing, tables
from reports.dashboard.classes import training_block
from reports.dashboard.course import course
from reports.dashboard.heat_map import heat_table
from reports.dashboard.late import late_cells
from reports.dashboard.stated import due_list, stated
from reports.dashboard.tables import Before, names_of
from reports.dashboard.tiles import tile_map
from reports.dashboard.unexplained import unexplained_list
from reports.page_query import PageQuery

SHOWN = 10  # rows of a table; the lists have the rest
CUTS = ("program", "commune", "quarter")


def build(page: PageQuery, user: User) -> dict[str, object]:
    """The context of the dashboard for a filter, within the user's scope."""
    answer = against_plan(page.cut(*CUTS), user)
    before = year_before(page, user)
    names = names_of([*answer.rows, *(before.answer.rows if before else ())])
    trainings = training_block(page, user)
    said = stated(page, user)
    late = late_cells(page, answer, names, user)
    due = due_list(page, user)
    return {
        "headline": standing.headline(page, answer),
        "figures": standing.key_figures(page, answer.total, stated=said, before=before),
        "programs": tables.lines(page, answer, "program", names.programs, before),
        "communes": tables.lines(page, answer, "commune", names.communes, before),
        "quarters": tables.quarter_lines(page, answer, before),
        "total": tables.total_line(page, answer.total, before),
        "before": before.page.year.code if before else "",
        "heat": heat_table(page, answer, names),
        "late": late,
        "late_more": more_than_shown(late),
        "unexplained": unexplained_list(page, user),
        "trainings": trainings,
        "tiles": tile_map(page, answer, names.communes, trainings["by_commune"]),
        "course": course(page, answer, user),
        "stated": said,
        "stated_more": more_than_shown(said),
        "due": due,
        "due_more": more_than_shown(due),
        "is_empty": not answer.rows,
    }


def more_than_shown(rows: Sequence[object]) -> str:
    """How many rows a table leaves to its list; '' for none."""
    return display.number(len(rows) - SHOWN) if len(rows) > SHOWN else ""


def year_before(page: PageQuery, user: User) -> Before | None:
    """The year compared with, answered the same way; None without one."""
    then = page.compared()
    if then is None:
        return None
    answer = against_plan(then.cut(*CUTS), user)
    return Before(then, answer, same_communes=page.is_beside_its_communes)
