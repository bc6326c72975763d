"""The sections of documents, a file for each subject: what it gathers, writes, and is called.

`SECTION` is the section as a report has it, `OF_MEETING` as the documents of a meeting have it. A
new one is a file here and a line in the list of a report (`docs/how-to/add-a-report-section.md`).
"""
