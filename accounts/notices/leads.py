"""Where a notice leads: the page of its record, as long as the person sees it.

Plain records have pages by declaration (`core.pages`); an app adds the others when it is ready.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from accounts.models import User
from accounts.notices.models import Notice
from core.pages import ADMINS

PAGES: dict[object, str] = {}  # the name of a record's page, by model


def address_of(notice: Notice) -> str:
    """The page of its record; "" where there is none."""
    model = notice.content_type.model_class()
    name = PAGES.get(model) or (ADMINS[model].one if model in ADMINS else "")
    return reverse(name, args=[notice.object_id]) if name else ""


def visible_ids(notices: Iterable[Notice], user: User) -> set[int]:
    """Of some notices (ids) those whose records the person (still) sees: one question a kind."""
    by_type: dict[ContentType, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_type[notice.content_type].append(notice)
    found: set[int] = set()
    for kind, rows in by_type.items():
        model: Any = kind.model_class()
        if model is None:
            continue
        there = model._default_manager.visible_to(user).order_by()
        keys = set(
            there.filter(pk__in={row.object_id for row in rows}).values_list("pk", flat=True)
        )
        found |= {row.pk for row in rows if row.object_id in keys}
    return found
