"""What the database makes of a voucher's number: by an index it finds those that are one number."""

from typing import Any

from django.db.models import BooleanField, CharField, Func


class Folded(Func):
    """A number without case, spaces and dashes, as `fold_number` has it where it is of ASCII. Its
    signs stand in the statement: SQLite finds no index by what is given beside it."""

    output_field = CharField()
    template = "replace(replace(lower(%(expressions)s), ' ', ''), '-', '')"


class IsOdd(Func):
    """Whether a number has signs beyond printable ASCII: `fold_number` alone can fold it."""

    output_field = BooleanField()
    template = "((%(expressions)s COLLATE \"C\") ~ '[^ -~]')"

    def as_sqlite(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        template = "(%(expressions)s GLOB '*[^ -~]*')"
        return self.as_sql(compiler, connection, template=template)
