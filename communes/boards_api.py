"""`/api/v1/boards/`."""

from datetime import date
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.requests import person
from accounts.roles import RECORD_MEETING
from communes import services
from communes.api import PlacedSerializer, UnitField
from communes.models import Board, BoardMember, Commune, Level
from communes.models.boards import BoardKind, BoardQuerySet
from core.api.examples import with_examples
from core.api.record_viewsets import RecordViewSet
from core.api.serializers import (
    DayField,
    ResourceSerializer,
    StrictSerializer,
    TextField,
    VersionSerializer,
)
from core.api.viewsets import act
from core.lists import filters
from core.values.text import names_in


class MemberSerializer(StrictSerializer, serializers.ModelSerializer[BoardMember]):
    serializer_field_mapping = ResourceSerializer.serializer_field_mapping

    class Meta:
        model = BoardMember
        fields = ["office", "role", "name", "acting"]


@with_examples({"name": "Ban Dự án xã Bản Lang", "kind": "commune", "commune": "03577"})
class BoardSerializer(PlacedSerializer):
    commune = UnitField(help_text="Code of the unit whose board it is, at any level.")
    members = MemberSerializer(many=True, required=False)
    follows: serializers.PrimaryKeyRelatedField[Board] = serializers.PrimaryKeyRelatedField(
        read_only=True, help_text="The board that this one consolidated."
    )

    class Meta:
        model = Board
        fields = names_in(
            "id name aliases kind level commune decision_no decision_date term_start term_end "
            "to_consolidate follows members note version"
        )
        read_only_fields = ["level"]


@with_examples(
    {
        "decision_no": "123/QĐ-UBND",
        "decision_date": "2023-06-30",
        "members": [{"office": "Phó Chủ tịch UBND xã", "role": "Trưởng ban", "name": "Lò Văn Páo"}],
    }
)
class ConsolidateSerializer(VersionSerializer):
    """The new decision, and the new members where they are others."""

    decision_no = TextField(max_length=60)
    decision_date = DayField()
    members = MemberSerializer(many=True, required=False)


class BoardFilters(filters.Filters):
    kind = filters.Choices("kind", BoardKind.values)
    level = filters.Choices("level", Level.values)
    commune = filters.Codes("commune__code", Commune)
    to_consolidate = filters.YesNo("to_consolidate")
    in_office = filters.Day("term_start", method="on", help_text="In office on that day.")
    decision_no = filters.Codes("decision_no")
    follows = filters.Whole("follows")
    decision_date_from = filters.Day("decision_date", "gte")
    decision_date_to = filters.Day("decision_date", "lte")
    term_start_from = filters.Day("term_start", "gte")
    term_start_to = filters.Day("term_start", "lte")
    term_end_from = filters.Day("term_end", "gte")
    term_end_to = filters.Day("term_end", "lte")
    search = filters.Search()

    def on(self, rows: BoardQuerySet, _name: str, day: date) -> BoardQuerySet:
        return rows.in_office(day)


class Boards(RecordViewSet):
    """Boards of the programme, each under one decision."""

    queryset = Board.objects.select_related("commune").prefetch_related("members")
    serializer_class = BoardSerializer
    filterset_class = BoardFilters
    records = services.boards
    ordering_fields = ("name", "decision_date", "term_start")
    ordering_map: ClassVar[dict[str, str]] = {"name": "sort_key"}

    def perform_create(self, fields: dict[str, Any]) -> Board:
        members = fields.pop("members", None)
        return self._seated(super().perform_create(fields), members)

    def perform_update(self, row: Board, version: int, fields: dict[str, Any]) -> Board:
        members = fields.pop("members", None)
        return self._seated(super().perform_update(row, version, fields), members)

    def _seated(self, row: Board, members: list[dict[str, object]] | None) -> Board:
        if members is None:
            return row
        return services.seat(actor=person(self.request), board=row, members=members)

    @act(
        "consolidate",
        permission=RECORD_MEETING,
        body=ConsolidateSerializer,
        code=201,
        answer=BoardSerializer,
    )
    def consolidate(self, row: Board, **fields: Any) -> Board:
        """A new decision (kiện toàn): ends the old term; answers with the new board."""
        return services.consolidate(actor=person(self.request), board=row, **fields)
