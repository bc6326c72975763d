"""The trail over everything: who changed what, when, from what to what, why. Reading only."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import CharField, QuerySet, Value
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.roles import MANAGE_PEOPLE
from accounts.scope import grants_of, within
from core.pages.history import Entry, entries
from core.values.dates import ZONE
from core.values.sql_text import with_words
from disbursements.models import Disbursement

PEOPLE = frozenset({"accounts.user", "accounts.assignment", "accounts.delegation"})
FOR_ALL = frozenset(
    {
        "disbursements.planversion",
        "programs.fiscalyear",
        "programs.golive",
        "programs.period",
    }
)
PAGES = {
    "disbursements.disbursement": "disbursement",
    "disbursements.planversion": "plan-version",
    "programs.period": "period",
    "accounts.user": "person",
}


def kinds() -> dict[str, Any]:
    """Every model that leaves a trail, by its label."""
    own = {app.label for app in apps.get_app_configs() if not app.name.startswith("django.")}
    return {
        model._meta.label_lower: model
        for model in apps.get_models()
        if hasattr(model, "history") and model._meta.app_label in own
    }


def rows_of(label: str, model: Any, user: User) -> QuerySet | None:
    """A model's historical rows that the user may see; None where there are none for them."""
    rows = model.history.all()
    names = {field.name for field in rows.model.tracked_fields}
    everywhere = (None, None) in grants_of(user)
    if label in PEOPLE:
        return rows if everywhere or user.can(MANAGE_PEOPLE) else None
    if label in FOR_ALL or everywhere:
        return rows
    if "disbursement" in names:
        scope = within(user, program="disbursement__program", commune="disbursement__commune")
    elif {"program", "commune"} <= names:
        scope = within(user, program="program", commune="commune", optional=True)
    elif "program" in names:
        scope = within(user, program="program")
    elif "commune" in names:
        scope = within(user, commune="commune")
    else:
        return None
    return rows.filter(scope)


def search(user: User, wanted: Mapping[str, Any]) -> Any:
    """(label, history id) of the rows that fulfil the filters, newest first."""
    found = []
    for label, model in kinds().items():
        if wanted.get("kind") and label not in wanted["kind"]:
            continue
        rows = rows_of(label, model, user)
        if rows is not None:
            rows = _filtered(rows, wanted).annotate(
                trail_kind=Value(label, output_field=CharField())
            )
            found.append(rows.order_by().values_list("history_date", "history_id", "trail_kind"))
    if not found:
        return Disbursement.history.none()
    together = found[0].union(*found[1:], all=True) if len(found) > 1 else found[0]
    return together.order_by("-history_date", "-history_id")


def _filtered(rows: QuerySet, wanted: Mapping[str, Any]) -> QuerySet:
    if who := wanted.get("who"):
        people = with_words(User.objects.all(), who, "username", "last_name", "first_name")
        rows = rows.filter(history_user__in=people.order_by().values("pk"))
    if first := wanted.get("first"):
        rows = rows.filter(history_date__gte=datetime.combine(first, time.min, ZONE))
    if last := wanted.get("last"):
        end = datetime.combine(last + timedelta(days=1), time.min, ZONE)
        rows = rows.filter(history_date__lt=end)
    rows = with_words(rows, wanted.get("search") or "", "history_change_reason")
    if record := wanted.get("record"):
        rows = rows.filter(id=record)
    return rows


def shown(keys: Any) -> list[dict[str, Any]]:
    """Trail lines for (date, history id, label) keys, in their order: a few queries per model."""
    ids = defaultdict(list)
    for _date, history_id, label in keys:
        ids[label].append(history_id)
    models, found = kinds(), {}
    for label, wanted in ids.items():
        rows = list(
            models[label]
            .history.filter(history_id__in=wanted)
            .select_related("history_user")
            .order_by("history_id")
        )
        for row, entry in zip(rows, entries(rows), strict=True):
            found[label, row.history_id] = entry
    return [
        {"entry": found[label, history_id], "href": _address(label, found[label, history_id])}
        for _date, history_id, label in keys
        if (label, history_id) in found
    ]


def _address(label: str, entry: Entry) -> str:
    try:
        return reverse(PAGES[label], args=[entry.pk])
    except (KeyError, NoReverseMatch):
        return ""
