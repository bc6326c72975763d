"""Which fiscal year a workbook is about, when nobody says."""

import re
from collections import Counter

from core.values.text import fold
from imports.workbook import Reading
from programs.models import FiscalYear

TITLE = re.compile(r"(?:nam tai chinh|nam tc|fy|fiscal year)\s*:?\s*(20[0-9]{2})")
DATE_FIELDS = ("date", "start")


def guess_year(reading: Reading) -> FiscalYear | None:
    """By the title above the table or the sheet's name ("năm tài chính 2023", "FY2023"), else the
    year most of the rows' dates lie in."""
    codes = Counter(code for text in reading.titles for code in TITLE.findall(fold(text)))
    if codes:
        return FiscalYear.objects.filter(code=codes.most_common(1)[0][0]).first()
    days = [row.values[f] for row in reading.rows for f in DATE_FIELDS if row.values.get(f)]
    if not days:
        return None
    years = list(FiscalYear.objects.all())
    found = Counter(next((y.pk for y in years if d in y), None) for d in days)
    found.pop(None, None)
    return next((y for y in years if found and y.pk == found.most_common(1)[0][0]), None)
