"""What to say of a place that nobody knows."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.lookups import not_known


def unknown_unit(text: str, names: Iterable[str] = ()) -> str:
    """The sentence for a commune's name or code that there is not."""
    return not_known(text, _("commune"), names)
