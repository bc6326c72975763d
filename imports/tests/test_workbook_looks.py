"""What a cell shows by its number format is what its writer means."""

import io

import openpyxl
import pytest

from imports.workbook import Reading, read_workbook
from imports.workbook.looks import look_of
from imports.workbook.model import Look

from .make_workbooks import one, put, table

AMOUNT = 4


def shown(value: int, code: str, header: str = "Số tiền") -> Reading:
    """A ledger whose first amount is this number in this format."""
    cells = put(put(table("disbursements")[:2], 1, AMOUNT, value), 0, AMOUNT, header)
    made = openpyxl.load_workbook(io.BytesIO(one(cells)))
    made.active.cell(2, AMOUNT + 1).number_format = code
    out = io.BytesIO()
    made.save(out)
    return read_workbook(out.getvalue(), "disbursements")


@pytest.mark.parametrize(
    ("code", "look"),
    [
        ("General", None),
        ("#,##0", None),
        ("#,##0.00;[Red]-#,##0.00", None),
        ('_-* #,##0\\ "₫"_-', None),
        ("#,##0\\ [$₫-42A]", None),
        ('#,##0" đồng"', None),
        ('#,##0" người"', None),
        ("[$-42A]#,##0", None),
        ("#,##0,", Look(divisor=1000)),
        ("#,##0.0,,", Look(divisor=10**6)),
        ('[>=1000000]#,##0.0,," tr";#,##0', Look(divisor=10**6, unit="tr")),
        ("0%", Look(percent=True)),
        ('"$"#,##0', Look(unit="$")),
        ("[$$-409]#,##0.00", Look(unit="$")),
        ("[$USD] #,##0", Look(unit="USD")),
        ('#,##0" EUR"', Look(unit="EUR")),
        ('#,##0" nghìn đồng"', Look(unit="nghìn đồng")),
        ('#,##0"000"', Look(unit="000")),
    ],
)
def test_a_number_format_says_what_it_makes_of_a_number(code, look):
    assert look_of(code) == look


@pytest.mark.parametrize(
    ("value", "code", "header", "found"),
    [
        (12_500_000, "#,##0,", "Số tiền (nghìn đồng)", 12_500_000),
        (12_500_000, "#,##0.0,,", "Số tiền (triệu đồng)", 12_500_000),
        (12_500_000, "#,##0,", "Số tiền", "shown_divided"),
        (12_500_000, "#,##0,", "Số tiền (triệu đồng)", "shown_divided"),
        (12, '#,##0" triệu"', "Số tiền", 12_000_000),
        (12, '#,##0" triệu"', "Số tiền (triệu đồng)", 12_000_000),
        (12, '#,##0" triệu"', "Số tiền (nghìn đồng)", "unit_shown"),
        (12_500_000, '#,##0.0,," tr"', "Số tiền", 12_500_000),
        (500, '"$"#,##0', "Số tiền", "unit_shown"),
        (1, "0%", "Số tiền", "percentage"),
        (12_500_000, '#,##0" ₫"', "Số tiền", 12_500_000),
    ],
)
def test_an_amount_is_what_its_cell_shows(value, code, header, found):
    reading = shown(value, code, header)
    if isinstance(found, str):
        assert [issue.code for issue in reading.errors] == [found]
    else:
        assert [row.values["amount"] for row in reading.rows] == [found]
