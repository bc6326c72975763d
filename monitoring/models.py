"""What was seen, said and decided: one file per area."""

from monitoring.actions import ActionPoint
from monitoring.comments import Comment, Mention
from monitoring.difficulties import Difficulty
from monitoring.files import RecordFile
from monitoring.indicators import Actual, Indicator, Target
from monitoring.meetings import Meeting, StatedFigure, StatedOutcome
from monitoring.proposals import Proposal
from monitoring.variance import VarianceNote
from monitoring.visits import Visit

__all__ = [
    "ActionPoint",
    "Actual",
    "Comment",
    "Difficulty",
    "Indicator",
    "Meeting",
    "Mention",
    "Proposal",
    "RecordFile",
    "StatedFigure",
    "StatedOutcome",
    "Target",
    "VarianceNote",
    "Visit",
]
