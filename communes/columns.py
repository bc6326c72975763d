"""Columns of lists that say where a record lies."""

from django.utils.translation import gettext_lazy as _

from core.lists import Column

COMMUNE = Column(
    "commune", _("commune"), lambda row: row.commune.name, "commune__sort_key", short=True
)
VILLAGE = Column(
    "village", _("village"), lambda row: row.village and row.village.name, "village__sort_key"
)
