"""Addresses that are written out many times on a page: of a view without parts, looked up once."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import get_script_prefix, get_urlconf, reverse

PLAIN = re.compile(r"[\w.,:~-]*", re.ASCII).fullmatch  # what stands in an address as it is


def address(name: str) -> str:
    """The address of a named view. Raises `NoReverseMatch`."""
    return _address(name, get_script_prefix(), get_urlconf())


@lru_cache(maxsize=512)
def _address(name: str, _prefix: str, urlconf: str | None) -> str:
    return reverse(name, urlconf)


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """Parameters as the part of an address after the question mark; commas and colons stay."""
    parts = []
    for name, value in pairs:
        if PLAIN(name) and PLAIN(value):
            parts.append(f"{name}={value}")
        else:
            parts.append(urlencode([(name, value)], safe=",:"))
    return "&".join(parts)
