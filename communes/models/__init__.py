"""Where: administrative units with a lifetime, villages, boards."""

from communes.models.boards import Board, BoardMember
from communes.models.outlines import Outline, OutlineFile
from communes.models.placed import Placed
from communes.models.units import (
    ALWAYS,
    AreaLevel,
    Commune,
    CommuneQuerySet,
    Level,
    ProgrammeArea,
    Village,
    area_on,
    called,
)
