"""A month in its order: entered, looked at, submitted, listed, posted, mended, closed.

Each step says what it still lacks and who has to do it, of the rows in the reader's scope.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.roles import ENTER_DISBURSEMENT, POST_DISBURSEMENT
from core.values import display
from core.values.text import Label
from disbursements.ledger.remarks import NOTED, Remark, look_at
from disbursements.ledger.rows import RELATED
from disbursements.models import Disbursement, Status
from disbursements.month import people
from programs.models import Period, Program
from programs.years import closing

MOST = 500  # rows not posted that are looked at
DONE, OPEN, LATER = "done", "open", "later"


@dataclass(frozen=True)
class Part:
    """Rows of a month: how many, and their sum (đồng)."""

    count: int = 0
    total: int = 0

    @property
    def text(self) -> str:
        said = ngettext("%(n)s row, %(sum)s đồng", "%(n)s rows, %(sum)s đồng", self.count)
        return said % {"n": display.number(self.count), "sum": display.number(self.total)}


@dataclass(frozen=True)
class Step:
    """One step: `state` is done, open (something is to do now) or later; `text` says what is there
    or missing, `who` (names) has to do it."""

    name: str
    title: Label
    state: str
    text: str
    who: Sequence[str] = ()


class Month:
    """A month as a person sees it, of one programme where `program` is given."""

    def __init__(self, user: User, period: Period, program: Program | None = None) -> None:
        self.user, self.period, self.program = user, period, program

    @property
    def rows(self) -> QuerySet[Disbursement]:
        """The rows of the month in scope, oldest first."""
        rows = Disbursement.objects.visible_to(self.user).filter(period=self.period)
        rows = rows.filter(program=self.program) if self.program else rows
        return rows.select_related(*RELATED).order_by("date", "pk")

    @cached_property
    def parts(self) -> dict[str, Part]:
        """The rows by their state."""
        found = self.rows.order_by().values_list("status")
        counted = found.annotate(count=Count("pk"), total=Sum("amount"))
        return {status: Part(count, total) for status, count, total in counted}

    def part(self, status: str) -> Part:
        return self.parts.get(status, Part())

    @property
    def count(self) -> int:
        return sum(part.count for part in self.parts.values())

    @cached_property
    def unposted(self) -> list[Disbursement]:
        """The first rows that are not posted."""
        return list(self.rows.exclude(status=Status.POSTED)[:MOST])

    @property
    def returned(self) -> list[Disbursement]:
        return [row for row in self.unposted if row.status == Status.RETURNED]

    @cached_property
    def remarked(self) -> list[tuple[Disbursement, list[Remark]]]:
        """The rows not posted that deserve a second look, each with why."""
        _beside, remarks = look_at(self.user, self.unposted)
        found = []
        for row, said in zip(self.unposted, remarks, strict=True):
            if worth := [remark for remark in said if remark.code not in NOTED]:
                found.append((row, worth))
        return found

    @cached_property
    def caught(self) -> int:
        """How many rows closing would catch, in whosever scope."""
        count: int = closing.caught(self.period).count()
        return count

    @cached_property
    def elsewhere(self) -> int:
        """Those of them that are not in this person's scope."""
        mine: int = closing.caught(self.period).visible_to(self.user).count()
        return self.caught - mine

    @cached_property
    def steps(self) -> list[Step]:
        return [make(self) for make in STEPS]

    @property
    def next(self) -> Step | None:
        """The first step at which something is to do."""
        return next((step for step in self.steps if step.state == OPEN), None)


def _who(month: Month, state: str, names: Callable[[], Iterable[str]]) -> list[str]:
    return list(names()) if state == OPEN else []


def _enter(month: Month) -> Step:
    count = month.count
    state = DONE if count else LATER if month.period.is_closed else OPEN
    text = Part(count, sum(part.total for part in month.parts.values())).text
    if not count:
        text = _("Nothing is entered for this month yet.")
    who = _who(month, state, lambda: people.able(ENTER_DISBURSEMENT, month.program))
    return Step("enter", gettext_lazy("Enter the vouchers"), state, text, who)


def _look(month: Month) -> Step:
    title, count = gettext_lazy("Look at what is remarked"), len(month.remarked)
    if not month.count:
        return Step("look", title, LATER, _("Nothing to look at yet."))
    if not count:
        return Step("look", title, DONE, _("Nothing in the rows deserves a second look."))
    said = ngettext(
        "%(n)d row deserves a second look before it is posted.",
        "%(n)d rows deserve a second look before they are posted.",
        count,
    )
    return Step("look", title, OPEN, said % {"n": count})


def _submit(month: Month) -> Step:
    drafts = month.part(Status.DRAFT)
    state = _state(month, drafts)
    said = {
        OPEN: _("Drafts to submit: %(rows)s.") % {"rows": drafts.text},
        DONE: _("Nothing is a draft any more."),
        LATER: _("No draft yet."),
    }
    who = _who(month, state, lambda: people.who_made(month.rows.filter(status=Status.DRAFT)))
    return Step("submit", gettext_lazy("Submit for approval"), state, said[state], who)


def _list(month: Month) -> Step:
    waiting = month.part(Status.SUBMITTED)
    state = _state(month, waiting)
    said = {
        OPEN: _("For signature: %(rows)s.") % {"rows": waiting.text},
        DONE: _("Nothing waits; the list of what is posted can be printed."),
        LATER: _("Nothing waits for approval yet."),
    }
    who = _who(month, state, lambda: month.period.fiscal_year.who_signs)
    return Step("list", gettext_lazy("Print the list for approval"), state, said[state], who)


def _post(month: Month) -> Step:
    waiting = month.part(Status.SUBMITTED)
    state = _state(month, waiting)
    said = {
        OPEN: _("Waiting for approval: %(rows)s.") % {"rows": waiting.text},
        DONE: _("Posted: %(rows)s.") % {"rows": month.part(Status.POSTED).text},
        LATER: _("Nothing waits for approval yet."),
    }
    who = _who(month, state, lambda: people.able(POST_DISBURSEMENT, month.program))
    return Step("post", gettext_lazy("Post"), state, said[state], who)


def _mend(month: Month) -> Step:
    returned = month.part(Status.RETURNED)
    state = _state(month, returned)
    said = {
        OPEN: _("To mend and submit again: %(rows)s.") % {"rows": returned.text},
        DONE: _("Nothing is returned."),
        LATER: _("Nothing is returned."),
    }
    rows = month.rows.filter(status=Status.RETURNED)
    who = _who(month, state, lambda: people.who_made(rows, "submitted_by"))
    return Step("mend", gettext_lazy("Mend what was returned"), state, said[state], who)


def _close(month: Month) -> Step:
    title = gettext_lazy("Close the month")
    if month.period.is_closed:
        return Step("close", title, DONE, _("The month is closed: nothing can be posted in it."))
    left = [
        f"{label.lower()}: {month.part(status).text}"
        for status, label in Status.choices
        if status != Status.POSTED and month.part(status).count
    ]
    if month.elsewhere:
        said = ngettext(
            "%(n)d row outside your assignment",
            "%(n)d rows outside your assignment",
            month.elsewhere,
        )
        left.append(said % {"n": month.elsewhere})
    if left:
        said = _("Not posted yet: %(left)s.") % {"left": "; ".join(left)}
        return Step("close", title, LATER, said)
    if not month.count:
        return Step("close", title, LATER, _("No row of the month is in the ledger."))
    text = _("Every row of the month is posted: it can be closed.")
    return Step("close", title, OPEN, text, people.closing(month.period))


def _state(month: Month, part: Part) -> str:
    """Of a step that deals with these rows: once there are none left it is done."""
    if part.count:
        return OPEN
    return DONE if month.part(Status.POSTED).count or month.part(Status.SUBMITTED).count else LATER


STEPS = (_enter, _look, _submit, _list, _post, _mend, _close)
