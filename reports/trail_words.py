"""Sentences with blanks that services write into the trail, as their source text: the trail then
says them in the language of whoever reads it. `tests/test_trail_language.py` holds that none is
missing."""

SENTENCES = (
    "%(line)s: %(before)s → %(after)s đồng",
    "%(line)s removed (%(before)s đồng)",
    "%(amount)s đồng from %(source)s to %(target)s: %(reason)s",
    "reversed by %(amount)s đồng",
    "Workbook %(file)s taken back",  # before the sentence that is a part of it
    "Workbook %(file)s",
    "consolidated by %(no)s",
    "stated there: %(what)s",
    "attending: %(what)s",
    "taken out: %(what)s",
    "attendance begun from %(meeting)s",
    "carried over from %(year)s",
    "scored: %(points)s",
    "copied from %(day)s",
    "agreed: %(reason)s",
    "handed over from %(giver)s to %(receiver)s: %(reason)s",
    "second factor switched off: %(reason)s",
    "API token given: %(name)s",
    "API token ended: %(name)s",
    "followed to %(unit)s",
    "approved as part of plan no. %(id)s",
    "joined into draft no. %(id)s",
    "draft no. %(id)s of %(who)s joined into it",
)
ENDINGS = ("for %(name)s (delegated)", "named by %(name)s")  # after what was done, and a comma
