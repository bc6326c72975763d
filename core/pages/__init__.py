"""Pages of plain records, declared: a list with filters and files, a record with what can be done
with it, and the form. One set of views for every kind; see `programs/outputs/pages.py` for an area.
"""

from core.lists.columns import Column, shown
from core.pages.detail import EXTRAS, Section, show
from core.pages.record_admin import AREAS, Act, Area, area_of

__all__ = ["AREAS", "EXTRAS", "Act", "Area", "Column", "Section", "area_of", "show", "shown"]
