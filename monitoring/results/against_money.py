"""Results beside money: what each programme reached in each commune, and what it spent there."""

from collections.abc import Collection
from dataclasses import dataclass, field

from accounts.models import User
from communes.models import Commune
from disbursements.against_plan import Figures, against_plan
from monitoring.results import services as indicators
from monitoring.results.services import Result
from programs.models import FiscalYear, Program
from programs.summary_query import SummaryQuery


@dataclass
class Place:
    """What a programme reached in one commune, and its money there."""

    commune: Commune
    money: Figures = field(default_factory=Figures)
    results: list[Result] = field(default_factory=list)


@dataclass
class Block:
    """A programme, and its communes."""

    program: Program
    places: list[Place] = field(default_factory=list)

    @property
    def money(self) -> Figures:
        """The sum of the communes that are shown."""
        each = [place.money for place in self.places]
        planned = sum(one.planned or 0 for one in each)
        return Figures(planned=planned, disbursed=sum(one.disbursed for one in each))


def blocks_of(
    user: User, year: FiscalYear, programs: Collection[str] = (), communes: Collection[str] = ()
) -> list[Block]:
    """By programme and commune (codes; none: all): results and money, in the user's scope."""
    blocks: dict[int, Block] = {}
    query = SummaryQuery.of_year(year, year.end)
    for result in indicators.results(user, query):
        of, where = result.indicator.program, result.commune
        if where is None or (programs and of.code not in programs):
            continue
        if communes and where.code not in communes:
            continue
        block = blocks.setdefault(of.pk, Block(of))
        place = next((each for each in block.places if each.commune == where), None)
        if place is None:
            place = Place(where)
            block.places.append(place)
        place.results.append(result)
    for row in against_plan(query.cut("program", "commune"), user).rows:
        if of_program := blocks.get(row.key["program"]):
            _add_money(of_program, row)
    for block in blocks.values():
        block.places.sort(key=lambda place: (place.commune.sort_key, place.commune.pk))
    return sorted(blocks.values(), key=lambda block: (block.program.order, block.program.pk))


def _add_money(block: Block, row: Figures) -> None:
    """The money of the communes that are shown."""
    for place in block.places:
        if place.commune.pk == row.key["commune"]:
            place.money = row
