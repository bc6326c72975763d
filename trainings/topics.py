"""Topics as a setting: their writes and pages. A workbook that names a new one adds it itself."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import MANAGE_SETTINGS
from core.pages import Column, RecordAdmin
from core.services.records import RecordServices
from programs.settings.services import keep_code
from trainings.api import TopicFilters
from trainings.models import Topic


def _topic(row: Topic, actor: User, many: dict[str, Any]) -> None:
    keep_code(row)


records = RecordServices(
    Topic, permissions=(MANAGE_SETTINGS,), fields=("code", "name", "program"), prepare=_topic
)
topics = RecordAdmin(
    name="topics",
    one="topic",
    records=records,
    title=_("Topics of training classes"),
    new=_("Add a topic"),
    help=_("A workbook that names a new one adds it by itself."),
    filterset=TopicFilters,
    filters=("program", "search"),
    related=("program",),
    columns=(
        Column("topic", _("topic"), lambda row: row.name, "sort_key"),
        Column("code", _("code"), lambda row: row.code, "code"),
        Column(
            "program",
            _("programme"),
            lambda row: row.program and row.program.code,
            "program__order",
        ),
    ),
)
