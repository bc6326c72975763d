"""The whole dashboard: every block of it, from as few questions as it takes."""

from collections.abc import Iterable, Sequence
from typing import Any

from accounts.models import User
from communes.models import Commune
from core.values import display
from disbursements.against_plan import Row, against_plan
from programs.models import Program
from reports.dashboard import standing, tables
from reports.dashboard.classes import training_block
from reports.dashboard.course import course
from reports.dashboard.heat_map import heat_table
from reports.dashboard.late import late_cells
from reports.dashboard.stated import due_list, stated
from reports.dashboard.tables import Before
from reports.dashboard.tiles import tile_map
from reports.dashboard.unexplained import unexplained_list
from reports.filters import PageFilter

SHOWN = 10  # rows of a table; the lists have the rest
CUTS = ("program", "commune", "quarter")


def build(page: PageFilter, user: User) -> dict[str, Any]:
    """The context of the dashboard for a filter, within the user's scope."""
    answer = against_plan(page.question(*CUTS), user)
    before = year_before(page, user)
    names = names_of([*answer.rows, *(before.rows if before else ())])
    trainings = training_block(page, user)
    said = stated(page, user)
    late = late_cells(page, answer.rows, names, user)
    due = due_list(page, user)
    return {
        "headline": standing.headline(page, answer),
        "figures": standing.key_figures(page, answer.total, stated=said, before=before),
        "programs": tables.lines(page, answer.rows, "program", names["program"], before),
        "communes": tables.lines(page, answer.rows, "commune", names["commune"], before),
        "quarters": tables.quarter_lines(page, answer.rows, before),
        "total": tables.total_line(page, answer.total, before),
        "before": before.page.year.code if before else "",
        "heat": heat_table(page, answer.rows, names),
        "late": late,
        "late_more": more_than_shown(late),
        "unexplained": unexplained_list(page, user),
        "trainings": trainings,
        "tiles": tile_map(page, answer.rows, names["commune"], trainings["by_commune"]),
        "course": course(page, answer.rows, user),
        "stated": said,
        "stated_more": more_than_shown(said),
        "due": due,
        "due_more": more_than_shown(due),
        "is_empty": not answer.rows,
    }


def more_than_shown(rows: Sequence[Any]) -> str:
    """How many rows a table leaves to its list; '' for none."""
    return display.number(len(rows) - SHOWN) if len(rows) > SHOWN else ""


def names_of(rows: Iterable[Row]) -> dict[str, dict[int, Any]]:
    """The programmes and communes that occur, by primary key, in the order of their lists."""
    keys = [row.key for row in rows]
    models: dict[str, Any] = {"program": Program, "commune": Commune}
    return {
        cut: {
            record.pk: record for record in model.objects.filter(pk__in={key[cut] for key in keys})
        }
        for cut, model in models.items()
    }


def year_before(page: PageFilter, user: User) -> Before | None:
    """The year compared with, answered the same way; None without one."""
    then = page.compared()
    if then is None:
        return None
    rows = against_plan(then.question(*CUTS), user).rows
    return Before(then, rows, same_communes=page.is_beside_its_communes)
