"""Geometry of the charts, drawn as SVG by templates. Pure functions: figures in, coordinates out.

Every number is text with a point, since a template would write 12,5 and SVG knows 12.5 only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import display

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 96, 16, 34
MONTHS = 12


@dataclass(frozen=True)
class Month:
    """A month of the year: đồng in it and since the year began; None after the as-of date."""

    start: date
    disbursed: int | None
    cumulative: int | None
    planned_to_date: int
    before: int | None = None  # cumulative in the year compared with
    href: str = ""


def step_for(largest: int, ticks: int = 4) -> int:
    """A round step (1, 2 or 5 times a power of ten) with at most `ticks` steps up to `largest`."""
    rough = max(largest, 1) / ticks
    power = 1
    while power * 10 <= rough:
        power *= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def cumulative(months: Sequence[Month], *, label_plan: str, label_actual: str) -> dict[str, Any]:
    """The chart of what was disbursed since July against the plan's quarters as steps."""
    values = [m.cumulative or 0 for m in months] + [m.before or 0 for m in months]
    largest = max([*values, *(m.planned_to_date for m in months), 1])
    step = step_for(largest)
    top = -(-largest // step) * step
    scale = _Scale(top)
    known = [(i, m) for i, m in enumerate(months) if m.cumulative is not None]
    return {
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "left": str(LEFT),
        "right": str(WIDTH - RIGHT),
        "base": _n(scale.y(0)),
        "ticks": [
            {
                "y": _n(scale.y(value)),
                "text_y": _n(scale.y(value) + 4),
                "label": display.short(value),
            }
            for value in range(0, top + 1, step)
        ],
        "months": [
            {"x": _n(scale.x(i + 0.5)), "label": str(m.start.month)} for i, m in enumerate(months)
        ],
        "plan": _steps(scale, months),
        "actual": _path(scale, [(i + 1, m.cumulative or 0) for i, m in known]),
        "before": _path(scale, [(i + 1, m.before) for i, m in enumerate(months) if m.before]),
        "dots": [
            {
                "x": _n(scale.x(i + 1)),
                "y": _n(scale.y(m.cumulative or 0)),
                "href": m.href,
                "label": f"{m.start:%m/%Y}: {display.short(m.cumulative)}",
            }
            for i, m in known
        ],
        "ends": _ends(scale, months, known, label_plan, label_actual),
    }


class _Scale:
    """From months (0 to 12) and đồng to the picture's coordinates."""

    def __init__(self, top: int) -> None:
        self.top = top

    def x(self, month: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * month / MONTHS

    def y(self, amount: int) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * max(amount, 0) / self.top


def _n(value: float) -> str:
    return f"{value:.1f}"


def _path(scale: _Scale, points: Sequence[tuple[int, int]]) -> str:
    if not points:
        return ""
    return "M" + " L".join(f"{_n(scale.x(x))} {_n(scale.y(y))}" for x, y in [(0, 0), *points])


def _steps(scale: _Scale, months: Sequence[Month]) -> str:
    """The plan to date: level through a quarter, a step up where it is over."""
    path, so_far = f"M{_n(scale.x(0))} {_n(scale.y(0))}", 0
    for index, month in enumerate(months):
        path += f" H{_n(scale.x(index + 1))}"
        if month.planned_to_date != so_far:
            so_far = month.planned_to_date
            path += f" V{_n(scale.y(so_far))}"
    return path


def _ends(
    scale: _Scale,
    months: Sequence[Month],
    known: Sequence[tuple[int, Month]],
    label_plan: str,
    label_actual: str,
) -> list[dict[str, str]]:
    """Labels at the ends of the lines, moved apart where they would touch."""
    ends = [("plan", label_plan, scale.x(MONTHS), months[-1].planned_to_date)]
    if known:
        index, month = known[-1]
        ends.append(("actual", label_actual, scale.x(index + 1), month.cumulative or 0))
    ends.sort(key=lambda end: scale.y(end[3]))
    placed: list[dict[str, str]] = []
    lowest = 0.0
    for kind, label, x, amount in ends:
        y = max(scale.y(amount) - 4, lowest + 30, TOP + 8)
        lowest = y
        placed.append(
            {
                "kind": kind,
                "x": _n(x + 8),
                "y": _n(y),
                "below": _n(y + 14),
                "label": label,
                "value": display.short(amount),
            }
        )
    return placed
