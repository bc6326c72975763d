"""Activities made where a plan or a class needs them, by whoever drafts plans in their programme.

A workbook makes the activities it names itself (imports/kinds/plan.py).
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import DRAFT_PLAN, MANAGE_SETTINGS
from accounts.scope import outside
from core.services import remarks
from core.services.records import RecordServices
from core.values.likeness import near_code, near_title
from core.values.said import refused
from programs.models import Activity, Program
from programs.settings.services import keep_code

MAKERS = (DRAFT_PLAN, MANAGE_SETTINGS)


def _activity(row: Activity, actor: User, many: dict[str, object]) -> None:
    keep_code(row)
    check_scope(row.program, actor)
    before = Activity.objects.filter(pk=row.pk).first()
    if before is not None and before.program_id != row.program_id:
        said = _("An activity stays in its programme (%(program)s): make another one.")
        raise refused("program", "fixed", said % {"program": before.program.code})
    if before is None or (before.code, before.title) != (row.code, row.title):
        others = Activity.objects.visible_to(actor).exclude(pk=row.pk)
        known = {each.code: each.title for each in others.filter(program=row.program)}
        remark_near(known, row.code, row.title, "title")


def check_scope(program: Program | None, actor: User) -> None:
    """Refuse (`ValidationError`) what belongs to a programme outside the actor's assignment; an
    administrator of the settings writes for every programme."""
    if actor.can(MANAGE_SETTINGS):
        return
    if errors := outside(actor, program=program):
        raise ValidationError(errors)


def remark_near(known: dict[str, str], code: str, title: str, field: str) -> None:
    """Remark a code or title nearly like one that is there; `field` is what holds the title."""
    by_title = {text: other for other, text in known.items()}
    if same := near_code(code, known):
        said = _("%(code)s is nearly the code of %(near)s “%(title)s”. Is that one meant?")
        facts = {"code": code, "near": same, "title": known[same]}
        remarks.add_remark("code", "near_code", said % facts)
    if alike := near_title(title, by_title):
        said = _("“%(title)s” is nearly what %(near)s is called: “%(known)s”. Is that one meant?")
        facts = {"title": title, "near": by_title[alike], "known": alike}
        remarks.add_remark(field, "near_title", said % facts)


activities = RecordServices(
    Activity, permissions=MAKERS, fields=("code", "title", "program", "unit"), prepare=_activity
)
