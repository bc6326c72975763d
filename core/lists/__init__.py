"""Lists of records, declared once: filters, order, columns, sums, pages, Excel and CSV.

A page says what its list is (`Listing`, with its `Column`s) and answers with it (`list_response`).
"""

from core.lists.columns import Column, screen_text
from core.lists.listing import Empty, Listing
from core.lists.view import list_response
