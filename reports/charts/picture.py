"""A drawing as a picture of its own: with a head that says what it shows, as SVG or as PNG."""

from xml.sax.saxutils import escape, quoteattr

import typst

from reports.charts.style import INK, PAPER, QUIET

HEAD, MARGIN, WIDTH = 64, 16, 700  # of the picture around a drawing
FONTS = '"Noto Sans", "DejaVu Sans", sans-serif'
POINTS_PER_INCH = 200
TEMPLATE = b"""
#set page(width: auto, height: auto, margin: 0mm, fill: white)
#image(bytes(sys.inputs.svg), format: "svg", width: 160mm)
"""


def headed(svg: str, size: tuple[float, float], title: str, subject: str) -> str:
    """A drawing (`reports.charts.svg.standalone`) of some size below its title and subject."""
    wide = WIDTH - 2 * MARGIN
    high = wide * size[1] / size[0]
    placed = svg.strip().replace(
        "<svg ", f'<svg x="{MARGIN}" y="{HEAD}" width="{wide}" height="{high:.0f}" ', 1
    )
    font = quoteattr(FONTS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEAD + high + MARGIN:.0f}"'
        f' role="img" aria-label={quoteattr(title)}><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        f'<text x="{MARGIN}" y="28" font-size="20" font-weight="bold" fill="{INK}"'
        f" font-family={font}>{escape(title)}</text>"
        f'<text x="{MARGIN}" y="50" font-size="15" fill="{QUIET}"'
        f" font-family={font}>{escape(subject)}</text>{placed}</svg>"
    )


def png(svg: str) -> bytes:
    """The drawing in dots, sharp enough for print."""
    made: bytes = typst.compile(
        TEMPLATE, format="png", ppi=POINTS_PER_INCH, sys_inputs={"svg": svg}
    )
    return made
