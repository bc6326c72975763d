"""Pages of plain records, declared: a list with filters and files, a record with what can be done
with it, and the form. One set of views for every kind; `programs/outputs/pages.py` declares some.
"""

from core.lists.columns import Column, screen_text
from core.pages.detail import EXTRAS, detail_response
from core.pages.entry import KEEPERS
from core.pages.record_admin import ADMINS, RecordAction, RecordAdmin, Section, admin_of
