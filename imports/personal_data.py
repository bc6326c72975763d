"""What looks like a person's own data in a workbook: remarked once per file, where it is first."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.services.remarks import codes_in, remark_text
from core.values.dates import today
from imports.workbook import Issue, Reading, Row
from imports.workbook.fields import ROW_ID

DAYS = ("date", "start")
EXEMPT = ("voucher_no", "activity", "commune", "program", "fund", "topic", ROW_ID)


def personal_data_in(reading: Reading) -> Iterator[Issue]:
    """One remark for each kind of it, at the first cell, with how many more rows there are."""
    found: dict[str, list[tuple[Row, str]]] = {}
    for row in reading.rows:
        for name, value in row.values.items():
            if isinstance(value, str) and value and name not in EXEMPT:
                for code in codes_in(value, _day_of(row)):
                    found.setdefault(code, []).append((row, name))
    for code, places in sorted(found.items()):
        row, name = places[0]
        said = remark_text(code, row.columns.get(name) or _("The text"))
        if more := len({(each.sheet, each.row) for each, _name in places}) - 1:
            said += " " + ngettext("So does %(n)d more row.", "So do %(n)d more rows.", more) % {
                "n": more
            }
        yield row.issue(name, code, said)


def _day_of(row: Row) -> date:
    return next((d for name in DAYS if isinstance(d := row.values.get(name), date)), today())
