"""What is measured: each case a function of the scene that gives its figures by name.

A name ending in “queries”, “MB” or “/s” says its unit; others are milliseconds of the processor.
A new case: a function in the file it belongs to, and where it has a goal a line in `bench.goals`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bench.scene import Scene

Figures = dict[str, float]


@dataclass(frozen=True)
class Case:
    """`least`, `most`: the sizes it is for; `once`: only in the smallest ledger of a run."""

    name: str
    measure: Callable[[Scene], Figures]
    least: int = 0
    most: int = 10**9
    once: bool = False

    def is_for(self, scene: Scene) -> bool:
        return self.least <= scene.size <= self.most and (scene.smallest or not self.once)


CASES: dict[str, Case] = {}
Measure = Callable[[Scene], Figures]


def case(
    name: str, *, least: int = 0, most: int = 10**9, once: bool = False
) -> Callable[[Measure], Measure]:
    def register(measure: Measure) -> Measure:
        CASES[name] = Case(name, measure, least, most, once)
        return measure

    return register


def load_all() -> dict[str, Case]:
    """Every case, in the order in which they are measured: those that write come last."""
    from bench.cases import reading, pages, deep, documents  # noqa: I001
    from bench.cases import line, lists_out, writing, workbooks, server

    assert all((reading, pages, deep, documents, line, lists_out, writing, workbooks, server))
    return CASES
