"""Where a small office lacks a second person: programme × commune in which nobody else could post.

Four eyes are never loosened; the administrator is told, and may name an approver from outside.
"""

from collections import defaultdict

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.delegation import active
from accounts.models import Assignment, User
from accounts.roles import POST_DISBURSEMENT, roles_with
from accounts.scope import Programme, Unit, covers
from core.values.dates import today


def who_could(permission: str) -> list[User]:
    """The active people whose role has `permission`, or who are named for today from outside."""
    roles = roles_with(permission)
    able = User.objects.filter(is_active=True)
    by_role = list(able.filter(role__in=roles).order_by("username"))
    named = active(today()).filter(is_named=True).values("receiver")
    return by_role + list(able.filter(pk__in=named).exclude(role__in=roles).order_by("username"))


def lacking(permission: str = POST_DISBURSEMENT) -> list[str]:
    """A sentence for each programme × commune where nobody could post, or one person alone: what
    that person had a hand in, nobody else could."""
    people = who_could(permission)
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    programs: list[Programme] = list(_related("program").objects.all())
    communes: list[Unit] = list(
        _related("commune").objects.in_area().select_related("parent", "successor")
    )
    for commune in communes:
        for program in programs:
            able = [person for person in people if covers(person, program, commune)]
            if len(able) < 2:
                who = able[0].display_name if able else ""
                places[who, program.code].append(commune.name)
    return [_sentence(who, code, names) for (who, code), names in sorted(places.items())]


def _sentence(who: str, code: str, communes: list[str]) -> str:
    facts = {"place": f"{code} · {', '.join(dict.fromkeys(communes))}", "name": who}
    if who:
        return _("%(place)s: nobody but %(name)s could post.") % facts
    return _("%(place)s: nobody could post.") % facts


def _related(name: str) -> type[Model] | None:
    return Assignment._meta.get_field(name).related_model
