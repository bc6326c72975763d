"""How a series looks wherever it is drawn. No colour stands alone: each has its dash and its mark.

The colours are those of the stylesheet's tokens in the light theme; a test holds the two together,
and holds both themes against contrast and against the usual kinds of colour blindness.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """`dash` in an SVG's words, empty for a solid line; `marker` in Word's words."""

    token: str
    color: str
    width: float
    dash: str = ""
    word_dash: str = "solid"
    marker: str = "none"
    filled: bool = True


STYLES = {
    "actual": Style("actual", "#0d5560", 3, marker="circle"),
    "plan": Style("plan", "#6f8a83", 2.5, dash="7 4", word_dash="dash", filled=False),
    "before": Style("wait", "#6a4c93", 2, dash="2 3", word_dash="sysDot", marker="diamond"),
}
INK, QUIET, LINE, PAPER = "#14231f", "#465751", "#cfd9d5", "#ffffff"
HEAT = ("#ffffff", "#eda45f", "#f6c795", "#fbe7ce", "#edf1ef", "#dae8f5", "#b3d0ee", "#84b2e0")
"""The heat table's colours by heat; 0 is without a rate."""
