"""The sections of documents, one file each: what it gathers, what it writes, what it is called.

`SECTION` is the section as a report has it, `OF_MEETING` as the documents of a meeting have it. A
new one is a file here and a line in the list of a report (`docs/how-to/add-a-report-section.md`).
"""
