"""The guided set-up: its steps, and how far the portal has got. Nothing about it is stored: each
step looks whether what it makes is there, so it can be left and taken up again anywhere."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from communes.models import Commune, ProgrammeArea
from core.pages import ADMINS, RecordAdmin
from programs.models import FiscalYear, Program


@dataclass(frozen=True)
class Step:
    """One step: its address's word, what it is called and for, and whether it is done."""

    name: str
    title: object
    why: object
    done: Callable[[], bool]

    @property
    def href(self) -> str:
        return reverse("setup-step", args=[self.name])


STEPS = (
    Step(
        "area",
        _("The programme area"),
        _("What pages and documents call it, and at which level it is."),
        ProgrammeArea.objects.exists,
    ),
    Step(
        "communes",
        _("Communes"),
        _("Where the programme works: communes of before July 2025, of after, or both."),
        lambda: Commune.objects.in_area().exists(),
    ),
    Step(
        "programmes",
        _("Programmes"),
        _("Their codes, as workbooks write them, and their names in both languages."),
        Program.objects.exists,
    ),
    Step(
        "year",
        _("Fiscal years"),
        _("Each with its twelve months. It may begin in any month."),
        lambda: FiscalYear.objects.filter(periods__isnull=False).exists(),
    ),
    Step(
        "people",
        _("People"),
        _("Who enters, who approves, who reads. They choose their own passwords."),
        lambda: User.objects.filter(is_active=True)[:2].count() > 1,
    ),
    Step(
        "plan",
        _("The plan"),
        _("Your workbook as it is: its sums or its errors are shown before anything is saved."),
        lambda: FiscalYear.objects.filter(plan_versions__isnull=False).exists(),
    ),
    Step(
        "topics",
        _("Topics"),
        _("What training classes are about. Coordinators add further ones themselves."),
        lambda: topics().model.objects.exists(),
    ),
)
DUTIES = (
    (Role.COORDINATOR, _("Enters plans, disbursements and training classes, mostly from Excel.")),
    (Role.MANAGER, _("Posts or returns disbursements, closes months.")),
    (Role.HEAD, _("Approves plans; posts disbursements.")),
    (Role.BOARD, _("Prepares conferences, minutes and reports.")),
    (Role.COMMUNE, _("Sees one commune; reports difficulties, confirms what was handed over.")),
    (Role.VIEWER, _("Only reads.")),
    (Role.ADMIN, _("Manages people and settings; touches no money.")),
)


def topics() -> RecordAdmin:
    """How topics are written and shown: they are declared above this layer."""
    return next(area for area in ADMINS.values() if area.name == "topics")


BY_NAME = {step.name: step for step in STEPS}


def progress(current: str = "") -> dict[str, object]:
    """Every step with its state, how many are done, and the first that is not."""
    steps = [
        {"step": step, "number": number, "done": step.done(), "current": step.name == current}
        for number, step in enumerate(STEPS, start=1)
    ]
    done = sum(bool(each["done"]) for each in steps)
    return {
        "steps": steps,
        "done": done,
        "count": len(steps),
        "percent": 100 * done // len(steps),
        "next": next((each["step"] for each in steps if not each["done"]), None),
    }


def missing_before(name: str) -> list[Step]:
    """The steps before one that still have to be done."""
    names = [step.name for step in STEPS]
    return [step for step in STEPS[: names.index(name)] if not step.done()]


def around(name: str) -> tuple[Step | None, Step | None]:
    """The steps before and after one."""
    at = [step.name for step in STEPS].index(name)
    return (STEPS[at - 1] if at else None, STEPS[at + 1] if at + 1 < len(STEPS) else None)
