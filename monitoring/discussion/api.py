"""`/api/v1/comments/`: what is said about records, and who is mentioned."""

from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import User
from accounts.requests import person
from accounts.roles import COMMENT
from core.api.examples import with_examples
from core.api.serializers import OneOfField, PersonField, ResourceSerializer, WholeNumberField
from core.api.viewsets import Creatable, Resource
from core.lists import filters
from core.values.said import coded
from monitoring.discussion.kinds import KINDS, NAMES, model_of
from monitoring.discussion.services import comment
from monitoring.models import Comment


class KindField(OneOfField):
    """The kind of record, as the addresses of its pages name it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"choices": list(KINDS), **options})

    def get_attribute(self, row: Comment) -> str:
        model = ContentType.objects.get_for_id(row.content_type_id).model_class()
        return NAMES[model._meta.label] if model else ""


@with_examples({"kind": "meeting", "record": 1, "text": "Đã gửi biên bản cho các xã"})
class CommentSerializer(ResourceSerializer):
    kind = KindField(help_text="What kind of record it is about.")
    record = WholeNumberField(
        source="object_id", min_value=1, max_value=2**63 - 1, help_text="The id of that record."
    )
    author = PersonField(read_only=True)
    mentions: Any = serializers.SerializerMethodField(help_text="User names, in order.")

    class Meta:
        model = Comment
        fields = ["id", "kind", "record", "text", "author", "mentions", "written_at", "version"]
        read_only_fields = ["written_at"]

    def get_mentions(self, row: Comment) -> list[str]:
        return sorted(person.username for person in row.mentions.all())


class CommentFilters(filters.Filters):
    kind = filters.Choices(
        "content_type", list(KINDS), method="of_kind", help_text="Kind of record."
    )
    record = filters.Whole("object_id")
    author = filters.Codes("author__username", User, slug="username")
    mentions = filters.Codes("mentions__username", User, slug="username")
    written_from = filters.Day("written_at", "date__gte")
    written_to = filters.Day("written_at", "date__lte")
    search = filters.Search()

    def of_kind(self, rows: QuerySet[Comment], _name: str, kinds: list[str]) -> QuerySet[Comment]:
        models = [model_of(kind) for kind in kinds]
        found = ContentType.objects.get_for_models(*models).values()
        return rows.filter(content_type__in=found) if kinds else rows


class Comments(Creatable, Resource):
    """What was said about the records you see, oldest first; nobody changes it afterwards."""

    queryset = Comment.objects.select_related("author").prefetch_related("mentions")
    serializer_class = CommentSerializer
    filterset_class = CommentFilters
    ordering_fields = ("written_at",)
    permissions: ClassVar[dict[str, str | tuple[str, ...]]] = {"create": COMMENT}

    def perform_create(self, fields: dict[str, Any]) -> Comment:
        model = model_of(fields["kind"])
        seen = model.objects.visible_to(person(self.request))
        about = seen.filter(pk=fields["object_id"]).first()
        if about is None:
            raise serializers.ValidationError(
                {
                    "record": [
                        coded("does_not_exist", _("There is no such record in your assignment."))
                    ]
                }
            )
        return comment(actor=person(self.request), about=about, text=fields["text"])
