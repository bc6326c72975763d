"""What every page's frame needs."""

from functools import lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.notices.services import unread_count
from accounts.roles import permissions_of
from core.web.offline import keeping
from core.web.preferences import theme_of
from plan_portal.site.guide import help_in_guide
from plan_portal.site.help import help_for
from plan_portal.site.navigation import menu


def portal(request: HttpRequest) -> dict[str, object]:
    """The theme, which form this page answers, its help; permissions (`may`) and navigation."""
    frame: dict[str, object] = {
        "theme": theme_of(request),
        "answers": getattr(request, "form_key", ""),
        **(kept := keeping()),
        "frame_words": _words(get_language(), *kept.values()),
    }
    if match := getattr(request, "resolver_match", None):
        frame["page_help"] = help_for(match.url_name or "")
    user = getattr(request, "user", None)
    frame["page_guide"] = help_in_guide(getattr(user, "role", ""), request.path)
    if user is not None and user.is_authenticated:
        permissions = permissions_of(user.role)
        frame["unread_notices"] = lambda: unread_count(user)  # asked by pages that show it
        frame["may"] = dict.fromkeys(permissions, True)
        frame["navigation"] = menu(user.role, request.path)
    return frame


@lru_cache
def _words(_language: str | None, *_kept: object) -> SafeString:
    """What scripts say, as attributes of every page: written once for each language."""
    return render_to_string("components/words.html", keeping())
