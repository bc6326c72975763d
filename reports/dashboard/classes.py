"""Training classes of the span: classes, people and the parts of them, by topic."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.values import display
from reports import linked_number as numbers
from reports.filters import PageFilter
from reports.linked_number import Num
from trainings.counts import Counts, count_trainings
from trainings.models import COUNTS, Topic


def training_block(page: PageFilter, user: User) -> dict[str, Any]:
    """Classes and people of the span, by topic."""
    total, rows = count_trainings(page.training_question("topic", "commune"), user)
    by_topic: dict[int, Counts] = {}
    by_commune: dict[int, int] = {}
    for row in rows:
        topic, commune = row.key["topic"], row.key["commune"]
        by_topic.setdefault(topic, Counts()).merge(row)
        by_commune[commune] = by_commune.get(commune, 0) + row.trainings
    topics = Topic.objects.filter(pk__in=by_topic)
    return {
        "total": counts(page, _("Total"), total),
        "rows": [
            counts(page.narrowed(topic=topic), str(topic), by_topic[topic.pk]) for topic in topics
        ],
        "by_commune": by_commune,
    }


def counts(page: PageFilter, name: str, row: Counts) -> dict[str, Any]:
    """Classes, people and the parts of them, formatted; each leads to the classes behind it."""
    behind = page.detail(show="trainings")

    def number(field: str, value: int) -> Num:
        return numbers.exact(value, behind + sorted_by(field))

    return {
        "name": name,
        "trainings": number("trainings", row.trainings),
        "female_share": Num(
            display.percent(share(row.values["female"], row.values["participants"])),
            behind + sorted_by("female"),
        ),
        **{field: number(field, row.values[field]) for field in COUNTS},
    }


def sorted_by(field: str) -> str:
    """The rest of an address that puts the classes with the most such people first."""
    return f"&sort=-{field}" if field in COUNTS else ""


def share(part: int, whole: int) -> Decimal | None:
    """A part of the participants in percent, one decimal."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else None
