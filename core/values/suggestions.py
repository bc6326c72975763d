"""What to say of a word that names nothing."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.values.said import coded
from core.values.text import abridged, nearest


def not_known(text: str, what: str, names: Iterable[str] = ()) -> str:
    """The sentence for an unknown word, with the nearest of the names there are."""
    text = abridged(text)
    near = nearest(text, list(names))
    if not near:
        said = _("'%(text)s' is not a known %(what)s.") % {"text": text, "what": what}
        return coded("does_not_exist", said)
    words = {"text": text, "what": what, "near": ", ".join(near)}
    said = _("'%(text)s' is not a known %(what)s. Did you mean: %(near)s?") % words
    return coded("does_not_exist", said)
