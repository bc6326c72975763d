"""Training classes of the span: classes, people and the parts of them, by topic."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core.values import display
from reports import linked_number
from reports.linked_number import Num
from reports.page_query import PageQuery
from reports.summary import records_by_key
from trainings.counts import Counts, count_trainings
from trainings.models import COUNTS


def training_block(page: PageQuery, user: User) -> dict[str, Any]:
    """Classes and people of the span, by topic."""
    answer = count_trainings(page.cut("topic", "commune"), user)
    by_topic = {row.key["topic"]: row for row in answer.cut("topic").rows}
    by_commune = answer.cut("commune").rows
    return {
        "total": counts(page, _("Total"), answer.total),
        "rows": [
            counts(page.narrowed(topics=(topic,)), str(topic), by_topic[pk])
            for pk, topic in records_by_key("topic", answer.rows).items()
        ],
        "by_commune": {row.key["commune"]: row.trainings for row in by_commune},
    }


def counts(page: PageQuery, name: str, row: Counts) -> dict[str, object]:
    """Classes, people and the parts of them, formatted; each leads to the classes behind it."""
    behind = page.detail(show="trainings")

    def number(field: str, value: int) -> Num:
        return linked_number.exact(value, behind + sorted_by(field))

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
