"""What the three kinds of workbook share when words become records."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from core.values.text import fold_key
from disbursements.models import UNSPECIFIED_FUND
from imports.outcome import Outcome
from imports.resolve import Directory, Unknown, code_from
from imports.workbook import Row
from programs.models import Fund


class Builder(ABC):
    """Resolves the words of one row after another and collects what is wrong with them."""

    def __init__(self, outcome: Outcome, directory: Directory, actor: User) -> None:
        self.outcome, self.directory, self.actor = outcome, directory, actor
        self.wrong = {(e.sheet, e.row) for e in outcome.errors if e.row is not None}

    def error(self, row: Row, name: str, code: str, message: str) -> None:
        self.outcome.errors.append(row.issue(name, code, message))
        self.wrong.add((row.sheet, row.row))

    def warn(self, row: Row, name: str, code: str, message: str) -> None:
        self.outcome.warnings.append(row.issue(name, code, message))

    def is_wrong(self, row: Row) -> bool:
        return (row.sheet, row.row) in self.wrong

    @abstractmethod
    def item(self, row: Row) -> Any:
        """The record that a row means; None when something is wrong with the row."""

    def look_over(self, rows: Iterable[Row]) -> None:
        """Say what else is wrong with rows that could not be read wholly: all in one go, so that
        nobody mends one cell, sends the workbook again and is told the next."""
        for row in rows:
            self.item(row)

    def look_up(self, row: Row, name: str, find: Callable[[str], Any]) -> Any:
        """What the field's word stands for; None (and an error) when it is not known."""
        text = str(row.values.get(name) or "")
        if not text:
            return None
        try:
            return find(text)
        except Unknown as unknown:
            self.error(row, name, unknown.code, unknown.message)
            return None

    def fund(self, row: Row) -> Fund:
        """The funding source; one not seen before is made at commit and named in the warnings."""
        text = str(row.values.get("fund") or "")
        if not text:
            return self._unspecified()
        found = self.directory.fund(text)
        if found is None:
            codes = [f.code for f in self.directory.funds.values()]
            found = Fund(code=code_from(text, codes), name=text[:120])
            found.set_keys()
            self._add_fund(found)
            self.warn(
                row,
                "fund",
                "new_fund",
                _("New funding source: %(name)s. It is added.") % {"name": text},
            )
        return found

    def _unspecified(self) -> Fund:
        found = self.directory.fund(UNSPECIFIED_FUND)
        if found is None:
            found = Fund(code=UNSPECIFIED_FUND, name="Chưa ghi nguồn")
            self._add_fund(found)
        return found

    def _add_fund(self, fund: Fund) -> None:
        self.directory.funds[fold_key(fund.name)] = fund
        self.directory.fund_codes[fold_key(fund.code)] = fund
        self.outcome.new_funds.append(fund)

    def hold(self, item: Any) -> None:
        """The model's own rules for one row (`ValidationError`); its relations were looked up."""
        relations = [field.name for field in item._meta.fields if field.is_relation]
        item.clean_fields(exclude=relations)
        item.clean()

    def refuse(self, row: Row, refusal: ValidationError, code: str = "invalid") -> None:
        """A service's or model's refusal, at the columns of its fields."""
        for name, messages in refusal.message_dict.items():
            for message in messages:
                self.error(row, name, code, message)
