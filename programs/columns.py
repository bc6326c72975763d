"""Columns of lists that say what a record is about: year, programme, activity."""

from django.utils.translation import gettext_lazy as _

from core.lists import Column

YEAR = Column("year", _("fiscal year"), lambda row: row.fiscal_year.code, "fiscal_year__start")
PROGRAM = Column("program", _("programme"), lambda row: row.program.code, "program__order")
ACTIVITY = Column(
    "activity", _("activity"), lambda row: row.activity and row.activity.code, "activity__code"
)
