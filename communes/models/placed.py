"""A record that lies in a unit: the day that says which unit its code means."""

from datetime import date


class Placed:
    """A record in one unit, or in several: a code is read as of the record's own day."""

    @property
    def own_day(self) -> date | None:
        """The day the record is of; None where none is stated: a unit of any time may be meant."""
        raise NotImplementedError

    @property
    def planned_day(self) -> date | None:
        """The earlier day on which it was planned: its unit may have ended between the two."""
        return None
