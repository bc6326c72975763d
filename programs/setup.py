"""The guided set-up: its steps, and how far the portal has got. Nothing about it is stored: each step
looks whether what it makes is there, so it can be left and taken up again anywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from communes.models import Commune, ProgrammeArea
from programs.models import FiscalYear, Program


@dataclass(frozen=True)
class Step:
    """One step: its address's word, what it is called and for, and whether it is done."""

    name: str
    title: Any
    why: Any
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
        _("Your plan workbook as it is: its sums or its errors are shown before anything is saved."),
        lambda: FiscalYear.objects.filter(plan_versions__isnull=False).exists(),
    ),
)
BY_NAME = {step.name: step for step in STEPS}


def progress(current: str = "") -> dict[str, Any]:
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


def is_begun() -> bool:
    """Whether there is a year to show: before that the front page is the set-up."""
    return FiscalYear.objects.exists()


def around(name: str) -> tuple[Step | None, Step | None]:
    """The steps before and after one."""
    at = [step.name for step in STEPS].index(name)
    return (STEPS[at - 1] if at else None, STEPS[at + 1] if at + 1 < len(STEPS) else None)
