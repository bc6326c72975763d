"""The page on which a draft's lines are edited in their rows, many at once, and new ones typed."""

from django.contrib import messages
from django.forms import Form
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import PersonRequest
from accounts.roles import DRAFT_PLAN
from core.api.bulk import RowErrors
from core.pages.forms import BAD_REQUEST, CONFLICT, OK, show_errors
from core.services.access import requires
from core.services.errors import Conflict
from disbursements.ledger.choices import suggested
from disbursements.models import PlanLine, PlanVersion
from disbursements.plans import assembly, editing
from disbursements.plans.forms import OF_QUARTERS, AmountsForm, NewLineForm
from disbursements.plans.lines import Line
from disbursements.plans.review import closed_quarters

NEW_ROWS = 5


class Grid:
    """The forms of a draft's lines in the person's scope, and of a few new ones."""

    def __init__(
        self, request: PersonRequest, plan: PlanVersion, data: QueryDict | None = None
    ) -> None:
        self.request, self.plan, user = request, plan, request.user
        rows = PlanLine.objects.visible_to(user).filter(plan_version=plan)
        rows = rows.select_related("activity__program", "program", "commune", "fund")
        self.lines = [(row, self._amounts(row, data)) for row in rows.prefetch_related("amounts")]
        keys = {f"l{row.pk}-version" for row, _form in self.lines}
        sent = [name for name in data or () if name.startswith("l") and name.endswith("-version")]
        self.gone = len(set(sent) - keys)
        self.new = [NewLineForm(data, user=user, prefix=f"n{n}") for n in range(NEW_ROWS)]
        self.errors: list[str] = []

    def _amounts(self, row: PlanLine, data: QueryDict | None) -> AmountsForm:
        initial = {f"q{each.quarter}": each.amount for each in row.amounts.all()}
        initial["version"] = row.version
        prefix = f"l{row.pk}"
        sent = data if data is not None and f"{prefix}-version" in data else None
        return AmountsForm(sent, initial=initial, prefix=prefix)

    @property
    def forms(self) -> list[Form]:
        return [form for form in [*(form for _row, form in self.lines), *self.new] if form.is_bound]

    def save(self) -> int:
        """Save the rows that differ; how many they were. Raises `RowErrors`, `Conflict`."""
        touched: list[Form] = []
        changes: list[editing.Change] = []
        for row, form in self.lines:
            if form.is_bound and form.has_changed():
                row.plan_version = self.plan
                touched.append(form)
                changes.append(_change(row, form))
        for new in self.new:
            if new.has_changed():
                touched.append(new)
                another = new.cleaned_data["another_fund"]
                changes.append(editing.Change(new.line(), another_fund=another))
        try:
            editing.change_many(actor=self.request.user, plan=self.plan, changes=changes)
        except RowErrors as found:
            for index, error in found.errors.items():
                show_errors(self.request, error, touched[index])
            raise
        return len(changes)


def _change(row: PlanLine, form: AmountsForm) -> editing.Change:
    details = {name: getattr(row, name) for name in PlanLine.details}
    line = Line(row.activity, row.commune, row.fund, form.amounts(), title=row.title, **details)
    return editing.Change(line, row, form.cleaned_data["version"])


@requires(DRAFT_PLAN)
def plan_grid(request: PersonRequest, pk: int) -> HttpResponseBase:
    """A draft's lines, each edited in its row; a few new ones below them."""
    rows = PlanVersion.objects.visible_to(request.user).select_related("fiscal_year")
    plan = get_object_or_404(rows, pk=pk)
    address = reverse("plan-version", args=[plan.pk])
    if plan.state not in editing.EDITABLE:
        messages.error(request, str(assembly.takes_no_lines(plan).message))
        return redirect(address)
    grid = Grid(request, plan, request.POST if request.method == "POST" else None)
    status = OK
    if request.method == "POST":
        status = _saved(request, grid)
        if status == OK:
            return redirect(address)
    context = {
        "plan": plan,
        "grid": grid,
        "quarters": _quarters(plan),
        "activities": suggested(request.user),
    }
    return render(request, "disbursements/plan_grid.html", context, status=status)


def _quarters(plan: PlanVersion) -> list[str]:
    """The headings of the quarters; one whose months are all closed says so."""
    closed = closed_quarters(plan)
    return [
        (_("quarter %(number)s (closed)") if quarter in closed else _("quarter %(number)s"))
        % {"number": roman}
        for quarter, roman in OF_QUARTERS
    ]


def _saved(request: PersonRequest, grid: Grid) -> int:
    """Save the grid; the status of the answer."""
    valid = [form.is_valid() for form in grid.forms]  # each says what is wrong with it
    if not all(valid):
        return BAD_REQUEST
    if grid.gone:
        grid.errors.append(_("Somebody removed %(count)s of these lines.") % {"count": grid.gone})
        return CONFLICT
    try:
        count = grid.save()
    except RowErrors:
        return BAD_REQUEST
    except Conflict as refusal:
        grid.errors.append(str(refusal.message))
        return CONFLICT
    messages.success(request, _("Saved: %(count)s lines.") % {"count": count})
    return OK
