"""Topics made where a class needs them, by whoever drafts plans in their programme."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MANAGE_SETTINGS
from accounts.scope import grants_of
from core.services.records import RecordServices
from programs.settings.activities import MAKERS, check_scope, remark_near
from programs.settings.services import keep_code
from trainings.models import Topic


def _topic(row: Topic, actor: User, many: dict[str, Any]) -> None:
    keep_code(row)
    check_scope(row, actor)
    is_everybodys = row.program is None and not actor.can(MANAGE_SETTINGS)
    if is_everybodys and not any(program is None for program, _commune in grants_of(actor)):
        raise ValidationError({"program": _("Choose the programme of the topic.")})
    before = Topic.objects.filter(pk=row.pk).values_list("code", "name").first()
    if before != (row.code, row.name):
        others = Topic.objects.exclude(pk=row.pk)
        remark_near(dict(others.values_list("code", "name")), row.code, row.name, "name")


topics = RecordServices(
    Topic, permissions=MAKERS, fields=("code", "name", "program"), prepare=_topic
)
