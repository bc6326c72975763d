"""Pages of topics. A workbook that names a new one adds it itself."""

from django.utils.translation import gettext_lazy as _

from core.pages import Column, RecordAdmin
from trainings import topic_records
from trainings.api import TopicFilters

topics = RecordAdmin(
    name="topics",
    one="topic",
    records=topic_records.topics,
    title=_("Topics of training classes"),
    new=_("Add a topic"),
    help=_("A workbook that names a new one adds it by itself."),
    filterset=TopicFilters,
    filters=("program", "search"),
    related=("program",),
    columns=(
        Column("topic", _("topic"), lambda row: row.name, "sort_key"),
        Column.own("code", _("code")),
        Column(
            "program",
            _("programme"),
            lambda row: row.program and row.program.code,
            "program__order",
        ),
    ),
)
