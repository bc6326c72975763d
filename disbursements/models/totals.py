"""What is kept beside the ledger, added up. The database itself writes it (`sql/totals.*.sql`)."""

from django.db import models

from communes.models import Commune
from programs.models import Activity, FiscalYear, Fund, Program

KEY = ("fiscal_year", "program", "commune", "quarter", "activity", "fund", "month")


def _key(to: type[models.Model]) -> "models.ForeignKey[models.Model, models.Model]":
    """The ledger's own key holds what it points at: it needs no second one."""
    return models.ForeignKey(
        to, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )


class LedgerTotal(models.Model):
    """Posted money (đồng) and its number of rows, by all that a summary cuts by.

    The keys are named as in the ledger; `month` is the first day of the row's month.
    """

    fiscal_year = _key(FiscalYear)
    program = _key(Program)
    commune = _key(Commune)
    quarter = models.PositiveSmallIntegerField()
    activity = _key(Activity)
    fund = _key(Fund)
    month = models.DateField()
    amount = models.BigIntegerField()
    rows = models.IntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=KEY, name="ledger_total_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.amount}"


class LedgerYear(models.Model):
    """Posted money, rows and the latest day of a fiscal year: what its totals are held against.

    `kept` and `kept_rows` are what the totals themselves add up to, whoever changed them.
    """

    fiscal_year = models.OneToOneField(
        FiscalYear, models.DO_NOTHING, related_name="+", db_constraint=False, primary_key=True
    )
    amount = models.BigIntegerField()
    rows = models.IntegerField()
    latest = models.DateField()
    kept = models.BigIntegerField(default=0)
    kept_rows = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.fiscal_year_id}: {self.amount}"


class TotalsSeal(models.Model):
    """In one row: the mark of the database's triggers when the totals were last added up anew."""

    one = models.PositiveSmallIntegerField(primary_key=True, default=1)
    mark = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.mark
