"""The kinds of records that people comment on and attach files to, as addresses name them."""

from typing import Any

from django.apps import apps
from django.db.models import Model

KINDS = {
    "meeting": "monitoring.Meeting",
    "visit": "monitoring.Visit",
    "difficulty": "monitoring.Difficulty",
    "action-point": "monitoring.ActionPoint",
    "proposal": "monitoring.Proposal",
    "indicator": "monitoring.Indicator",
    "indicator-target": "monitoring.Target",
    "indicator-actual": "monitoring.Actual",
    "output": "programs.Output",
    "group": "programs.Group",
    "referral": "programs.Referral",
    "agreement": "programs.Agreement",
    "training": "trainings.Training",
    "board": "communes.Board",
}
NAMES = {label: kind for kind, label in KINDS.items()}


def model_of(kind: str) -> Any:
    """The model of a kind; `KeyError` where there is none."""
    return apps.get_model(KINDS[kind])


def kind_of(record: Model | type[Model] | None) -> str | None:
    """How addresses name the kind of a record (or of a model); None where it has none."""
    return NAMES.get(record._meta.label) if record else None
