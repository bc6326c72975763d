"""`/api/v1/notices/`: what happened that concerns whoever asks."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.notices import services
from accounts.notices.leads import address_of, visible_ids
from accounts.notices.models import Notice, NoticeKind
from accounts.requests import person
from core.api.examples import with_examples
from core.api.serializers import PersonField, ResourceSerializer, StrictSerializer, WholeNumberField
from core.api.viewsets import Resource, act
from core.lists import filters


class NoticeSerializer(ResourceSerializer):
    text = serializers.SerializerMethodField(
        help_text="What the record was called; empty once it has left your assignment."
    )
    record = WholeNumberField(source="object_id", read_only=True, help_text="The record's id.")
    page = serializers.SerializerMethodField(help_text="The address of the record's page.")
    actor = PersonField(read_only=True, help_text="Who did it.")

    class Meta:
        model = Notice
        fields = ["id", "kind", "text", "record", "page", "actor", "made_at", "read_at", "version"]
        read_only_fields = ["kind", "made_at", "read_at"]

    def get_text(self, row: Notice) -> str:
        return row.text if row.pk in self._visible_ids(row) else ""

    def get_page(self, row: Notice) -> str:
        return address_of(row)

    def _visible_ids(self, row: Notice) -> set[int]:
        """Which of the page's records are seen: asked once for all of them."""
        cache = self.context.setdefault("cache", {})  # type: ignore[attr-defined]
        if row.pk not in cache.get("told", ()):
            rows = self.parent.instance if self.parent is not None else None
            page = list(rows) if isinstance(rows, list) else [row]
            cache["told"] = {each.pk for each in page} | {row.pk}
            cache["seen"] = visible_ids(page, person(self.context["request"]))
        seen: set[int] = cache["seen"]
        return seen


class NoticeFilters(filters.Filters):
    kind = filters.Choices("kind", NoticeKind.choices, help_text="What happened.")
    unread = filters.YesNo("read_at__isnull", help_text="Not read yet.")


@with_examples(answer={"read": 3})
class ReadSerializer(StrictSerializer):
    """How many were marked as read."""

    read = WholeNumberField(read_only=True)


class Notices(Resource):
    """What concerns you: new difficulties, returned rows, mentions, issued reports; newest first.
    Nobody sees another one's."""

    permission = "view"
    queryset = Notice.objects.select_related("actor", "content_type")
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilters
    ordering_fields = ("made_at",)

    @act("read", permission="view")
    def read(self, row: Notice, *, version: int | None = None) -> Notice:
        """Mark one as read."""
        return services.mark_read(actor=person(self.request), notice=row)

    @extend_schema(request=None, responses=ReadSerializer)
    @action(detail=False, methods=["post"], url_path="read-all", url_name="read-all")
    def read_all(self, request: Request) -> Response:
        """Mark all of yours as read."""
        return Response({"read": services.mark_all_read(actor=person(request))})
