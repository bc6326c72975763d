"""The year for the conference room: full-screen pages, one message each, from the same queries."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core import display
from reports.dashboard import page as dashboard
from reports.dashboard.late import Late
from reports.dashboard.tables import Line
from reports.filters import PageFilter


@dataclass(frozen=True)
class Slide:
    """One page: `message` is the sentence to remember, `template` the part that shows it."""

    key: str
    title: str
    message: str
    template: str


def slides(page: PageFilter, data: dict[str, Any]) -> list[Slide]:
    """The pages of a year, in the order they are told."""
    found = [
        Slide(
            "year", _("Fiscal year %(year)s") % {"year": page.year.code}, data["headline"], "year"
        ),
        Slide("course", _("The course of the year"), course_message(data), "course"),
        Slide("programs", _("By programme"), furthest(data["programs"]), "programs"),
        Slide("heat", _("Programme × commune"), heat_message(data["heat"]), "heat"),
        Slide("late", _("Late against the plan to date"), late_message(data["late"]), "late"),
        Slide("trainings", _("Training classes"), training_message(data["trainings"]), "trainings"),
    ]
    if data["stated"]:
        found.append(Slide("stated", _("Stated and counted"), stated_message(data), "stated"))
    return found


def subject_of(page: PageFilter) -> str:
    return _("Fiscal year %(year)s") % {"year": page.year.code}


def course_message(data: dict[str, Any]) -> str:
    quarters = data["quarters"]
    if not quarters:
        return data["headline"]
    return _("%(rate)s of the year's plan; the quarters stood at %(quarters)s.") % {
        "rate": data["total"].rate,
        "quarters": " · ".join(line.rate for line in quarters),
    }


def furthest(lines: list[Line]) -> str:
    """Who is furthest above and who furthest below."""
    known = [line for line in lines if line.value is not None]
    if len(known) < 2:
        return ""
    known.sort(key=lambda line: line.value)  # type: ignore[arg-type, return-value]
    return _("From %(low)s (%(low_rate)s) to %(high)s (%(high_rate)s).") % {
        "low": known[0].name,
        "low_rate": known[0].rate,
        "high": known[-1].name,
        "high_rate": known[-1].rate,
    }


def heat_message(heat: dict[str, Any]) -> str:
    rows = heat["rows"]
    if not rows:
        return ""
    return _("%(commune)s stands lowest, at %(rate)s of its plan.") % {
        "commune": rows[0]["name"],
        "rate": rows[0]["rate"],
    }


def late_message(late: list[Late]) -> str:
    if not late:
        return _("Nobody is late against the plan to date.")
    return _("%(count)s of the cells are late; the latest: %(name)s, %(rate)s.") % {
        "count": display.number(len(late)),
        "name": late[0].name,
        "rate": late[0].rate,
    }


def training_message(trainings: dict[str, Any]) -> str:
    total = trainings["total"]
    return _("%(classes)s classes, %(people)s participants, %(share)s of them women.") % {
        "classes": total["trainings"],
        "people": total["participants"],
        "share": total["female_share"],
    }


def stated_message(data: dict[str, Any]) -> str:
    agreeing = sum(bool(row["agrees"]) for row in data["stated"])
    return _("%(agreeing)s of %(all)s stated figures agree with the portal.") % {
        "agreeing": display.number(agreeing),
        "all": display.number(len(data["stated"])),
    }


def build(page: PageFilter, user: Any, chosen: str) -> dict[str, Any]:
    """The context of a slide (or, for `all`, of every slide one after another, for printing)."""
    data = dashboard.build(page, user)
    every = slides(page, data)
    index = next((i for i, slide in enumerate(every) if slide.key == chosen), 0)
    return {
        **data,
        "slides": every if chosen == "all" else [every[index]],
        "number": index + 1,
        "count": len(every),
        "previous": address(page, every[index - 1].key) if index else "",
        "next": address(page, every[index + 1].key) if index + 1 < len(every) else "",
        "all": address(page, "all"),
        "leave": f"{reverse('dashboard')}?{page.query()}",
        "contents": [
            {"title": s.title, "href": address(page, s.key), "current": i == index}
            for i, s in enumerate(every)
        ],
    }


def address(page: PageFilter, key: str) -> str:
    return f"{reverse('present')}?{page.query(slide=key)}"
