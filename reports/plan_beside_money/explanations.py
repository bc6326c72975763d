"""What was said of the variances of a cut, who said it, and what nobody has explained yet."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from communes.models import Commune
from core.values import display
from disbursements.models import PlanVersion
from monitoring.models import VarianceNote
from monitoring.models.variance import Cause
from monitoring.variance.services import Variance, as_explained, ended_quarters, variances
from programs.models import month_end
from reports import linked_number
from reports.page_query import PageQuery


@dataclass(frozen=True)
class Explanation:
    """An explanation: who gave it last and when ("" and None: loaded from before the portal)."""

    item: Variance
    by: str
    at: datetime | None
    plan: PlanVersion | None  # that followed, where the reader sees a line of it

    @property
    def name(self) -> str:
        return name_of(self.item)

    @property
    def sentence(self) -> str:
        """Cause, words, the decision that allowed it and the plan that followed, in one text."""
        return in_words(self.note, str(self.plan) if self.plan else "")

    @property
    def note(self) -> VarianceNote:
        assert self.item.note is not None
        return self.item.note


def in_words(note: VarianceNote, plan: str) -> str:
    """An explanation as a text: its cause, unless that is another one, and all that is known."""
    parts = ["" if note.cause == Cause.OTHER else str(note.get_cause_display()), note.text]
    if note.decision:
        parts.append(_("Decision that allowed it: %(decision)s") % {"decision": note.decision})
    if plan:
        parts.append(_("Plan that took it up: %(plan)s") % {"plan": plan})
    return " ".join(part.rstrip(". ") + "." for part in parts if part)


def quarter_of(page: PageQuery) -> int | None:
    """The quarter at whose end the limits are asked: the page's, its month's, or the last over."""
    if page.quarter:
        return page.quarter
    ended = ended_quarters(page.year, page.over_by)
    if page.month:
        quarters = (q for q in range(1, 5) if page.year.quarter_end(q) >= month_end(page.month))
        return next(quarters, None)
    return ended[-1] if ended else None


def explanations(page: PageQuery, user: User) -> list[Explanation]:
    """What was said of the quarters that are over; of a quarter what was said at its end."""
    asked = page.quarter or page.month
    ended = ended_quarters(page.year, page.over_by)
    items = as_explained(user, page.year, quarter_of(page) if asked else None)
    kept = [item for item in items if item.quarter in ended and is_kept(page, item)]
    return _with_people(kept, user)


def latest_explanations(page: PageQuery, user: User) -> list[Explanation]:
    """What was said at the last quarter's end of which anything was said, worst first."""
    said = explanations(page, user)
    last = max((each.item.quarter for each in said), default=None)
    found = [each for each in said if each.item.quarter == last]
    return sorted(found, key=lambda each: -abs(each.item.planned - each.item.disbursed))


def unexplained(page: PageQuery, user: User) -> list[Variance]:
    """What lies outside the limits of the current plan and has no explanation."""
    quarter = quarter_of(page)
    if quarter not in ended_quarters(page.year, page.over_by):
        return []
    found = variances(user, page.year, quarter)
    return [item for item in found if item.note is None and is_kept(page, item)]


def is_kept(page: PageQuery, item: Variance) -> bool:
    """Whether the page's filter keeps it; an activity as a whole is of no single commune."""
    if page.programs and item.program not in page.programs:
        return False
    if page.activities and item.activity not in page.activities:
        return False
    return not page.communes or _unit(page, item.commune) in {unit.pk for unit in page.communes}


def variance_facts(item: Variance) -> dict[str, object]:
    """What was or is to be explained, with its figures at that quarter's end."""
    kind, pk = item.subject
    due = PageQuery.of_year(
        item.year,
        item.year.quarter_end(item.quarter),
        programs=(item.program,),
        communes=(item.commune,) if item.commune else (),
        activities=(item.activity,) if item.activity else (),
    ).detail(show="due")
    args = [item.year.code, item.quarter, item.program.code, kind, pk]
    return {
        "name": name_of(item),
        "quarter": display.quarter(item.quarter, item.year.start),
        "rate": linked_number.percent(item.rate, due),
        "gap": linked_number.remaining(item.planned - item.disbursed, due),
        "tone": "over" if item.is_over else "under",
        "href": reverse("variance", args=args),
    }


def name_of(item: Variance) -> str:
    """What it is about, where there is room for a word or two."""
    return f"{item.program.code} · {item.commune}" if item.commune else str(item.activity)


def _unit(page: PageQuery, unit: Commune | None) -> int | None:
    """Its key, or its successor's where the page counts by the new units."""
    if unit is None:
        return None
    return (unit.successor_id if page.new_units else None) or unit.pk


def _with_people(items: list[Variance], user: User) -> list[Explanation]:
    notes = [item.note for item in items if item.note]
    lines = VarianceNote.history.filter(id__in=[note.pk for note in notes])
    last = {
        line.id: line
        for line in lines.select_related("history_user").order_by("history_date", "history_id")
    }
    plans = PlanVersion.objects.visible_to(user).select_related("fiscal_year")
    seen = {plan.pk: plan for plan in plans.filter(pk__in={note.plan_version_id for note in notes})}
    found = []
    for item, note in zip(items, notes, strict=True):
        line = last.get(note.pk)
        who = line.history_user.display_name if line and line.history_user else ""
        plan = seen.get(note.plan_version_id or 0)
        found.append(Explanation(item, who, line.history_date if line else None, plan))
    return found
