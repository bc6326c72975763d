"""A form sent twice has one effect: the page posts' side of `accounts.idempotency`.

Each form that writes carries a key (core/web/form_key.py). The view runs in one transaction with
the key; where it ends in "see there" (a redirect), that answer is kept with it, and the same form
sent again, by a second tap or by a browser that never heard the answer, is led to the same place.
What was refused has had no effect and is not remembered.

What became of a form is told to its browser by a cookie (static/js/outbox.js), which a redirect
that a script follows cannot hide. `form-KEY` is one of:

    done:ADDRESS   taken; what it made is at that address (quoted)
    shown          nothing to lead on to: the answer itself says it (a link that is shown once)
    seen           refused, with the reasons in the answer
    changed        taken before, with other content
"""

from collections.abc import Callable
from urllib.parse import quote

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.models import IdempotencyKey, User
from accounts.requests import PersonRequest
from core.pages.forms import CONFLICT
from core.services.access import View
from core.services.errors import Conflict, NotBegun
from core.web import failures, form_key

# No password is kept or shown; an empty choice of files is sent as a text by some browsers.
NOT_BODY = {"csrfmiddlewaretoken", form_key.FIELD, "password", "files"}
TOLD_FOR = 300  # seconds that a browser has to read what became of its form
DONE, SHOWN, SEEN, CHANGED = "done", "shown", "seen", "changed"
RUNNING = 503  # the first of two is still at it: the browser asks again


class OneEffectPerForm:
    """Middleware, the last of all: it runs the views of forms that carry a key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PersonRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: PersonRequest, view: View, args: list[object], kwargs: dict[str, object]
    ) -> HttpResponseBase | None:
        if hasattr(view, "cls"):
            return None  # the API, which has keys of its own and reads its bodies itself
        key = form_key.of(request)
        if not key or not request.user.is_authenticated:
            return None  # the view itself asks for sign-in
        if form_key.owner(key) != str(request.user.pk):
            return _refused(request, "other")
        request.form_key = key  # type: ignore[attr-defined]  # its page says which form it answers
        try:
            return _once(request, key, lambda: view(request, *args, **kwargs))
        except NotBegun:
            return HttpResponseRedirect("/")  # which leads to the set-up
        except Conflict as error:
            return _refused(request, error.code)
        except DatabaseError as error:
            if not failures.is_away(error):
                raise
            return failures.away(request, error)


def _once(
    request: PersonRequest, key: str, effect: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    user: User = request.user
    row = IdempotencyKey(
        user=user, method="POST", path=request.path[:200], key=key, body_hash=_digest(request)
    )
    with transaction.atomic():
        earlier = idempotency.claim(row)
        if earlier is not None:
            return _again(request, earlier, row)
        response = effect()
        if _is_done(request, response):
            row.status = response.status_code
            row.answer = {"location": response.headers["Location"]}
            row.save(update_fields=["status", "answer"])
            idempotency.clear(idempotency.FEW)
            return _with_outcome(request, response, key, _done(response.headers["Location"]))
        row.delete()
        if response.status_code >= 400:
            transaction.set_rollback(True)
    return _with_outcome(request, response, key, SHOWN if response.status_code < 300 else SEEN)


def _done(location: str) -> str:
    return f"{DONE}:{quote(location, safe='')}"


def _is_done(request: PersonRequest, response: HttpResponseBase) -> bool:
    """Whether a form was taken: its view leads on, and has no error to tell."""
    said = getattr(request, "_messages", None)
    wrong = said is not None and any(each.level >= messages.ERROR for each in said._queued_messages)
    return 300 <= response.status_code < 400 and "Location" in response.headers and not wrong


def _again(
    request: PersonRequest, earlier: IdempotencyKey, row: IdempotencyKey
) -> HttpResponseBase:
    """The answer the form had the first time; a question, where other things stand in it now."""
    location = (earlier.answer or {})["location"]
    if earlier.body_hash != row.body_hash:
        return _with_outcome(request, _refused(request, CHANGED, location), row.key, CHANGED)
    messages.info(request, _("This form was taken already; it was not saved a second time."))
    return _with_outcome(request, HttpResponseRedirect(location), row.key, _done(location))


def _refused(request: PersonRequest, why: str, location: str = "") -> HttpResponse:
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_BODY
        for value in values
    ]
    context = {
        "why": why,
        "location": location.split("#")[0],
        "files": bool(request.FILES),
        "sent": sent,
        "address": request.get_full_path(),
    }
    status = RUNNING if why == "running" else CONFLICT
    response = render(request, "accounts/form_again.html", context, status=status)
    if status == RUNNING:
        response.headers["Retry-After"] = "5"
    return response


def _with_outcome(
    request: PersonRequest, response: HttpResponseBase, key: str, outcome: str
) -> HttpResponseBase:
    response.set_cookie(
        f"form-{key}", outcome, max_age=TOLD_FOR, samesite="Lax", secure=request.is_secure()
    )
    return response


def _digest(request: PersonRequest) -> str:
    """The hash of what was sent, whichever way line ends were written; files by their content."""
    body: list[object] = [
        [name, [value.replace("\r\n", "\n") for value in values]]
        for name, values in sorted(request.POST.lists())
        if name not in NOT_BODY
    ]
    for name, files in sorted(request.FILES.lists()):
        body += [[name, file.name, idempotency.content(file)] for file in files]
    return idempotency.digest(body)
