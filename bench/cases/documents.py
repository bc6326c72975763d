"""The report for the conference."""

from bench import clock
from bench.cases import Figures, case
from bench.scene import Scene


@case("report")
def report(scene: Scene) -> Figures:
    board = scene.browser("bdh")
    address = "/api/v1/reports/annual.docx?fiscal_year=2023"
    found = clock.interleaved({"annual report": lambda n: board.get(address)}, rounds=3)
    return {**found, "queries": clock.queries(lambda: board.get(address))}
