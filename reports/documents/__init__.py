"""Documents: figures → content in blocks → Word, PDF; and the workbook of the year.

A kind (`annual`, `quarterly`, `minutes`) is a list of `sections`: each asks the same questions as
the screens, its answers are frozen, and from them it writes blocks; `word` and `pdf` set them.
The documents are in the language that is asked for (`wording.say`), Vietnamese unless another is,
whatever the language of the screen: their words are here, not in gettext (ADR 33).
"""
