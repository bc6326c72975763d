"""Figures in words and table cells, as people here write them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.values import display
from core.values.amount_words import in_words
from core.values.dates import ROMAN
from core.values.display import NOTHING
from core.values.money import MILLION, largest_remainder, rate

Row = dict[str, Any]
SWAP = str.maketrans(".,", ",.")


def say(vietnamese: str, english: str) -> str:
    """What a document says, in the language that it is built in."""
    return english if display.is_english() else vietnamese


def number_in_text(text: str) -> str:
    """A number that was frozen as Vietnamese writes it: '1.234,5'."""
    return say(text, text.translate(SWAP))


def rounded() -> str:
    return say(
        "Số liệu làm tròn đến triệu đồng, các dòng cộng đúng bằng dòng tổng đã làm tròn.",
        "Rounded to million đồng; the rows add up to the rounded total.",
    )


def in_millions() -> str:
    return say("Đơn vị: triệu đồng", "Unit: million đồng")


def total_name() -> str:
    return say("Tổng cộng", "Total")


def headline(figures: dict[str, Any]) -> str:
    """'Năm tài chính 2023, trên địa bàn 5 xã, 4 chương trình đã giải ngân hơn 8,9 tỷ đồng, …'."""
    tables = figures["tables"]
    programs = len(_with_money(tables["by_program"]["rows"]))
    span, where, money = span_name(figures), _places(figures), spent(tables["by_program"]["total"])
    return say(
        f"{span}, {where}, {programs} chương trình đã giải ngân {money}.",
        f"{span}, {where}: {programs} programmes disbursed {money}.",
    )


def span_name(figures: dict[str, Any]) -> str:
    """'Năm tài chính 2023' or 'Quý II năm tài chính 2023'."""
    code = figures["fiscal_year"]
    if figures["quarter"] is None:
        return say(f"Năm tài chính {code}", f"Fiscal year {code}")
    quarter = quarter_name(figures["quarter"])
    return say(f"{quarter} năm tài chính {code}", f"{quarter} of fiscal year {code}")


def inside(text: str) -> str:
    """The text inside a sentence: its first letter small."""
    return text[:1].lower() + text[1:]


def quarter_name(quarter: int) -> str:
    return f"{say('Quý', 'Quarter')} {ROMAN[quarter - 1]}"


def spent(row: Row) -> str:
    """'hơn 8,9 tỷ đồng, đạt 120% kế hoạch'; without a plan only the money."""
    text, reached = display.qualified(row["disbursed"]), percent(row["rate"])
    if not row["rate"]:
        return text
    return say(f"{text}, đạt {reached} kế hoạch", f"{text}, {reached} of the plan")


def certified(amount: int) -> str:
    """'1.015 đồng (Bằng chữ: Một nghìn không trăm mười lăm đồng)'."""
    words, number = in_words(amount, say("vi", "en")), display.number(amount)
    words = f"{words[0].upper()}{words[1:]}"
    return say(f"{number} đồng (Bằng chữ: {words})", f"{number} đồng (in words: {words})")


def against(row: Row) -> str:
    """What remains: 'vượt 1.484.000.000 đồng', 'còn 5.000 đồng', 'đúng bằng kế hoạch'."""
    balance = row["balance"]
    if not balance:
        return say("đúng bằng kế hoạch", "just as planned")
    amount = display.number(abs(balance))
    if balance < 0:
        return say(f"vượt {amount} đồng so với kế hoạch", f"{amount} đồng over the plan")
    return say(f"còn {amount} đồng so với kế hoạch", f"{amount} đồng of the plan remain")


def percent(text: str | None) -> str:
    """'120.0' of the API as '120%'."""
    return display.percent(None if text is None else Decimal(text))


def balance_cell(amount: int | None) -> str:
    """What remains of a plan in a table: 'còn 1.484', or 'vượt 1.484' where more was disbursed."""
    if amount is None:
        return NOTHING
    said = display.number(abs(amount))
    if amount < 0:
        return say(f"vượt {said}", f"over by {said}")
    return say(f"còn {said}", f"{said} left")


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
            display.number(plan),
            display.number(money),
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
    return [f"{part:.1f}".replace(".", say(",", ".")) + "%" for part in parts]


def share(part: int, whole: int) -> str:
    """'55,4%'."""
    return display.percent(rate(part, whole))


def extremes(rows: Sequence[Row], name: str) -> str:
    """'Cao nhất: Nậm Xe (131%); thấp nhất: Bản Lang (98,7%).'; '' where there are no two."""
    known = sorted((row for row in rows if row["rate"]), key=lambda row: Decimal(row["rate"]))
    if len(known) < 2 or known[0]["rate"] == known[-1]["rate"]:
        return ""
    low, high = known[0], known[-1]
    highest = f"{high[name]} ({percent(high['rate'])})"
    lowest = f"{low[name]} ({percent(low['rate'])})"
    return say(
        f"Cao nhất: {highest}; thấp nhất: {lowest}.", f"Highest: {highest}; lowest: {lowest}."
    )


def _places(figures: dict[str, Any]) -> str:
    """'trên địa bàn 5 xã', 'tại xã Bản Lang'; a district with money of the whole area is not one,
    but is it where no other is."""
    found = _with_money(figures["tables"]["by_commune"]["rows"])
    above = figures.get("above_communes", ())
    communes = [row for row in found if row["commune"] not in above]
    if len(communes) == 1 and (name := communes[0].get("commune_name")):
        return say(f"tại xã {name}", f"in the commune of {name}")
    if found and not communes:
        area = figures["area"]["said"]
        return say(f"trên địa bàn {inside(area)}", f"in {area}")
    return say(f"trên địa bàn {len(communes)} xã", f"in {len(communes)} communes")


def _with_money(rows: Sequence[Row]) -> list[Row]:
    """The programmes or communes with a plan or posted money."""
    return [row for row in rows if row["planned"] or row["disbursed"]]
