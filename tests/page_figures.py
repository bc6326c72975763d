"""The figures of a page, and those of the API's answers, so that one can be looked up in the other.

A figure is a number with its unit: `8,9 tỷ` is (8.9, "tỷ"), `120%` (120, "%"). An answer of the API
has each of its numbers in all forms that pages write numbers in (`core.values.display`); text that
holds figures counts too. Signs are left out: "over by 1.484 triệu" is a balance below nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from lxml import html

from core.values import display
from core.values.money import MILLION, rate
from reports.linked_number import millions

Figures = frozenset[tuple[Decimal, str]]
WITHOUT = re.compile(
    r"\d\d?/\d\d?/\d{4}|\d\d?/\d{4}|\d\d:\d\d"  # days, months, hours
    r"|[A-Z]{2,5}\d*-\d+|\d+/[A-ZĐ]{2}[\w-]*"  # codes of activities, numbers of documents
)
NUMBER = re.compile(r"(\d[\d.]*(?:,\d+)?)\s?(tỷ|triệu|nghìn|%)?")


def _with(name: str) -> str:
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


# Where pages write figures. An axis of a chart is its scale, and what is below it names months.
PLACES = " | ".join(
    f"//main//{place}"
    for place in (
        f"td[{_with('n')}]",
        f"*[{_with('num')}]",
        f"*[{_with('cut')}]",
        f"*[{_with('figure')}]/dd",
        f"*[{_with('headline')}]",
        f"*[{_with('list-bar')}]/p",
        f"ul[{_with('waiting')}]//a",
        f"h2/*[{_with('badge')}]",
        f"li[{_with('card')}]//strong",
        "svg//text[not(@class='x' or @class='y')]",
        "svg//title",
    )
)


def of_text(text: str) -> Figures:
    """The figures that a text holds."""
    plain = WITHOUT.sub(" ", text.replace("\xa0", " "))
    return frozenset(
        (Decimal(number.replace(".", "").replace(",", ".")), unit)
        for number, unit in NUMBER.findall(plain)
    )


def on_page(tree: Any) -> Figures:
    """Every figure of a page."""
    return frozenset().union(*(of_text(_text(each)) for each in tree.xpath(PLACES)))


def _text(element: Any) -> str:
    """Its text, with a gap between one part and the next."""
    return " ".join(" ".join(element.itertext()).split())


def rows_on_page(tree: Any) -> Iterator[tuple[str, Figures]]:
    """The rows of a page's tables that hold figures: text and figures."""
    for row in tree.xpath("//main//tr"):
        cells = row.xpath(f"td[{_with('n')}]")
        figures = frozenset().union(*(of_text(_text(cell)) for cell in cells))
        if figures:
            yield " ".join(row.text_content().split()), figures


def read(text: str) -> Any:
    """The tree of a page."""
    return html.fromstring(text)


def of_answer(answer: Any) -> Figures:
    """Every figure of a JSON answer; of a list of it, also how many it has."""
    if isinstance(answer, dict):
        return frozenset().union(*map(of_answer, answer.values()))
    if isinstance(answer, list):
        return frozenset().union(_forms(Decimal(len(answer))), *map(of_answer, answer))
    if isinstance(answer, str):
        return of_text(answer) | _of_decimal(answer)
    if isinstance(answer, bool) or answer is None:
        return frozenset()
    return _forms(Decimal(str(answer)))


def _of_decimal(text: str) -> Figures:
    try:
        return _forms(Decimal(text))
    except InvalidOperation:
        return frozenset()


def _forms(value: Decimal) -> Figures:
    """A number as pages write it: as it is, as per cent, and as money short and in millions."""
    value = abs(value)
    found = {(value, ""), *of_text(display.percent(value))}
    if value == value.to_integral_value() and value < 10**16:
        for text in (display.short(int(value)), millions(int(value))):
            found |= of_text(text)
        found.add(((value / MILLION).quantize(Decimal(1), ROUND_HALF_UP), ""))
    return frozenset(found)


def sums(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The sum of each field that holds numbers: the last line of a list."""
    numbers = (int, float)
    return {
        name: sum(row[name] or 0 for row in rows)
        for name in (rows[0] if rows else ())
        if all(row[name] is None or type(row[name]) in numbers for row in rows)
    }


def share(part: int, whole: int) -> Figures:
    """What per cent one number of the API is of another."""
    return of_text(display.percent(rate(part, whole)))


def of_people(row: dict[str, Any]) -> Figures:
    """How large a part of the participants of a class or a row the women are, and so on."""
    whole = row.get("participants") or 0
    parts = ("female", "male", "ethnic_minority", "disability", "poor_household")
    return frozenset().union(*(share(row.get(part) or 0, whole) for part in parts if whole))


def counts(rows: list[dict[str, Any]]) -> list[int]:
    """How many rows of a list have the same in a field."""
    names = [name for name in (rows[0] if rows else ()) if isinstance(rows[0][name], str)]
    return [many for name in names for many in Counter(row[name] for row in rows).values()]
