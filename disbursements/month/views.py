"""A month's page: what a month needs, in its order, and its closing."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import PersonRequest
from accounts.roles import CLOSE_PERIOD, ENTER_DISBURSEMENT, VIEW
from core.api.bulk import RowErrors
from core.pages.forms import CONFLICT, OK, ReasonForm, run_service, seen_version, submit_form
from core.pages.history import trail_of
from core.services.access import posts, requires
from core.services.request_cache import read_once
from core.values import display
from core.values.amount_words import in_words
from disbursements.ledger import rows as ledger_rows
from disbursements.many import services as many
from disbursements.models import Disbursement, Status
from disbursements.month import services
from disbursements.month.steps import LATER, MOST, OPEN, Month
from programs.models import Period, Program
from programs.years import closing

SHOWN, CAUGHT_SHOWN = 50, 200  # rows that a step lists; that closing would catch


@requires(VIEW)
def month_page(request: PersonRequest, pk: int) -> HttpResponse:
    """A month's steps; `program` narrows them to one programme."""
    return _page(request, _month(pk))


def _month(pk: int) -> Period:
    return get_object_or_404(Period.objects.select_related("fiscal_year", "area"), pk=pk)


def _program(request: PersonRequest) -> Program | None:
    """The programme of the address; one out of scope is a page that does not exist."""
    code = request.GET.get("program", "")
    found = Program.objects.visible_to(request.user).filter(code=code).first() if code else None
    if code and found is None:
        raise Http404(_("There is no programme %(code)s.") % {"code": code})
    return found


@read_once()
def _page(
    request: PersonRequest, period: Period, form: ReasonForm | None = None, status: int = OK
) -> HttpResponse:
    month = Month(request.user, period, _program(request))
    context: dict[str, object] = {
        "period": period,
        "month": month,
        "crumb_href": f"{reverse('periods')}?fiscal_year={period.fiscal_year.code}",
        "programs": list(Program.objects.visible_to(request.user)),
        "next": month.next,
        "query": _query(month.program),
        "posted_query": _query(month.program, rows="posted"),
        "steps": _steps(month),
        "figures": _figures(month),
        "remarked": _remarked(month),
        "returned": ledger_rows.table_rows(month.returned[:SHOWN]),
        "caught": ledger_rows.table_rows(month.unposted[:CAUGHT_SHOWN]),
        "words": in_words(month.part(Status.SUBMITTED).total),
        "count": month.caught,
        "notes": _not_listed(month),
        "seen": services.sum_of(month),
        "may_enter": request.user.can(ENTER_DISBURSEMENT),
        "may_decide": _may_decide(request),
        "may_close": closing.may_close(request.user, period),
        "waiting": closing.caught(period).filter(status=closing.WAITING).count(),
        "form": form or ReasonForm(initial={"version": period.version}),
        "trail": trail_of(period),
    }
    return render(request, "disbursements/month.html", context, status=status)


def _steps(month: Month) -> list[dict[str, object]]:
    """The steps as the page draws them; the first at which something is to do is the current."""
    return [
        {
            "number": number,
            "step": step,
            "done": step.state not in (OPEN, LATER),
            "open": step.state == OPEN,
            "current": step is month.next,
            "who": ", ".join(step.who),
            "who_label": _("Signed by") if step.name == "list" else _("To do by"),
            "template": f"disbursements/month/{step.name}.html",
        }
        for number, step in enumerate(month.steps, 1)
    ]


def _figures(month: Month) -> list[dict[str, object]]:
    """How much is in which state, each leading to its rows."""
    base = f"{reverse('disbursements')}?month={month.period.key}"
    if month.program:
        base += f"&program={month.program.code}"
    parts = [(status, label, month.part(status)) for status, label in Status.choices]
    return [
        {
            "label": label,
            "count": display.number(part.count),
            "total": _("%(amount)s đồng") % {"amount": display.number(part.total)},
            "href": f"{base}&status={status}" if part.count else "",
        }
        for status, label, part in parts
    ]


def _remarked(month: Month) -> list[dict[str, object]]:
    found = month.remarked[:SHOWN]
    lines = ledger_rows.table_rows([row for row, _remarks in found])
    for line, (_row, remarks) in zip(lines, found, strict=True):
        line["remarks"] = [remark.text for remark in remarks]
    return lines


def _not_listed(month: Month) -> list[str]:
    """What the page does not list, and why."""
    open_rows = month.count - month.part(Status.POSTED).count
    looked = _("Of %(count)s rows that are not posted the first %(shown)s were looked at.")
    remarked = _("The first %(shown)s of %(count)s rows that deserve a second look are listed.")
    caught = _("The table has the first %(shown)s of %(count)s rows.")
    notes = [
        display.left_out(MOST, open_rows, looked),
        display.left_out(SHOWN, len(month.remarked), remarked),
        display.left_out(CAUGHT_SHOWN, open_rows, caught),
    ]
    if month.elsewhere:
        notes.append(_("Rows outside your assignment are counted, too, but not listed."))
    return [note for note in notes if note]


def _may_decide(request: PersonRequest) -> bool:
    return many.DEEDS["post"] in many.deeds_of(request.user)


@posts(ENTER_DISBURSEMENT)
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    """Submit all drafts of the month that one sees."""
    period, program = _month(pk), _program(request)
    try:
        done, status = run_service(
            request,
            lambda: services.submit_all(
                actor=request.user,
                period=period,
                program=program,
                seen=request.POST.get("seen", ""),
            ),
        )
    except RowErrors as errors:
        for error in dict.fromkeys(map(many.sentence, errors.errors.values())):
            messages.error(request, error)
        done, status = None, CONFLICT
    if done is None:
        return _page(request, _month(pk), status=status)
    _say_submitted(request, done)
    return _back(request, pk)


def _say_submitted(request: PersonRequest, done: list[Disbursement]) -> None:
    total = display.number(sum(row.amount for row in done))
    facts = {"count": display.number(len(done)), "sum": total}
    messages.success(request, many.DEEDS["submit"].done % facts)


def _back(request: PersonRequest, pk: int) -> HttpResponse:
    """The month's page as it was, of one programme or of all."""
    return redirect(f"{reverse('period', args=[pk])}{_query(_program(request))}")


def _query(program: Program | None, **more: str) -> str:
    """What stands behind the month's address."""
    query = {**({"program": program.code} if program else {}), **more}
    return f"?{urlencode(query)}" if query else ""


@posts(CLOSE_PERIOD)
def close(request: PersonRequest, pk: int) -> HttpResponse:
    period = _month(pk)
    result, status = run_service(
        request,
        lambda: closing.close_period(
            actor=request.user,
            period=period,
            version=seen_version(request),
            leave_waiting="leave_waiting" in request.POST,
        ),
    )
    if result is None:
        return _page(request, _month(pk), status=status)
    messages.success(request, _("%(month)s is closed.") % {"month": period})
    return _back(request, pk)


@posts(CLOSE_PERIOD)
def reopen(request: PersonRequest, pk: int) -> HttpResponse:
    period, form = _month(pk), ReasonForm(request.POST)
    result, status = submit_form(request, form, closing.reopen_period, period=period)
    if result is None:
        return _page(request, _month(pk), form, status)
    messages.success(request, _("%(month)s is open again.") % {"month": period})
    return _back(request, pk)
