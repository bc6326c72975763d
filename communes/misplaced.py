"""Records that stand in a unit which their own day does not know: taken in before that was asked.

Nothing is changed by itself: which unit was meant is for a person to say.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model

from communes.models import Placed
from communes.own_day import check_place, units_of


def misplaced() -> Iterator[tuple[Model, str]]:
    """Each such record of every kind, with the sentence about its unit and day."""
    for model in apps.get_models():
        if not issubclass(model, Placed):
            continue
        for row in _rows(model).iterator(chunk_size=500):
            for unit in units_of(row):
                said = check_place(unit, row.own_day)
                if said:
                    yield row, said["commune"]


READ_WITH = ("commune", "fiscal_year", "plan_version", "meeting", "visit", "difficulty")


def _rows(model: type[Model]) -> Any:
    """Its rows with all that says their unit and day."""
    names = {field.name for field in model._meta.get_fields()}
    related = [name for name in READ_WITH if name in names]
    related += ["plan_version__fiscal_year"] if "plan_version" in names else []
    rows = model._default_manager.select_related(*related).order_by("pk")
    return rows.prefetch_related("communes") if "communes" in names else rows
