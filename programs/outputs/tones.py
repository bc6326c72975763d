"""The colour of an output's state."""

from programs.models import Output
from programs.models.outputs import OutputState

TONES = {
    OutputState.OUT_OF_ORDER: "bad",
    OutputState.UNDER_WAY: "info",
    OutputState.HANDED_OVER: "good",
    OutputState.IN_USE: "good",
}


def tone_of(row: Output) -> str:
    return TONES.get(OutputState(row.state), "plain")
