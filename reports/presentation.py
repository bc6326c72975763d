"""The year for the conference room: full-screen pages, one message each, from the same queries.

A slide is plain data: `parts` of figures, charts, tiles and tables. The page and the PDF both lay
out the same parts, so that both say what the dashboard says.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from core.values import display
from monitoring.models import Difficulty
from monitoring.reviews.services.followed_up import FollowedUp
from reports import linked_number, slide_words
from reports.charts.description import BARS, Chart, Series
from reports.charts.svg import drawing
from reports.dashboard import page as dashboard
from reports.dashboard.late import Late
from reports.dashboard.review import last_review, review_of
from reports.dashboard.tables import Line
from reports.documents.figures import area_in_words
from reports.page_query import PageQuery
from reports.plan_beside_money.explanations import Explanation, latest_explanations
from reports.slide_pages import BARS_SHOWN, Part, Slide, numbered, over_pages, shortened

ROWS = 16  # of a table, over two slides: what a room has time for
ROWS_OF_TEXT = 8
TILES_SHOWN = 9  # three rows of them
LONGEST = 160  # letters of an explanation, likewise


def slides(page: PageQuery, data: dict[str, Any]) -> list[Slide]:
    """The pages of a year, in the order they are told; what there is nothing to say of is left."""
    review = data.get("review") or {}
    words, heat, late = slide_words, data["heat"], data["late"]
    lines, due, classes, stated = data["programs"], data["due"], data["trainings"], data["stated"]
    where = _("Where is it off? Programme × commune")
    figures = {"kind": "figures", "figures": data["figures"]}
    found = [
        Slide("year", subject_of(page), data["headline"], (figures,)),
        *_last_review(data.get("last_review") or []),
        Slide("course", _("Is the year on course?"), _of_course(page, data), _course(data)),
        *_programs(lines),
        Slide("communes", _("The communes"), words.lowest(heat), _communes(data["tiles"])),
        Slide("heat", where, words.worst(heat), (_heat(heat),)),
        Slide("late", _("Who is late, and why?"), words.late(late), _late(late)),
        Slide("due", _("What is due"), words.due(due), _due(due)),
        Slide("trainings", _("Training classes"), words.classes(classes), _classes(classes)),
    ]
    if stated:
        said = words.stated(stated)
        found.append(Slide("stated", _("Stated and counted"), said, _stated(stated)))
    if why := data.get("why"):
        at = [slide.key for slide in found].index("late") + 1
        found.insert(at, Slide("why", _("What lies behind it"), words.why(why), _why(why)))
    for key, (title, columns) in REVIEW.items():
        if rows := review.get(key):
            wide = 0 if key == "requests" else 1
            table = _table([str(column) for column in columns], rows, wide=wide)
            found.append(Slide(key, str(title), words.of_review(key, rows), (table,)))
    if rows := data.get("difficulties"):
        found.append(_difficulties(rows))
    if plan := data.get("next_plan"):
        found.append(_next_plan(plan, [] if page.is_part else lines))
    return [page for slide in found for page in over_pages(slide)]


def _programs(lines: list[Line]) -> list[Slide]:
    """The bars of a few programmes to a slide."""
    slide = Slide("programs", _("By programme"), slide_words.furthest(lines))
    some = [lines[i : i + BARS_SHOWN] for i in range(0, len(lines), BARS_SHOWN)]
    return numbered(slide, [_bars(each) for each in some])


def _difficulties(rows: list[Difficulty]) -> Slide:
    heads = (_("Difficulty"), _("Where"), _("Who"), _("Due"), _("State"))
    cells = [slide_words.difficulty_cells(row) for row in rows[:ROWS]]
    table = _table(heads, cells)
    said = slide_words.difficulties_said(rows)
    return Slide("difficulties", _("Difficulties"), said, (table,))


def _next_plan(plan: dict[str, Any], lines: list[Line]) -> Slide:
    """Beside the plan of this year, or of the part of it that is shown."""
    now = {line.name: line.planned_amount for line in lines}
    then = _("Plan of %(year)s") % {"year": plan["year"]}
    heads = (_("Programme"), then, _("Plan of this year"))
    rows = [
        [name, planned, display.short(now[name]) if name in now else display.NOTHING]
        for name, planned in plan["rows"]
    ]
    said = slide_words.next_plan_said(plan)
    return Slide("next-plan", _("Next year's plan"), said, (_table(heads, rows, numbers=(1, 2)),))


def drawn_parts(data: dict[str, Any], name: str) -> tuple[Part, ...]:
    """The drawings of a slide: its charts, or its map; none where there is nothing to draw."""
    if name == "course":
        return _course(data)
    return _bars(data["programs"]) if name == "programs" else _tiles(data["tiles"])


def _last_review(found: list[FollowedUp]) -> list[Slide]:
    """What became of what the last review concluded: the first of the past."""
    if not found:
        return []
    heads = (_("What was concluded"), _("Who"), _("Due"), _("What became of it"))
    rows = [[each.what, each.who, display.day(each.due), _became(each)] for each in found[:ROWS]]
    table = _table(heads, rows)
    title = _("What became of the last review's conclusions")
    return [Slide("last-review", title, slide_words.last_review(found), (table,))]


def _became(each: FollowedUp) -> str:
    """'Done (27/03/2023): …', 'Dropped: …'."""
    on = f" ({display.day(each.done_on)})" if each.done_on else ""
    why = f": {each.said}" if each.said else ""
    return f"{each.outcome.label}{on}{why}"


REVIEW = {
    "present": (
        _lazy("The annual review"),
        (_lazy("Who"), _lazy("Office, and what they did")),
    ),
    "discussed": (
        _lazy("What was discussed"),
        (_lazy("What"), _lazy("In the meeting's words")),
    ),
    "outcomes": (
        _lazy("What was achieved"),
        (_lazy("Programme"), _lazy("Stated outcome")),
    ),
    "requests": (
        _lazy("Requests"),
        (_lazy("What is asked"), _lazy("Who"), _lazy("Due"), _lazy("State")),
    ),
}


def slides_of(page: PageQuery, user: User) -> list[Slide]:
    """The pages of a year, with its explanations and what this review and the last one said."""
    more: dict[str, object] = {
        "review": review_of(page, user),
        "last_review": last_review(page, user),
    }
    more["why"] = latest_explanations(page, user)
    more["difficulties"] = slide_words.difficulties(page, user)
    more["next_plan"] = slide_words.next_plan(page, user)
    return slides(page, {**dashboard.build(page, user), **more})


def _of_course(page: PageQuery, data: dict[str, Any]) -> str:
    """Of a part of the year the rate is that part's: only the headline says of what."""
    return data["headline"] if page.is_part else slide_words.course(data)


def subject_of(page: PageQuery) -> str:
    """What it is about: the programme area, the year, and what it is narrowed to."""
    parts = [area_in_words(page.year), _("Fiscal year %(year)s") % {"year": page.year.code}]
    parts += [str(program) for program in page.programs]
    parts += [str(commune) for commune in page.communes]
    parts += page.part_in_words()
    if page.as_of:
        parts.append(_("up to %(day)s") % {"day": display.day(page.as_of)})
    return " · ".join(filter(None, parts))


def _course(data: dict[str, Any]) -> tuple[Part, ...]:
    chart = data["course"]["chart"]
    return (_chart(chart),) if data["quarters"] else ()


def _chart(chart: Chart) -> Part:
    return {"kind": "chart", "chart": chart, "drawn": drawing(chart), "series": chart.series}


def _bars(lines: list[Line]) -> tuple[Part, ...]:
    if not lines:
        return ()
    series = (
        Series(
            _("Disbursed"),
            "actual",
            tuple(line.disbursed_amount for line in lines),
            tuple(f"{display.short(line.disbursed_amount)} · {line.rate}" for line in lines),
        ),
        Series(
            _("Planned"),
            "plan",
            tuple(line.planned_amount for line in lines),
            tuple(display.short(line.planned_amount) for line in lines),
        ),
    )
    names = tuple(line.name for line in lines)
    return (_chart(Chart(BARS, _("Plan and disbursement by programme"), names, series)),)


def _tiles(tiles: dict[str, object]) -> tuple[Part, ...]:
    part = {"kind": "tiles", "tiles": tiles, "note": tiles["note"]}
    return (part,) if tiles["tiles"] else ()


def _communes(tiles: dict[str, Any]) -> tuple[Part, ...]:
    """The map, or the tiles where they are few enough to be read; else their figures."""
    few = not tiles.get("lacking") if tiles["is_map"] else len(tiles["tiles"]) <= TILES_SHOWN
    if few:
        return _tiles(tiles)
    rows = [[tile["name"], tile["rate"], tile["count"]] for tile in tiles["tiles"]]
    return (_table((_("Commune"), _("Rate"), _("Classes")), rows, numbers=(1, 2)),)


def _table(
    titles: Sequence[str],
    rows: Iterable[Iterable[object]],
    *,
    numbers: Collection[int] = (),
    wide: int = 0,
) -> Part:
    """`numbers` are the columns that hold such, `wide` is the widest of all; a cell is text, or
    text with its heat."""
    cells = [[_text(cell) for cell in row] for row in rows]
    heads = [{"title": title, "number": n in numbers} for n, title in enumerate(titles)]
    lines = [list(zip(heads, row, strict=True)) for row in cells]
    return {"kind": "table", "columns": heads, "rows": lines, "wide": wide}


def _text(cell: object) -> dict[str, object]:
    return cell if isinstance(cell, dict) else {"text": shortened(cell), "heat": None}


def _heat(heat: dict[str, Any]) -> Part:
    rows = [
        [
            row["name"],
            *(
                {"text": cell.rate, "heat": cell.heat} if cell else display.NOTHING
                for cell in row["cells"]
            ),
            row["rate"],
        ]
        for row in heat["rows"]
    ]
    titles = [_("Commune"), *(column["code"] for column in heat["columns"]), _("Together")]
    return _table(titles, rows, numbers=range(1, len(titles)))


def _late(late: list[Late]) -> tuple[Part, ...]:
    if not late:
        return ()
    heads = (_("Programme and commune"), _("Rate"), _("Left to date"), _("Why"))
    rows = [
        [
            line.name,
            line.rate,
            line.short,
            line.reason.text if line.reason else _("Not explained yet"),
        ]
        for line in late[:ROWS]
    ]
    return (_table(heads, rows, numbers=(1, 2), wide=3),)


def _why(said: list[Explanation]) -> tuple[Part, ...]:
    """The variances beside their explanation: cause, words, decision, plan that followed."""
    heads = (_("Programme and commune"), _("Rate"), _("Against the plan to date"), _("Why"))
    rows = [
        [
            each.name,
            linked_number.percent(each.item.rate),
            linked_number.remaining(each.item.planned - each.item.disbursed),
            Truncator(each.sentence).chars(LONGEST),
        ]
        for each in said[:ROWS_OF_TEXT]
    ]
    return (_table(heads, rows, numbers=(1, 2), wide=3),)


def _due(due: list[dict[str, object]]) -> tuple[Part, ...]:
    if not due:
        return ()
    rows = [[entry["title"], entry["kind"], entry["due"]] for entry in due[:ROWS]]
    return (_table((_("What"), _("Kind"), _("Due")), rows),)


def _classes(trainings: dict[str, Any]) -> tuple[Part, ...]:
    if not trainings["rows"]:
        return ()
    fields = ("trainings", "participants", "female_share", "ethnic_minority")
    people = (_("Participants"), _("Share of women"), _("Ethnic minority"))
    shown = [*trainings["rows"][:ROWS], trainings["total"]]
    rows = [[row["name"], *(row[f] for f in fields)] for row in shown]
    return (_table((_("Topic"), _("Classes"), *people), rows, numbers=range(1, 5)),)


def _stated(stated: list[dict[str, Any]]) -> tuple[Part, ...]:
    heads = (_("Figure"), _("Stated"), _("Counted"), _("Do they agree?"))
    words = {True: _("Agrees"), False: _("Differs"), None: display.NOTHING}
    rows = [
        [
            r["label"],
            ", ".join(filter(None, [r["text"], r["as_of"]])),
            r["counted"],
            words[r["agrees"]],
        ]
        for r in stated[:ROWS]
    ]
    return (_table(heads, rows, numbers=(2,)),)


def build(page: PageQuery, user: User, chosen: str) -> dict[str, object]:
    """The context of a slide (or, for `all`, of every slide one after another, for printing)."""
    every = slides_of(page, user)
    index = next((i for i, slide in enumerate(every) if slide.key == chosen), 0)
    return {
        "slides": every if chosen == "all" else [every[index]],
        "whole": chosen == "all",
        "subject": subject_of(page),
        "number": index + 1,
        "count": len(every),
        "previous": address(page, every[index - 1].key) if index else "",
        "next": address(page, every[index + 1].key) if index + 1 < len(every) else "",
        "first": address(page, every[0].key),
        "last": address(page, every[-1].key),
        "all": address(page, "all"),
        "pdf": f"{reverse('present-pdf')}?{page.to_query()}",
        "leave": f"{reverse('dashboard')}?{page.to_query()}",
        "contents": [
            {"title": s.title, "href": address(page, s.key), "current": i == index}
            for i, s in enumerate(every)
        ],
    }


def address(page: PageQuery, key: str) -> str:
    return f"{reverse('present')}?{page.to_query(slide=key)}"
