"""Figures in words and table cells, as people here write them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.values.amount_words import in_words
from core.values.dates import ROMAN
from core.values.money import (
    MILLION,
    format_rate,
    format_vnd,
    largest_remainder,
    qualified_short,
    rate,
)

Row = dict[str, Any]
ROUNDED = "Số liệu làm tròn đến triệu đồng, các dòng cộng đúng bằng dòng tổng đã làm tròn."
NOTHING = "–"


def headline(figures: dict[str, Any]) -> str:
    """'Năm tài chính 2023, trên địa bàn 5 xã, 4 chương trình đã giải ngân hơn 8,9 tỷ đồng, …'."""
    tables = figures["tables"]
    programs = len(_with_money(tables["by_program"]["rows"]))
    return (
        f"{span_name(figures)}, {_where(figures)}, {programs} chương trình "
        f"đã giải ngân {spent(tables['by_program']['total'])}."
    )


def span_name(figures: dict[str, Any]) -> str:
    """'Năm tài chính 2023' or 'Quý II năm tài chính 2023'."""
    year = f"năm tài chính {figures['fiscal_year']}"
    if figures["quarter"] is None:
        return f"N{year[1:]}"
    return f"{quarter_name(figures['quarter'])} {year}"


def inside(text: str) -> str:
    """The text inside a sentence: its first letter small."""
    return text[:1].lower() + text[1:]


def quarter_name(quarter: int) -> str:
    return "Quý " + ROMAN[quarter - 1]


def spent(row: Row) -> str:
    """'hơn 8,9 tỷ đồng, đạt 120% kế hoạch'; without a plan only the money."""
    text = qualified_short(row["disbursed"])
    return f"{text}, đạt {percent(row['rate'])} kế hoạch" if row["rate"] else text


def certified(amount: int) -> str:
    """'1.015 đồng (Bằng chữ: Một nghìn không trăm mười lăm đồng)'."""
    words = in_words(amount, "vi")
    return f"{format_vnd(amount)} đồng (Bằng chữ: {words[0].upper()}{words[1:]})"


def against(row: Row) -> str:
    """What remains: 'vượt 1.484.000.000 đồng', 'còn 5.000 đồng', 'đúng bằng kế hoạch'."""
    balance = row["balance"]
    if not balance:
        return "đúng bằng kế hoạch"
    return f"{balance_cell(balance)} đồng so với kế hoạch"


def percent(text: str | None) -> str:
    """'120.0' of the API as '120%'."""
    return format_rate(None if text is None else Decimal(text))


def balance_cell(amount: int | None) -> str:
    """What remains of a plan in a table: 'còn 1.484', or 'vượt 1.484' where more was disbursed."""
    if amount is None:
        return NOTHING
    return f"{'vượt' if amount < 0 else 'còn'} {format_vnd(abs(amount))}"


def money_cells(rows: Sequence[Row], total: Row) -> list[list[str]]:
    """Planned, disbursed, remaining, rate for each row, and last for the total.

    In triệu đồng so that the rows add up to the total, and planned less disbursed gives what
    remains, in each column and row.
    """
    planned, disbursed = (millions(rows, name) for name in ("planned", "disbursed"))
    planned.append(sum(planned))
    disbursed.append(sum(disbursed))
    return [
        [
            format_vnd(plan),
            format_vnd(money),
            balance_cell(plan - money),
            percent(row["rate"]),
        ]
        for plan, money, row in zip(planned, disbursed, [*rows, total], strict=True)
    ]


def millions(rows: Sequence[Row], name: str) -> list[int]:
    """A column in triệu đồng, rounded so that it adds up to its rounded total."""
    values = [row[name] or 0 for row in rows]
    return [int(part) // MILLION for part in largest_remainder(values, sum(values), -6)]


def shares(rows: Sequence[Row], name: str) -> list[str]:
    """Each row's share in percent with one decimal; they add up to 100,0 %."""
    values = [row[name] or 0 for row in rows]
    whole = sum(values)
    if not whole or min(values) < 0:
        return [NOTHING for _value in values]
    exact = [Decimal(value) * 100 / whole for value in values]
    parts = largest_remainder(exact, Decimal(100), 1)
    return [f"{part:.1f}".replace(".", ",") + "%" for part in parts]


def share(part: int, whole: int) -> str:
    """'55,4%'."""
    return format_rate(rate(part, whole))


def _where(figures: dict[str, Any]) -> str:
    """'trên địa bàn 5 xã', 'tại xã Bản Lang'; a district with money of the whole area is not one,
    but is it where no other is."""
    found = _with_money(figures["tables"]["by_commune"]["rows"])
    above = figures.get("above_communes", ())
    communes = [row for row in found if row["commune"] not in above]
    if len(communes) == 1 and (name := communes[0].get("commune_name")):
        return f"tại xã {name}"
    if found and not communes:
        return f"trên địa bàn {inside(figures['area']['said'])}"
    return f"trên địa bàn {len(communes)} xã"


def _with_money(rows: Sequence[Row]) -> list[Row]:
    """The programmes or communes with a plan or posted money."""
    return [row for row in rows if row["planned"] or row["disbursed"]]
