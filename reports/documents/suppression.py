"""Small cells: 1 to 4 people are not published outside, nor what would give them away.

Head counts hang together: rows add up to totals, women and men to participants, ages too, and who
is not in a part is in the rest. A hidden cell is safe only when all these sums leave it open.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from core.values import display
from reports.documents.wording import say
from trainings.models import AGES, COUNTS, OF_WHICH

LIMIT = 5  # fewer people than this, and more than none, are not published
HIDDEN = "*"
REST = "not "
CUTS = ("topic", "commune")  # of a document's tables


def note_on_hidden() -> str:
    return say(
        " * Không công bố: dưới 5 người, hoặc từ đó có thể suy ra số dưới 5 người.",
        " * Not published: fewer than 5 people, or what would give such a number away.",
    )


Cell = Hashable
Sum = tuple[Cell, Sequence[Cell]]  # a cell and the cells that add up to it


def hide(
    values: Mapping[Cell, int],
    sums: Sequence[Sum],
    unprinted: Collection[Cell] = (),
    dear: Collection[Cell] = (),
) -> set[Cell]:
    """The cells to hide: those of 1 to 4 people, and the smallest others that protect them.

    `unprinted` cells nobody prints, but anybody may work out; they are protected all the same.
    `dear` cells are hidden only when no other protects.
    """
    small = {cell for cell, value in values.items() if 0 < value < LIMIT}
    unknown = small | set(unprinted)

    def cost(cell: Cell) -> tuple[bool, bool, int, str]:
        return (cell in dear, values[cell] == 0, values[cell], str(cell))

    while exposed := small & given_away(values, sums, unknown, unprinted):
        near = _printed_near(exposed, sums, unknown)
        if not near:
            break
        unknown.add(min(near, key=cost))
    return unknown - set(unprinted)


def _printed_near(exposed: set[Cell], sums: Sequence[Sum], unknown: set[Cell]) -> set[Cell]:
    """The printed cells in sums that hang together with the exposed cells through unknown ones."""
    reached, printed = set(exposed), set()
    grown = True
    while grown:
        grown = False
        for total, parts in sums:
            cells = {total, *parts}
            if cells & reached:
                new = (cells & unknown) - reached
                grown = grown or bool(new)
                reached |= new
                printed |= cells - unknown
    return printed


def given_away(
    values: Mapping[Cell, int],
    sums: Sequence[Sum],
    unknown: set[Cell],
    unprinted: Collection[Cell] = (),
) -> set[Cell]:
    """The unknown cells whose value the printed ones and the sums leave no doubt about."""
    equations = [_equation(values, total, parts, unknown) for total, parts in sums]
    equations = [(left, right) for left, right in equations if left]
    least = {cell: 0 if cell in unprinted else 1 for cell in unknown}
    return _solved(equations) | _squeezed(equations, least)


Equation = tuple[dict[Cell, int], int]


def _equation(
    values: Mapping[Cell, int], total: Cell, parts: Sequence[Cell], hidden: set[Cell]
) -> Equation:
    """parts − total = 0 with the published cells on the right."""
    left: dict[Cell, int] = {}
    right = 0
    for cell, sign in [(total, -1), *((part, 1) for part in parts)]:
        if cell in hidden:
            left[cell] = left.get(cell, 0) + sign
        else:
            right -= sign * values[cell]
    return left, right


def _solved(equations: Sequence[Equation]) -> set[Cell]:
    """Unknowns with one solution: those alone in a row after elimination."""
    done: list[tuple[Cell, dict[Cell, Fraction]]] = []
    for left, _right in equations:
        row = {cell: Fraction(factor) for cell, factor in left.items()}
        for pivot, other in done:
            _subtract(row, other, pivot)
        if not row:
            continue
        pivot = next(iter(row))
        lead = row[pivot]
        row = {cell: factor / lead for cell, factor in row.items()}
        for _cell, other in done:
            _subtract(other, row, pivot)
        done.append((pivot, row))
    return {pivot for pivot, row in done if len(row) == 1}


def _subtract(row: dict[Cell, Fraction], other: dict[Cell, Fraction], pivot: Cell) -> None:
    factor = row.get(pivot)
    if factor:
        for cell, value in other.items():
            rest = row.get(cell, Fraction(0)) - factor * value
            if rest:
                row[cell] = rest
            else:
                row.pop(cell, None)


def _squeezed(equations: Sequence[Equation], least: Mapping[Cell, int]) -> set[Cell]:
    """Unknowns that bounds leave one value: two hidden cells (each at least 1) that make 2."""
    low: dict[Cell, int] = dict(least)
    high: dict[Cell, float] = dict.fromkeys(least, float("inf"))
    for _round in range(20):
        before = (dict(low), dict(high))
        for left, right in equations:
            for cell, sign in left.items():
                _tighten(cell, sign, left, right, low, high)
        if (low, high) == before:
            break
    return {cell for cell in low if low[cell] == high[cell]}


def _tighten(
    cell: Cell,
    sign: int,
    left: dict[Cell, int],
    right: int,
    low: dict[Cell, int],
    high: dict[Cell, float],
) -> None:
    """Narrow one unknown by an equation and the bounds of its other unknowns."""
    others = [(other, factor) for other, factor in left.items() if other != cell]
    least = sum(f * (low[o] if f > 0 else high[o]) for o, f in others)
    most = sum(f * (high[o] if f > 0 else low[o]) for o, f in others)
    ends = sorted([sign * (right - least), sign * (right - most)])
    if ends[0] > low[cell]:
        low[cell] = int(ends[0])
    if ends[1] < high[cell]:
        high[cell] = ends[1]


class People:
    """The head counts of a document: as they are, or with small cells hidden for outside. Its
    tables hang together by their totals, so they are hidden together, whichever is printed."""

    def __init__(
        self, tables: Mapping[str, Any], *, outside: bool, cuts: Sequence[str] = CUTS
    ) -> None:
        self.values: dict[Cell, int] = {}
        self.sums: list[Sum] = []
        rows = [("total", "", tables["trainings_by_topic"]["total"])]
        for cut in cuts:
            rows += [(cut, row[cut], row) for row in tables[f"trainings_by_{cut}"]["rows"]]
        for cut, key, row in rows:
            self._add(cut, key, row)
        for cut in cuts:
            keys = [key for kind, key, _row in rows if kind == cut]
            self.sums += [
                (("total", "", field), [(cut, key, field) for key in keys])
                for field in (*COUNTS, *(_rest(part) for part in OF_WHICH))
                if keys
            ]
        self.unprinted = {cell for cell in self.values if _field(cell).startswith(REST)}
        everybody = {cell for cell in self.values if _field(cell) == "participants"}
        self.hidden = hide(self.values, self.sums, self.unprinted, everybody) if outside else set()

    def _add(self, cut: str, key: str, row: dict[str, int]) -> None:
        def cell(field: str) -> Cell:
            return (cut, key, field)

        for field in COUNTS:
            self.values[cell(field)] = row[field]
        everybody = cell("participants")
        self.sums.append((everybody, [cell("female"), cell("male")]))
        if sum(row[age] for age in AGES) == row["participants"]:
            self.sums.append((everybody, [cell(age) for age in AGES]))
        for part in OF_WHICH:
            self.values[cell(_rest(part))] = row["participants"] - row[part]
            self.sums.append((everybody, [cell(part), cell(_rest(part))]))

    def cell(self, cut: str, key: str, field: str) -> str:
        """'1.234', or '*' where it is hidden."""
        found = self.printed(cut, key, field)
        return found if isinstance(found, str) else display.number(found)

    def printed(self, cut: str, key: str, field: str) -> int | str:
        """The number, or '*' where it is hidden."""
        return HIDDEN if (cut, key, field) in self.hidden else self.raw(cut, key, field)

    def raw(self, cut: str, key: str, field: str) -> int:
        return self.values[cut, key, field]

    def total(self, field: str) -> str:
        return self.cell("total", "", field)


def _rest(part: str) -> str:
    """The people who are not in a part: never printed, but anybody can subtract."""
    return f"{REST}{part}"


def _field(cell: Cell) -> str:
    return str(cell[2])  # type: ignore[index]  # a cell of People: (cut, key, field)
