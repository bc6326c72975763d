"""`/api/v1/changes/`: what was written since, for a program that keeps a copy."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import person
from accounts.roles import VIEW
from core.api.base import Pages, refuse_empty, refuse_repeated
from core.api.cursors import AFTER
from core.api.problems import coded_detail
from core.api.viewsets import EVERYWHERE, Conditional, Resource
from reports.changes import feed
from reports.changes.feed import Cursor, Record
from reports.changes.sources import is_followed
from reports.models import Change

RESOURCE = "resource"
KNOWN = {*EVERYWHERE, AFTER, RESOURCE, Pages.page_size_query_param}
WHY_OVER = {
    "cursor_too_old": gettext_lazy("What lies behind this cursor is not kept any more."),
    "changes_begun_anew": gettext_lazy("The changes are counted anew since then."),
    "scope_changed": gettext_lazy("What this token may see has changed since then."),
}


class Over(APIException):
    """What a cursor points at has gone: the lists have to be read again."""

    status_code = status.HTTP_410_GONE

    def __init__(self, code: str) -> None:
        what = _("Ask without “after” for a new cursor, then read the lists again.")
        super().__init__(f"{WHY_OVER[code]} {what}", code)


class ChangedRecordSerializer(serializers.Serializer[object]):
    """One record that was written, as it is now."""

    resource = serializers.CharField(help_text="As in the address: `disbursements`.")
    id = serializers.IntegerField()
    change = serializers.ChoiceField(
        ("created", "changed", "deleted"),
        help_text="`deleted`: it has gone, or out of your scope.",
    )
    changed_at = serializers.DateTimeField()
    record = serializers.DictField(
        allow_null=True, help_text="As in its list; null: forget what you had under this id."
    )


class ChangesPageSerializer(serializers.Serializer[object]):
    changes = ChangedRecordSerializer(many=True)
    after = serializers.CharField(help_text="The cursor to go on from; keep it with what you read.")
    more = serializers.BooleanField(help_text="There is more: follow `next` at once.")
    next = serializers.URLField(help_text="The address to ask next, now or later.")


class Changes(Conditional, APIView):
    """What was created, changed, moved on or deleted in your scope since a cursor."""

    permission = VIEW
    resources: Mapping[str, Callable[..., Resource]] = {}  # the API's, given by who knows them all

    @extend_schema(
        parameters=[
            OpenApiParameter(AFTER, str, description="A cursor; without it, one of now."),
            OpenApiParameter(RESOURCE, str, many=True, description="Only these; may repeat."),
            OpenApiParameter(
                Pages.page_size_query_param,
                {"type": "integer", "minimum": 1},
                description="To 500.",
            ),
        ],
        responses={
            200: ChangesPageSerializer,
            410: OpenApiResponse(description="The cursor is over: read the lists again."),
        },
    )
    def get(self, request: Request) -> Response:
        """Without `after`: the cursor of now. Ask for it, read the lists, then follow from it.

        Each record comes once in an answer, as it is now, in an order in which nothing is ever
        put before what was told. Nothing is lost, and the same may come again: what you have
        under an id is replaced.
        """
        self._refuse(request)
        wanted = self._resources_wanted(request)
        size = Pages().get_page_size(request)
        user, text = person(request), request.query_params.get(AFTER)
        try:
            if text is None:
                return self._answer(request, [], Cursor.at(feed.start(), user), more=False)
            page = feed.behind_cursor(Cursor.parse(text), user, size)
        except feed.BadCursor:
            wrong = coded_detail(
                _("This is no cursor of this portal: send one as it was given."), "bad_cursor"
            )
            raise ValidationError({AFTER: wrong}) from None
        except feed.CursorOver as over:
            raise Over(over.code) from over
        told = self._entries(request, [row for row in page.rows if row.resource in wanted])
        return self._answer(request, told, Cursor.at(page.last, user), more=page.more)

    def _refuse(self, request: Request) -> None:
        unknown = [name for name in request.query_params if name not in KNOWN]
        if unknown:
            told = coded_detail(_("Unknown parameter."), "unknown_parameter")
            raise ValidationError(dict.fromkeys(unknown, told))
        refuse_empty(request)
        refuse_repeated(request, but={RESOURCE})

    def _resources_wanted(self, request: Request) -> set[str]:
        """The resources asked for that are followed and open to who asks."""
        there = {name for name, view in self.resources.items() if is_followed(view)}
        texts = request.query_params.getlist(RESOURCE)
        named = {name.strip() for text in texts for name in text.split(",")}
        if unknown := named - there:
            choices = {"text": min(unknown)[:40], "choices": ", ".join(sorted(there))}
            told = coded_detail(
                _("'%(text)s' is not one of %(choices)s.") % choices, "invalid_choice"
            )
            raise ValidationError({RESOURCE: told})
        return {name for name in named or there if self._view(request, name)}

    def _view(self, request: Request, name: str) -> Resource | None:
        """The resource's own view, as when its list is asked for; None where the role may not."""
        options = {"request": request, "action": "list", "args": (), "kwargs": {}}
        view = self.resources[name](**options, format_kwarg=None)
        open_to = all(each.has_permission(request, view) for each in view.get_permissions())
        return view if open_to else None

    def _entries(self, request: Request, rows: list[Change]) -> list[dict[str, object]]:
        records = feed.records_of(rows)
        there = self._visible_records(request, records)
        seen = feed.seen_before(rows, person(request))
        return [
            _change_entry(record, changes, there.get(record))
            for record, changes in records.items()
            if record in there or any(row.pk in seen for row in changes)
        ]

    def _visible_records(self, request: Request, records: Iterable[Record]) -> dict[Record, object]:
        """The records in the person's scope, as their lists show them: few questions a resource."""
        found: dict[Record, object] = {}
        for name in sorted({name for name, _pk in records}):
            view = self._view(request, name)
            keys = [pk for of, pk in records if of == name]
            rows = view.get_queryset().filter(pk__in=keys)
            found |= {
                (name, each["id"]): each for each in view.get_serializer(rows, many=True).data
            }
        return found

    def _answer(self, request: Request, told: object, cursor: Cursor, *, more: bool) -> Response:
        query = request.query_params.copy()
        query[AFTER] = str(cursor)
        address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return Response({"changes": told, AFTER: str(cursor), "more": more, "next": address})


def _change_entry(record: Record, changes: list[Change], there: object) -> dict[str, object]:
    is_new = any(row.change == Change.CREATED for row in changes)
    return {
        "resource": record[0],
        "id": record[1],
        "change": "deleted" if there is None else "created" if is_new else "changed",
        "changed_at": serializers.DateTimeField().to_representation(changes[-1].at),
        "record": there,
    }
