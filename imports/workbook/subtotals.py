"""Do the subtotals a sheet states agree with its rows? Warnings only, showing both numbers."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .checks import text_of
from .rowkinds import is_grand

Difference = tuple[int, str, int, int]  # row, field, stated, added up
Compared = tuple[int, str, str, int, int]  # row, its words, field, stated, added up


def difference_message(name: str, stated: int, counted: int) -> str:
    text = _("The subtotal says %(stated)s, its rows add up to %(counted)s. Check both.")
    return text % {"stated": text_of(name, stated), "counted": text_of(name, counted)}


@dataclass
class Sums:
    """Running sums of some rows; a field with an unreadable cell has no sum."""

    totals: dict[str, int] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    rows: int = 0

    def add(self, numbers: dict[str, int], unsure: set[str]) -> None:
        for name, number in numbers.items():
            self.totals[name] = self.totals.get(name, 0) + number
        self.unsure |= unsure
        self.rows += 1


@dataclass
class Promise:
    """A heading that carries its own total, before the rows it speaks of."""

    row: int
    stated: dict[str, int]
    label: str = ""
    sums: Sums = field(default_factory=Sums)
    first_level: dict[str, int] | None = None
    kept: set[str] = field(default_factory=set)
    before: dict[str, int] | None = None  # of a total row: the sums of the rows above it
    is_unnamed: bool = False  # figures alone: a total only if it agrees

    def check(self) -> None:
        """At the next heading or the end: which fields agree by now?"""
        if self.sums.rows and self.first_level is None:
            self.first_level = dict(self.sums.totals)
        for name, stated in self.stated.items():
            if self.sums.totals.get(name, 0) == stated or name in self.sums.unsure:
                self.kept.add(name)


@dataclass
class Subtotals:
    """Sums since the last subtotal, since the last heading, and of the whole sheet."""

    since_subtotal: Sums = field(default_factory=Sums)
    since_heading: Sums = field(default_factory=Sums)
    sheet: Sums = field(default_factory=Sums)
    promises: list[Promise] = field(default_factory=list)
    agreed: bool = False  # is there a total that its rows add up to?
    compared: list[Compared] = field(default_factory=list)

    def add(self, numbers: dict[str, int], unsure: set[str]) -> None:
        """Count one data row: its amounts or heads, and the fields that could not be read."""
        for sums in (self.since_subtotal, self.since_heading, self.sheet):
            sums.add(numbers, unsure)
        for promise in self.promises:
            promise.sums.add(numbers, unsure)

    def heading(self, row: int, label: str, stated: dict[str, int]) -> None:
        """A heading begins; `stated` is the total written beside it, if any."""
        for promise in self.promises:
            promise.check()
        self.since_heading = Sums()
        if stated:
            self.promises.append(Promise(row, stated, label))

    def subtotal(
        self, row: int, label: str, stated: dict[str, int], *, is_unnamed: bool = False
    ) -> None:
        """Compare a subtotal row with the rows above it; start counting anew for the next one.

        A total that is not theirs may be of the rows below it.
        """
        spans = [self.since_subtotal, self.since_heading, self.sheet]
        if is_unnamed:
            spans = [sums for sums in spans if _may_be_of(sums, stated)]
        spoken_of = self.sheet if is_grand(label) else self.since_subtotal
        open_ones = {
            name: number
            for name, number in stated.items()
            if not any(_agrees(sums, name, number) for sums in spans)
        }
        self.agreed = self.agreed or (bool(stated) and not open_ones and self.sheet.rows > 0)
        self.compared += [
            (row, label, name, number, number)
            for name, number in stated.items()
            if any(sums.totals.get(name, 0) == number for sums in spans) and name not in open_ones
        ]
        for promise in self.promises:
            promise.check()
        if open_ones:
            before = {name: spoken_of.totals.get(name, 0) for name in open_ones}
            self.promises.append(
                Promise(row, open_ones, label, before=before, is_unnamed=is_unnamed)
            )
        self.since_subtotal = Sums()

    def close(self) -> tuple[list[Difference], list[int]]:
        """At the end of the sheet: totals that never came true, and headings with money that
        spoke of no rows at all."""
        different: list[Difference] = []
        lonely: list[int] = []
        for promise in self.promises:
            promise.check()
            is_of_none = not promise.sums.rows or promise.first_level is None
            is_of_all = _may_be_of(promise.sums, promise.stated)
            if promise.is_unnamed and (promise.stated.keys() - promise.kept or not is_of_all):
                lonely.append(promise.row)
                continue
            if is_of_none and promise.before is None:
                lonely.append(promise.row)
                continue
            self.compared += [
                (promise.row, promise.label, name, promise.stated[name], promise.stated[name])
                for name in sorted(promise.kept - promise.sums.unsure)
            ]
            for name in promise.stated.keys() - promise.kept:
                counted = (promise.first_level or {}).get(name, 0)
                if promise.before is not None:
                    counted = promise.before[name] or promise.sums.totals.get(name, 0)
                different.append((promise.row, name, promise.stated[name], counted))
                self.compared.append(
                    (promise.row, promise.label, name, promise.stated[name], counted)
                )
            self.agreed = self.agreed or not (promise.stated.keys() - promise.kept)
        return different, lonely


def _may_be_of(sums: Sums, stated: dict[str, int]) -> bool:
    """May figures alone be the total of these rows? Of several, and of every column."""
    return sums.rows > 1 and {name for name, total in sums.totals.items() if total} <= stated.keys()


def _agrees(sums: Sums, name: str, number: int) -> bool:
    return name in sums.unsure or sums.totals.get(name, 0) == number
