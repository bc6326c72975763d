"""A record may be sent back as it was read: a change may name what is read only, unchanged.

    now = read the record as an answer of the API
    is_other = take_unchanged(serializer.fields, body, now)

What is left in the body of that kind the serializer refuses, as it does in a new record.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from rest_framework.serializers import Serializer

Place = tuple[dict[str, Any], str, str | None]


def remove_unchanged(
    fields: Mapping[str, Any], sent: dict[str, Any], read: Callable[[], dict[str, Any]]
) -> bool:
    """Take out of `sent` what is read only and as `read()` has it; True if other values are left.

    A row of a list (a meeting's stated figures) may have what any of the record's rows has.
    """
    found = _read_only(fields, sent)
    now = read() if found else {}
    for holder, name, inside in found:
        there = now[inside] if inside else [now]
        if any(_same(row[name], holder[name]) for row in there):
            del holder[name]
    return any(name in holder for holder, name, _inside in found)


def _read_only(fields: Mapping[str, Any], sent: dict[str, Any]) -> list[Place]:
    """Where `sent` names what is read only: the object, the name, the list that it is in."""
    found: list[Place] = [(sent, name, None) for name in sent if _is_read_only(fields, name)]
    for name, field in fields.items():
        rows, child = sent.get(name), getattr(field, "child", None)
        if isinstance(rows, list) and isinstance(child, Serializer) and not field.read_only:
            found += [
                (row, each, name)
                for row in rows
                if isinstance(row, dict)
                for each in row
                if _is_read_only(child.fields, each)
            ]
    return found


def _is_read_only(fields: Mapping[str, Any], name: str) -> bool:
    return name in fields and fields[name].read_only


def _same(one: object, other: object) -> bool:
    """As JSON has it: 1 is not true."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
