"""The administrator's list of letters: what waits, what failed, and a button to try it again."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.models import Letter, LetterKind, LetterState
from accounts.requests import PersonRequest
from accounts.roles import MANAGE_SETTINGS
from core.lists import Column, Empty, Listing, filters, list_response
from core.pages.forms import run_service
from core.services.access import posts, requires

TONES = {
    LetterState.SENT: "good",
    LetterState.FAILED: "bad",
    LetterState.UNSURE: "warn",
    LetterState.DROPPED: "plain",
}


class LetterFilters(filters.Filters):
    state = filters.Choices("state", LetterState.values)
    kind = filters.Choices("kind", LetterKind.values)


def _whom(row: Letter) -> str:
    """The person; of what was typed for a new password nothing is said: it may be nobody's."""
    return row.user.display_name if row.user else ""


def _rows() -> QuerySet[Letter]:
    """All letters, each with whether somebody has to look at it."""
    is_stopped = Q(pk__in=letters.stopped().order_by().values("pk"))
    return Letter.objects.select_related("user").annotate(is_stopped=is_stopped)


listing = Listing(
    name="letters",
    title=_("Letters"),
    columns=(
        Column("made", _("queued"), lambda row: row.made_at, "made_at"),
        Column.choice("kind", _("kind")),
        Column("whom", _("to whom"), _whom, "user__username"),
        Column.choice("state", _("state"), tone=lambda row: TONES.get(row.state, "info")),
        Column.own("attempts", _("tries"), numeric=True),
        Column("next", _("next try"), lambda row: row.next_at, "next_at", hidden=True),
        Column("ended", _("ended"), lambda row: row.ended_at, "ended_at"),
        Column.own("fault", _("fault")),
        Column("do", _("do"), lambda row: "", template="accounts/letter_again.html", buttons=True),
    ),
    rows=lambda user: _rows(),
    filters=LetterFilters,
    order="-made",
    empty=Empty(title=_("No letters here.")),
)


@requires(MANAGE_SETTINGS)
def letter_list(request: PersonRequest) -> HttpResponseBase:
    """Letters that wait, went, or failed."""
    lead = _("What failed is tried again by itself, at last after hours. “Unsure” may have gone.")
    return list_response(request, listing, context={"lead": lead})


@posts(MANAGE_SETTINGS)
def letter_again(request: PersonRequest, pk: int) -> HttpResponse:
    """Try a letter again that did not go."""
    row = get_object_or_404(Letter, pk=pk)
    done, _status = run_service(request, lambda: letters.try_again(actor=request.user, letter=row))
    if done is not None:
        messages.success(request, _now("The letter is queued again."))
    return redirect("letters")
