"""What one slide can hold: a long table goes on on the next, so that a room can read every line.

Lengths are in letters and lines of the body size, a 28th of a slide's height (present.css and
slides.typ have the same): across fit `ACROSS` letters, below head and message `DOWN` lines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import Truncator

ACROSS, DOWN = 92, 16
LINE, PADDING, GAP = 1.3, 0.75, 2  # of a row, in lines; between columns, in letters
NARROW, WIDE = 20, 24  # what a column that is not the widest takes at most; what that has at least
LONGEST = 300  # letters of a cell
BARS_SHOWN = 4

Part = dict[str, Any]


@dataclass(frozen=True)
class Slide:
    """One page: `message` is the sentence to remember, `parts` show what it is drawn from."""

    key: str
    title: str
    message: str
    parts: tuple[Part, ...] = ()


def over_pages(slide: Slide) -> list[Slide]:
    """The slide, or as many as its table needs, numbered."""
    if len(slide.parts) != 1 or slide.parts[0]["kind"] != "table":
        return [slide]
    part = slide.parts[0]
    pages = [[{**part, "rows": rows}] for rows in _pages(part)]
    return numbered(slide, pages)


def numbered(slide: Slide, pages: Sequence[Sequence[Part]]) -> list[Slide]:
    """One slide for each page; the second on has a key and a title of its own."""
    if len(pages) < 2:
        return [replace(slide, parts=tuple(pages[0]))] if pages else [slide]
    return [
        replace(
            slide,
            key=slide.key if number == 1 else f"{slide.key}-{number}",
            title=f"{slide.title} ({number}/{len(pages)})",
            parts=tuple(parts),
        )
        for number, parts in enumerate(pages, start=1)
    ]


def _pages(part: Part) -> Iterator[list[object]]:
    wide = widths(part)
    page: list[object] = []
    used = 0.0
    for row in part["rows"]:
        high = _height(row, wide)
        if page and used + high > DOWN:
            yield page
            page, used = [], 0.0
        page.append(row)
        used += high
    yield page


def widths(part: Part) -> list[int]:
    """About how many letters each column takes."""
    longest = [
        max([len(head["title"]), *(len(str(row[i][1]["text"])) for row in part["rows"])])
        for i, head in enumerate(part["columns"])
    ]
    room = ACROSS - GAP * len(longest)
    if sum(longest) <= room:
        return longest
    found = [min(each, NARROW) for each in longest]
    found[part["wide"]] = max(room - sum(found) + found[part["wide"]], WIDE)
    return found


def _height(row: Any, wide: Sequence[int]) -> float:
    cells = [len(str(cell["text"])) for _head, cell in row]
    lines = [-(-length // max(width - 2, 1)) for length, width in zip(cells, wide, strict=True)]
    most = max(
        1 if length <= width else line
        for length, width, line in zip(cells, wide, lines, strict=True)
    )
    return LINE * most + PADDING


def shortened(text: object) -> object:
    """A cell's text that a slide can hold; a number stays the number it is."""
    if isinstance(text, str) and len(text) > LONGEST:
        return Truncator(text).chars(LONGEST)
    return text
