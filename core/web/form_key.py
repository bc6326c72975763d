"""The key of a form: which person it was made for, and which of its sendings are one and the same.

A page puts it into each form that writes (`{% form_key %}`); `accounts.form_keys` answers the
second sending with the result of the first, and refuses the form of somebody else.
"""

import re
from uuid import uuid4

from django.http import HttpRequest

from core.services.access import Actor

FIELD = "form_key"
_KEY = re.compile(r"([0-9]{1,19})\.[0-9a-f]{32}")


def new(user: Actor) -> str:
    """A key nobody has used, for a form of this person."""
    return f"{user.pk}.{uuid4().hex}"


def of(request: HttpRequest) -> str:
    """The key a form was sent with; empty where there is none."""
    key = request.POST.get(FIELD, "") if request.method == "POST" else ""
    return key if _KEY.fullmatch(key) else ""


def owner(key: str) -> str:
    """The id of the person whose form it is."""
    return key.partition(".")[0]
