"""The dashboard: one answer of plan against actual, added up every way the page shows it.

Everything comes formatted, each number with the address of what it is made of
(`reports.linked_number`); the templates only lay it out. `page.build()` is the whole page.
"""
