"""The trail over everything: who changed what, when, from what to what, why. Reading only."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Model, Q, QuerySet, Value
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.roles import MANAGE_PEOPLE
from accounts.scope import NOTHING, grants_of
from core.pages.history import Entry, entries
from core.values.dates import ZONE
from core.values.sql_text import with_words
from disbursements.models import Disbursement
from monitoring.discussion.kinds import NAMES, model_of

PEOPLE = frozenset({"accounts.user", "accounts.assignment", "accounts.delegation"})
FOR_ALL = frozenset({"programs.fiscalyear", "programs.golive", "programs.period"})
# What belongs to other records and is seen with all of them.
BESIDE = {
    "disbursements.attachment": ("disbursement",),
    "disbursements.costlink": ("disbursement", "training", "output"),
}
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


def rows_of(label: str, model: Any, user: User) -> QuerySet[Model] | None:
    """A model's historical rows that the user may see; None where there are none for them.

    The scope of a historical row is that of its record, as it is now, by the same `visible_to`.
    """
    rows: QuerySet[Model] = model.history.all()
    everywhere = (None, None) in grants_of(user)
    if label in PEOPLE:
        return rows if everywhere or user.can(MANAGE_PEOPLE) else None
    if label in FOR_ALL or everywhere:
        return rows
    if label == "monitoring.recordfile":
        return rows.filter(_of_records_seen(user))
    if label in BESIDE:
        return rows.filter(
            *(_seen_or_none(model, name, user) for name in BESIDE[label]),
        )
    if not hasattr(model._default_manager.all(), "visible_to"):
        return None
    seen = model._default_manager.visible_to(user).order_by().values("pk")
    return rows.filter(Q(id__in=seen) | _deleted_and_seen(model, user))


def _seen_or_none(model: type[Model], name: str, user: User) -> Q:
    """Rows whose related record is in the user's scope, or that have none."""
    related = model._meta.get_field(name).related_model._default_manager
    seen = related.visible_to(user).order_by().values("pk")
    return Q(**{f"{name}__in": seen}) | Q(**{name: None})


def _of_records_seen(user: User) -> Q:
    """Files of the records in the user's scope."""
    found = NOTHING
    for kind in NAMES.values():
        of_kind = model_of(kind)
        seen = of_kind._default_manager.visible_to(user).order_by().values("pk")
        content_type = ContentType.objects.get_for_model(of_kind)
        found |= Q(content_type=content_type, object_id__in=seen)
    return found


def _deleted_and_seen(model: Any, user: User) -> Q:
    """Records that were deleted: judged by what they were last, where that says it all (programme
    or indicator, and commune: the columns that their `visible_to` asks)."""
    rows = model.history.filter(history_type="-")
    names = {field.name for field in rows.model.tracked_fields}
    if not ("commune" in names and names & {"program", "indicator"}):
        return NOTHING
    last = type(model._default_manager.all())(rows.model, using=rows.db)
    return Q(id__in=last.filter(history_type="-").visible_to(user).order_by().values("id"))


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


def _filtered(rows: QuerySet[Model], wanted: Mapping[str, Any]) -> QuerySet[Model]:
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


def trail_lines(keys: Collection[tuple[datetime, int, str]]) -> list[dict[str, object]]:
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
        {
            "entry": found[label, history_id],
            "key": (at, history_id, label),
            "href": _address(label, found[label, history_id]),
        }
        for at, history_id, label in keys
        if (label, history_id) in found
    ]


def _address(label: str, entry: Entry) -> str:
    try:
        return reverse(PAGES[label], args=[entry.pk])
    except (KeyError, NoReverseMatch):
        return ""
