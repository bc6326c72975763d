"""The administrator's page: how the portal is, in words."""

import platform
from datetime import timedelta

import django
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import letters, mail
from accounts.requests import PersonRequest
from accounts.roles import MANAGE_SETTINGS
from accounts.sign_in import failed
from core.services.access import requires
from core.values import display
from core.web import slow
from plan_portal.site import health

SHOWN = 20
DAYS = 7
GIGABYTE = 1024**3


@requires(MANAGE_SETTINGS)
@never_cache
@require_safe
def status(request: PersonRequest) -> HttpResponse:
    """Health, last backup, letters, failed sign-ins, slow queries, versions."""
    now = timezone.now()
    context = {
        "checks": checks(),
        "failed": [
            {
                "person": each.person,
                "address": each.address,
                "times": each.times,
                "last": display.moment(each.last),
            }
            for each in failed.failures_since(now - timedelta(days=DAYS), SHOWN)
        ],
        "days": DAYS,
        "slow": slow.latest()[:SHOWN],
        "slow_from": settings.SLOW_QUERY_MS,
        "versions": versions(),
    }
    return render(request, "status.html", context)


def checks() -> list[dict[str, object]]:
    """Each check: its name, whether it is in order, and what it says."""
    found = health.run_checks(health.CHECKS) | health.run_checks(health.SAID)
    names, words = check_names(), said_words()
    rows = [
        {
            "name": names.get(name, name),
            "ok": said == health.OK,
            "said": words.get((name, said)) or words.get(("", said), said),
        }
        for name, said in found.items()
    ]
    return [*rows, _of_letters()]


def _of_letters() -> dict[str, object]:
    """Whether letters go out, and how many somebody has to look at."""
    reach, stopped = mail.reaches_people(), letters.stopped().count()
    if stopped:
        said = ngettext("%(n)d has not gone", "%(n)d have not gone", stopped) % {"n": stopped}
    else:
        said = _("go out") if reach else _("none goes out: EMAIL_URL is not set")
    return {
        "name": _("Letters"),
        "ok": reach and not stopped,
        "said": said,
        "href": reverse("letters"),
    }


def check_names() -> dict[str, str]:
    return {
        "database": _("Database"),
        "migrations": _("Migrations"),
        "guards": _("Guards of the ledger"),
        "disk": _("Disk"),
        "tasks": _("Tasks"),
        "last_backup": _("Last backup"),
        "offline": _("Work without a connection"),
    }


def said_words() -> dict[tuple[str, str], str]:
    """What a check's word means to a person, and what to do about it; by check, or for each."""
    free = f"{display.number(health.free_bytes() // GIGABYTE)} GB"
    made = health.last_made()
    when = display.moment(made) if made else ""
    return {
        ("", "ok"): _("in order"),
        ("", "unknown"): _("not known: the database does not answer"),
        ("database", "away"): _("does not answer"),
        ("migrations", "pending"): _("some wait: run “manage.py migrate”"),
        ("guards", "missing"): _("some are missing: run “manage.py migrate”, then “check_ledger”"),
        ("disk", "ok"): _("%(free)s free") % {"free": free},
        ("disk", "full"): _("full, %(free)s free: make room") % {"free": free},
        ("tasks", "late"): _("some have waited for ten minutes: run “manage.py work”"),
        ("offline", "off"): _("off: without a certificate that browsers trust they refuse it"),
        ("last_backup", "ok"): when,
        ("last_backup", "late"): _("%(when)s, which is long ago") % {"when": when},
        ("last_backup", "none"): _("none: run “manage.py backup” every night"),
    }


def versions() -> list[tuple[str, str]]:
    return [
        (_("Plan Portal"), settings.VERSION),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        (connection.display_name, _database_version()),
    ]


def _database_version() -> str:
    return ".".join(map(str, connection.get_database_version()))
