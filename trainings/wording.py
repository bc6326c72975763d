"""What is said of head counts that do not fit, in the same words on page, API and workbook."""

from django.utils.translation import gettext as _


def sexes(female: int, male: int, total: int) -> str:
    """Women and men do not make the total."""
    numbers = {"female": female, "male": male, "sum": female + male, "total": total}
    return _("Women (%(female)d) and men (%(male)d) make %(sum)d, not %(total)d.") % numbers


def ages(together: int, total: int) -> str:
    """The ages do not make the total."""
    return _("The ages make %(sum)d, not %(total)d.") % {"sum": together, "total": total}


def part(of_them: int, total: int) -> str:
    """An "of which" is more than the total."""
    return _("%(part)d of %(total)d: a part cannot be more.") % {"part": of_them, "total": total}


def days() -> str:
    """The class ends before it begins."""
    return _("The last day is before the first.")
