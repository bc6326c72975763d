"""The page on which several vouchers are typed or pasted, and saved at once."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import PersonRequest
from accounts.roles import ENTER_DISBURSEMENT
from core.pages.forms import BAD_REQUEST, OK
from core.services.access import requires
from core.values import display
from core.values.amount_words import in_words
from disbursements.entry_grid.forms import COLUMNS, MOST, WORDS, Grid
from disbursements.ledger.choices import suggested, units_for
from disbursements.models import Disbursement

LEFT = "vouchers_left"  # in the session: the rows that were wrong when the right ones were saved


@requires(ENTER_DISBURSEMENT)
def entry_grid(request: PersonRequest) -> HttpResponseBase:
    """Rows of vouchers; those that were left the last time, where there are any."""
    if request.method != "POST":
        grid = Grid(request.user, request.session.get(LEFT))
        grid.save(request, look_only=True)
        return _page(request, grid)
    grid = Grid(request.user, request.POST)
    if "more" in request.POST:
        return _page(request, grid)
    saved = grid.save(request, right_only="right" in request.POST)
    if not saved and grid.filled:
        is_wrong = any(row.errors for row in grid.filled)
        return _page(request, grid, BAD_REQUEST if is_wrong else OK)
    request.session[LEFT] = grid.left()
    _say(request, saved, len(grid.wrong))
    return redirect("disbursement-grid")


def _page(request: PersonRequest, grid: Grid, status: int = OK) -> HttpResponseBase:
    wrong = len(grid.wrong)
    context: dict[str, object] = {
        "grid": grid,
        "columns": [
            {"label": grid.rows[0].fields[name].label, "words": _words(grid, name)}
            for name in COLUMNS
        ],
        "is_left": bool(request.session.get(LEFT)) and request.method != "POST",
        "wrong": wrong,
        "right": len(grid.filled) - wrong,
        "most": MOST,
        "activities": suggested(request.user),
        "units": units_for(request.user),
    }
    return render(request, "disbursements/entry_grid.html", context, status=status)


def _words(grid: Grid, name: str) -> str:
    """The headings by which a column of pasted rows is known: the grid's own, and offices'."""
    return f"{grid.rows[0].fields[name].label}|{WORDS[name]}"


def _say(request: PersonRequest, saved: list[Disbursement], left: int) -> None:
    """What was saved, with the way back, and how many rows were not."""
    if not saved:
        messages.info(request, _("Nothing was typed, and nothing saved."))
        return
    total = sum(row.amount for row in saved)
    said = ngettext(
        "Saved: %(count)s voucher, %(sum)s đồng (%(words)s).",
        "Saved: %(count)s vouchers, %(sum)s đồng (%(words)s).",
        len(saved),
    )
    facts = {"sum": display.number(total), "words": in_words(total)}
    ids = ",".join(str(row.pk) for row in saved)
    undo = f"{reverse('disbursements-many')}?do=delete&rows={ids}"
    link = format_html('<a href="{}">{}</a>', undo, _("Undo"))
    said %= {"count": display.number(len(saved)), **facts}
    messages.success(request, format_html("{} {}", said, link))
    if left:
        text = _("Rows that were not saved stand here with what is wrong in them: %(count)s.")
        messages.warning(request, text % {"count": display.number(left)})
