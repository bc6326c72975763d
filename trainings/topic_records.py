"""Topics made where a class needs them, by whoever drafts plans in their programme."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MANAGE_SETTINGS
from accounts.scope import grants_of, outside
from core.services.records import RecordServices
from core.values.said import refused
from programs.settings.activities import MAKERS, check_scope, remark_near
from programs.settings.services import keep_code
from trainings.models import Topic


def _topic(row: Topic, actor: User, many: dict[str, object]) -> None:
    keep_code(row)
    before = Topic.objects.filter(pk=row.pk).first()
    if before is not None and not _may_write(before, actor):
        raise PermissionDenied  # everybody sees a topic; its programme's coordinators change it
    check_scope(row.program, actor)
    if not _may_write(row, actor):
        raise refused("program", "required", _("Choose the programme of the topic."))
    if before is None or (before.code, before.name) != (row.code, row.name):
        others = Topic.objects.exclude(pk=row.pk)
        remark_near(dict(others.values_list("code", "name")), row.code, row.name, "name")


def _may_write(row: Topic, actor: User) -> bool:
    """One of a programme: whoever is assigned to it; of all programmes: to all."""
    if actor.can(MANAGE_SETTINGS):
        return True
    if row.program is None:
        return any(program is None for program, _commune in grants_of(actor))
    return not outside(actor, program=row.program)


topics = RecordServices(
    Topic, permissions=MAKERS, fields=("code", "name", "program"), prepare=_topic
)
