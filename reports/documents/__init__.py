"""Documents: figures → content in blocks → Word, PDF; and the workbook of the year.

`figures.gather` asks the same questions as the screens and freezes the answers; a module per kind
(`annual`, `quarterly`, `minutes`, `conclusions`) writes them as blocks; `word` and `pdf` set them.
The documents are Vietnamese in any language of the screen: their words are here, not in gettext.
"""
