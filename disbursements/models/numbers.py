"""What the database makes of a voucher's number: by an index it finds those that are one number."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, CharField, Func
from django.db.models.sql.compiler import SQLCompiler


class Folded(Func):
    """A number without case, spaces and dashes, as `fold_number` has it where it is of ASCII. Its
    signs stand in the statement: SQLite finds no index by what is given beside it."""

    output_field = CharField()
    template = "replace(replace(lower(%(expressions)s), ' ', ''), '-', '')"


class IsOdd(Func):
    """Whether a number has signs beyond printable ASCII: `fold_number` alone can fold it."""

    output_field = BooleanField()
    template = "((%(expressions)s COLLATE \"C\") ~ '[^ -~]')"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_more: object
    ) -> tuple[str, tuple[str | int, ...]]:
        template = "(%(expressions)s GLOB '*[^ -~]*')"
        return self.as_sql(compiler, connection, template=template)
