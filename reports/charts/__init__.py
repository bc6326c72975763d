"""Charts: one description in plain data, drawn alike on the screen, in Word and in a PDF.

`description.Chart` says what is shown: names, series, texts, all final. `svg` draws it for the
screen and for a PDF, `reports.documents.word_chart` for Word; both take their colours, dashes and
markers from `style`. Behind every chart stands its table, `Chart.table`.
"""
