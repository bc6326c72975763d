"""What a chart shows, as plain data that can be kept with an issued document."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

LINES, BARS = "lines", "bars"


@dataclass(frozen=True)
class Series:
    """One line, or one bar of each group. `role` is a key of `style.STYLES`.

    `values` are whole numbers, None where nothing is known; `labels` say them in words, `hrefs`
    lead to what they are made of. `stepped`: level through a group, a step at its end.
    """

    name: str
    role: str
    values: tuple[int | None, ...]
    labels: tuple[str, ...]
    hrefs: tuple[str, ...] = ()
    stepped: bool = False

    @property
    def last(self) -> int | None:
        """The place of the last value that is known."""
        known = [i for i, value in enumerate(self.values) if value is not None]
        return known[-1] if known else None


@dataclass(frozen=True)
class Chart:
    """A picture of a few series over the same names. `ticks` are values with their labels."""

    kind: str
    title: str
    names: tuple[str, ...]
    series: tuple[Series, ...]
    ticks: tuple[tuple[int, str], ...] = ()
    long_names: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Chart":
        """The chart of a block: one kept with a document, or a block of bars of an older one."""
        if "ticks" not in data:
            return _of_bars(data)
        series = tuple(Series(**_tuples(one)) for one in data["series"])
        return cls(
            kind=data["kind"],
            title=data["title"],
            names=tuple(data["names"]),
            series=series,
            ticks=tuple((value, label) for value, label in data["ticks"]),
            long_names=tuple(data.get("long_names", ())),
        )

    def in_words(self) -> str:
        """The chart in a sentence, for who cannot see it."""
        parts = [
            f"{name}: " + ", ".join(f"{one.name} {one.labels[i]}" for one in self.series)
            for i, name in enumerate(self.long_names or self.names)
        ]
        return f"{self.title}. {'; '.join(parts)}"

    def table(self) -> list[tuple[str, ...]]:
        """The table behind it: a line per name, a column per series."""
        return [
            (name, *(one.labels[i] for one in self.series))
            for i, name in enumerate(self.long_names or self.names)
        ]


def _tuples(kept: dict[str, object]) -> dict[str, Any]:
    """What JSON kept as lists, as tuples again."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in kept.items()}


def _of_bars(data: dict[str, Any]) -> Chart:
    """Pairs of bars as documents kept them before: names and series in triệu đồng."""
    series = tuple(
        Series(
            one["name"],
            role,
            tuple(one["values"]),
            tuple(f"{value:,}".replace(",", ".") for value in one["values"]),
        )
        for one, role in zip(data["series"], ("plan", "actual"), strict=True)
    )
    return Chart(BARS, data["title"], tuple(data["names"]), series)


def step_for(largest: int, ticks: int = 4) -> int:
    """A round step (1, 2 or 5 times a power of ten) with at most `ticks` steps up to `largest`."""
    rough = max(largest, 1) / ticks
    power = 1
    while power * 10 <= rough:
        power *= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def ticks_for(
    series: Sequence[Series], say: Callable[[int | None], str]
) -> tuple[tuple[int, str], ...]:
    """The values of the axis, from 0 to above the largest, as `say` words them."""
    largest = max([0, *(value or 0 for one in series for value in one.values)])
    step = step_for(largest)
    top = max(-(-largest // step) * step, step)
    return tuple((value, say(value)) for value in range(0, top + 1, step))
