"""Resources of plain records: what `core.services.records` writes, over the API."""

from typing import Any, ClassVar, cast

from core.api.viewsets import Changeable, Creatable, Removable, Resource
from core.models import VersionedModel
from core.services.access import Actor
from core.services.records import RecordServices


class RecordViewSet(Creatable, Changeable, Resource):
    """A resource whose creates and changes are those of `records`."""

    records: ClassVar[RecordServices[Any]]

    def __init_subclass__(cls, **options: object) -> None:
        if hasattr(cls, "records"):
            writes = dict.fromkeys(("create", "partial_update", "destroy"), cls.records.permissions)
            cls.permissions = {**writes, **cls.permissions}
        super().__init_subclass__(**options)

    def perform_create(self, fields: dict[str, object]) -> Any:
        return self.records.create(actor=cast(Actor, self.request.user), **fields)

    def perform_update(self, row: Any, version: int, fields: dict[str, object]) -> Any:
        return self.records.change(
            actor=cast(Actor, self.request.user), record=row, version=version, **fields
        )


class RemovableRecordViewSet(Removable):
    """Mixed in before `RecordViewSet`: `DELETE`, for what may be taken back."""

    records: ClassVar[RecordServices[Any]]

    def perform_destroy(self, row: VersionedModel, version: int | None) -> None:
        version = row.version if version is None else version
        self.records.remove(actor=cast(Actor, self.request.user), record=row, version=version)
