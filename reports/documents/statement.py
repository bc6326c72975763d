"""Báo cáo nguồn vốn: for a donor, of one fund and one quarter."""

from dataclasses import dataclass
from functools import cached_property

from disbursements.against_plan import Figures as Money
from disbursements.against_plan import against_plan
from programs.models import Activity, Fund
from programs.summary_query import Answer
from reports.documents import wording
from reports.documents.blocks import Document
from reports.documents.formal_parts import framed
from reports.documents.section import Outline, Report, Sources
from reports.documents.sections import causes, converted, fund
from reports.documents.wording import say
from reports.summary import named
from trainings.counts import Counts, count_trainings


@dataclass
class FundSources(Sources):
    """What a statement gathers from: the fund's money; the classes of the activities it pays."""

    @property
    def fund(self) -> Fund:
        return self.query.funds[0]

    @cached_property
    def by_activity(self) -> Answer[Money]:
        return against_plan(self.query.cut("program", "activity"), self.user)

    @cached_property
    def activities(self) -> dict[int, Activity]:
        """The activities with a plan or money of the fund in the quarter."""
        return named("activity", self.by_activity.rows)

    @cached_property
    def classes(self) -> Answer[Counts]:
        activities = tuple(self.activities.values())
        query = self.query.narrowed(funds=(), activities=activities, by=("topic", "commune"))
        return count_trainings(query, self.user) if activities else Answer(query, Counts(), [])


def frame(report: Report) -> Document:
    span, fund = wording.span_name(report.figures), report.figures["fund"]["name"]
    about = say(
        f"Nguồn vốn {fund}, {wording.inside(span)}",
        f"Funding source {fund}, {wording.inside(span)}",
    )
    return framed(report, say("BÁO CÁO NGUỒN VỐN", "STATEMENT OF A FUND"), about)


STATEMENT = Outline(
    frame,
    (
        fund.TOTAL,
        converted.SECTION,
        fund.ACTIVITIES,
        causes.SECTION,
        fund.OUTPUTS,
        fund.TRAININGS,
    ),
)
