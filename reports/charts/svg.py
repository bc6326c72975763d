"""A chart as SVG: coordinates from the description, drawn by one template for screen and PDF.

Every number is text with a point, since a template would write 12,5 and SVG knows 12.5 only.
"""

from collections.abc import Sequence

from django.template.loader import render_to_string

from reports.charts.description import BARS, Chart, Series
from reports.charts.style import HEAT, INK, LINE, PAPER, QUIET, STYLES
from reports.charts.tiles import LaidOut

WIDTH, HEIGHT = 620, 330
LEFT, RIGHT, TOP, BOTTOM = 78, 132, 16, 42  # right: “Đã giải ngân” in a wide bold face
APART = 42  # between the labels at the ends of lines
GROUP, NAME, THICK, THIN = 72, 27, 18, 10  # of a group of bars: height, its name, the bars
LETTER = 8.1  # the width of one, for the room that a value beside the drawing takes
FONTS = '"Times New Roman", "Libertinus Serif", serif'


# In a room: present.css has the same sizes.
LARGE = """
text { font-size: 19px; } .tile-classes, .tile-name { font-size: 19px; }
.map-name { font-size: 28px; } .map-rate { font-size: 32px; }
"""


def drawing(chart: Chart) -> dict[str, object]:
    """What `reports/charts/drawing.svg` lays out."""
    made = _bars(chart) if chart.kind == BARS else _lines(chart)
    return {"kind": chart.kind, "title": chart.title, "said": chart.in_words(), **made}


def standalone(chart: Chart, *, fonts: str = FONTS, large: bool = False) -> str:
    """The same drawing as a file of its own: colours and fonts inside, no links; `large` letters
    are for a room."""
    return _file("reports/charts/drawing.svg", {"drawn": drawing(chart)}, fonts, large)


def standalone_tiles(tiles: LaidOut, *, fonts: str = FONTS, large: bool = False) -> str:
    """The map or the tiles as a file of its own."""
    return _file("reports/charts/tiles.svg", {"tiles": tiles}, fonts, large)


def _file(template: str, context: dict[str, object], fonts: str, large: bool) -> str:
    style = print_style(fonts) + (LARGE if large else "")
    return render_to_string(template, {**context, "style": style})


def print_style(fonts: str) -> str:
    """The stylesheet inside a file: what the page's stylesheet says, in the light theme."""
    rules = [
        f"text {{ font-family: {fonts}; font-size: 15px; fill: {QUIET}; }}",
        f".grid {{ stroke: {LINE}; }} .axis {{ stroke: {QUIET}; }}",
        "path { fill: none; } .y { text-anchor: end; } .x { text-anchor: middle; }",
        ".end, .bar-name { font-weight: bold; }",
        f".tile-name {{ font-weight: bold; font-size: 19px; fill: {INK}; }}",
        f".tile-rate {{ font-weight: bold; font-size: 26px; fill: {INK}; }}",
        f".map-name, .map-rate {{ text-anchor: middle; font-weight: bold; fill: {INK}; "
        f"paint-order: stroke; stroke: {PAPER}; stroke-width: 3; }}",
        ".map-name { font-size: 23px; } .map-rate { font-size: 28px; }",
        ".area { stroke-width: 1.5; stroke-linejoin: round; }",
        f".tile-classes {{ font-size: 16px; fill: {INK}; }}",
    ]
    for role, style in STYLES.items():
        dash = f"stroke-dasharray: {style.dash};" if style.dash else ""
        rules += [
            f".line-{role} {{ stroke: {style.color}; stroke-width: {style.width}; {dash} }}",
            f".mark-{role} {{ fill: {style.color}; stroke: {PAPER}; stroke-width: 1.5; }}",
            f".end-{role} {{ fill: {QUIET if role == 'plan' else style.color}; }}",
            f".bar-{role} {{ fill: {style.color if style.filled else 'none'}; "
            f"stroke: {style.color}; stroke-width: 1.5; {dash} }}",
        ]
    rules += [f".heat-{n} {{ fill: {color}; stroke: {QUIET}; }}" for n, color in enumerate(HEAT)]
    return "\n".join(rules)


class _Scale:
    """From places (0 to the number of names) and values to the picture's coordinates."""

    def __init__(self, chart: Chart) -> None:
        self.count = max(len(chart.names), 1)
        self.top = max(value for value, _label in chart.ticks)
        longest = max(len(label) for _value, label in chart.ticks)
        self.left = max(LEFT, round(6 + LETTER * longest))  # “1,000 billion” stands whole

    def x(self, place: float) -> float:
        return self.left + (WIDTH - self.left - RIGHT) * place / self.count

    def y(self, value: int) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * max(value, 0) / self.top


def _n(value: float) -> str:
    return f"{value:.1f}"


def _lines(chart: Chart) -> dict[str, object]:
    scale = _Scale(chart)
    return {
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "left": str(scale.left),
        "right": str(WIDTH - RIGHT),
        "base": _n(scale.y(0)),
        "ticks": [
            {
                "x": str(scale.left - 6),
                "y": _n(scale.y(value)),
                "text_y": _n(scale.y(value) + 5),
                "label": label,
            }
            for value, label in chart.ticks
        ],
        "names": [
            {"x": _n(scale.x(i + 0.5)), "y": str(HEIGHT - 14), "label": name}
            for i, name in enumerate(chart.names)
        ],
        "lines": [{"role": one.role, "path": _path(scale, one)} for one in chart.series],
        "marks": [mark for one in chart.series for mark in _marks(scale, one, chart)],
        "ends": _ends(scale, chart.series),
    }


def _path(scale: _Scale, series: Series) -> str:
    """From 0 at the left edge through every known value; stepped: up at the end of each place."""
    path = f"M{_n(scale.x(0))} {_n(scale.y(0))}"
    level = 0
    for place, value in enumerate(series.values, start=1):
        if value is None:
            continue
        if not series.stepped:
            path += f" L{_n(scale.x(place))} {_n(scale.y(value))}"
            continue
        path += f" H{_n(scale.x(place))}"
        if value != level:
            level = value
            path += f" V{_n(scale.y(value))}"
    return path


def _marks(scale: _Scale, series: Series, chart: Chart) -> list[dict[str, str]]:
    """A mark at each known value, a link where there is something behind it."""
    if STYLES[series.role].marker == "none":
        return []
    return [
        {
            "role": series.role,
            "path": _mark(STYLES[series.role].marker, scale.x(place + 1), scale.y(value)),
            "href": series.hrefs[place] if series.hrefs else "",
            "label": f"{(chart.long_names or chart.names)[place]}: {series.labels[place]}",
        }
        for place, value in enumerate(series.values)
        if value is not None
    ]


def _mark(marker: str, x: float, y: float) -> str:
    if marker == "diamond":
        return f"M{_n(x)} {_n(y - 5)}L{_n(x + 5)} {_n(y)}L{_n(x)} {_n(y + 5)}L{_n(x - 5)} {_n(y)}Z"
    return f"M{_n(x - 5)} {_n(y)}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z"


def _ends(scale: _Scale, series: Sequence[Series]) -> list[dict[str, str]]:
    """Labels at the ends of the lines, moved apart where they would touch."""
    ends = [(one, one.last) for one in series if one.last is not None]
    ends.sort(key=lambda end: scale.y(end[0].values[end[1]] or 0))
    placed: list[dict[str, str]] = []
    lowest = float(TOP - APART + 8)
    for one, last in ends:
        lowest = max(scale.y(one.values[last] or 0) - 4, lowest + APART)
        placed.append(
            {
                "role": one.role,
                "x": _n(scale.x(last + 1) + 9),
                "y": _n(lowest),
                "below": _n(lowest + 20),
                "label": one.name,
                "value": one.labels[last],
            }
        )
    return placed


def _bars(chart: Chart) -> dict[str, object]:
    """Groups of bars lying down, their name above them, their value behind them."""
    most = max([1, *(value or 0 for one in chart.series for value in one.values)])
    longest = max((len(label) for one in chart.series for label in one.labels), default=0)
    full = WIDTH - 16 - LETTER * longest
    groups = []
    for place, name in enumerate(chart.long_names or chart.names):
        top = place * GROUP
        groups.append(
            {
                "name": name,
                "y": str(top + 19),
                "bars": _group(chart.series, place, top + NAME, full / most),
            }
        )
    return {"width": str(WIDTH), "height": str(len(groups) * GROUP), "groups": groups}


def _group(series: Sequence[Series], place: int, y: int, scale: float) -> list[dict[str, str]]:
    """What was done as a thick bar, first; what it is held against as a thin frame below it."""
    found = []
    for one in sorted(series, key=lambda one: not STYLES[one.role].filled):
        height = THICK if STYLES[one.role].filled else THIN
        wide = scale * max(one.values[place] or 0, 0)
        found.append(
            {
                "role": one.role,
                "y": str(y),
                "width": _n(max(wide, 1)),
                "height": str(height),
                "text_x": _n(wide + 8),
                "text_y": _n(y + height / 2 + 5),
                "label": one.labels[place],
                "href": one.hrefs[place] if one.hrefs else "",
            }
        )
        y += height + 4
    return found
