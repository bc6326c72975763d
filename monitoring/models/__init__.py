"""What was seen, said and decided: one file per area."""

from monitoring.models.action_points import ActionPoint
from monitoring.models.comments import Comment, Mention
from monitoring.models.criteria import Criterion, Score
from monitoring.models.difficulties import Difficulty
from monitoring.models.files import RecordFile
from monitoring.models.handed_on import HandedOn
from monitoring.models.indicators import Actual, Indicator, Target
from monitoring.models.meetings import Attendance, Meeting, StatedFigure, StatedOutcome
from monitoring.models.proposals import Proposal
from monitoring.models.variance import VarianceNote
from monitoring.models.visits import Visit
