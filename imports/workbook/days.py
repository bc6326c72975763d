"""Days and months swapped by a program that took 05/07 for 7 May."""

from dataclasses import dataclass, field
from datetime import date

LAST_MONTH = 12
SEVERAL = 2  # dates that all lie before the 13th, where texts lie before and after


@dataclass
class Days:
    """The days of one column, as dates and as text.

    A program that puts the month first turns 05/07/2022 into a date and leaves 25/07/2022 as text:
    then no date has a day after the 12th, and texts have.
    """

    dates: list[tuple[int, date]] = field(default_factory=list)
    latest_text: int = 0
    earliest_text: int = 31

    def note(self, row: int, cell: object, day: date | None) -> None:
        """One cell of the column, and the day it was read as."""
        if day is None:
            return
        if isinstance(cell, str):
            self.latest_text = max(self.latest_text, day.day)
            self.earliest_text = min(self.earliest_text, day.day)
        else:
            self.dates.append((row, day))

    def swapped(self) -> list[int]:
        """The rows whose day and month may have changed places."""
        is_mixed = self.earliest_text <= LAST_MONTH and len(self.dates) < SEVERAL
        if is_mixed or self.latest_text <= LAST_MONTH:
            return []
        if any(day.day > LAST_MONTH for _row, day in self.dates):
            return []
        return [row for row, day in self.dates if day.day != day.month]
