"""The second factor: codes of an authenticator app (TOTP) and recovery codes, by django-allauth.

The library keeps secrets, checks codes and recovery codes; here is only when to ask for one.
"""

import hashlib
from collections.abc import Callable

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.delegation import active
from accounts.models import User
from accounts.requests import PersonRequest
from accounts.roles import APPROVE_PLAN, MANAGE_PEOPLE, POST_DISBURSEMENT
from accounts.services import end_sessions, locked
from accounts.sign_in import sealed
from core.services.access import check
from core.services.errors import require_reason
from core.services.transition import save_with_history
from core.values.said import coded, refused


class Adapter(DefaultMFAAdapter):
    """Secrets lie encrypted in the database, under a key made from SECRET_KEY; those of an earlier
    key (SECRET_KEY_FALLBACKS) still open."""

    def encrypt(self, text: str) -> str:
        return sealed.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.opened(encrypted_text)


@transaction.atomic
def encrypt_anew() -> tuple[int, int]:
    """Encrypt every second factor under today's SECRET_KEY, so that an earlier key can go: how many
    there are, and how many of them open with no key that is set (these stay as they are)."""
    closed = 0
    rows = Authenticator.objects.select_for_update().order_by("pk")
    for row in rows:
        try:
            row.data |= {name: _rotated(row.data[name]) for name in ENCRYPTED & row.data.keys()}
        except InvalidToken:
            closed += 1
        else:
            row.save(update_fields=["data"])
    return len(rows), closed


ENCRYPTED = {"secret", "seed", "migrated_codes"}  # the library's names in an authenticator's data


def _rotated(kept: str | list[str]) -> str | list[str]:
    if isinstance(kept, list):
        return [sealed.seal(sealed.opened(each)) for each in kept]
    return sealed.seal(sealed.opened(kept))


SWITCHED_ON = Exists(
    Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
)


def is_on(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def is_required(user: User) -> bool:
    """Whether the setting asks this person for a second factor: who approves, or is staff; where
    it is `all`, everybody.

    Who approves for somebody who is away (ủy quyền) is asked on the stated days.
    """
    if settings.REQUIRE_SECOND_FACTOR == "all":
        return True
    return bool(settings.REQUIRE_SECOND_FACTOR) and (
        user.can(POST_DISBURSEMENT)
        or user.can(APPROVE_PLAN)
        or user.is_staff
        or active().filter(receiver=user).exists()
    )


@transaction.atomic
def check_code(user: User, code: str) -> bool:
    """Whether a code of the app, or an unused recovery code, is right; it works once."""
    code = normalize_user_code(code)
    rows = Authenticator.objects.select_for_update().filter(user=user).order_by("pk")
    return any(_fits(row, code) for row in rows)


def _fits(row: Authenticator, code: str) -> bool:
    """A code that was taken last is not taken again, whichever server process asks."""
    if row.type != Authenticator.Type.TOTP:
        return bool(row.wrap().validate_code(code))
    if row.data.get("last_code") == _mark(row, code) or not row.wrap().validate_code(code):
        return False
    _take(row, code)
    return True


def _take(row: Authenticator, code: str) -> None:
    row.data["last_code"] = _mark(row, code)
    row.save(update_fields=["data"])


def _mark(row: Authenticator, code: str) -> str:
    return hashlib.sha256(f"{row.pk}:{code}".encode()).hexdigest()


@transaction.atomic
def switch_on(user: User, secret: str, code: str) -> list[str]:
    """Keep the secret once a code proves that the app has it; returns the recovery codes.

    That code is taken by it: signing in needs the next one. Every session opened without a second
    factor ends.
    """
    code = normalize_user_code(code)
    if not validate_totp_code(secret, code):
        raise refused("code", "wrong_code", _("This code is not right. Check the phone's clock."))
    Authenticator.objects.filter(user=user).delete()
    _take(TOTP.activate(user, secret).instance, code)
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    end_sessions(user=user, actor=user, why=_("second factor switched on"))
    return codes


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """New recovery codes; the old ones are void."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    save_with_history(locked(user), user, _("new recovery codes"))
    return codes


def codes_left(user: User) -> int:
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(found.wrap().get_unused_codes()) if found else 0


@transaction.atomic
def switch_off(user: User, *, actor: User, reason: str = "") -> None:
    """Forget the second factor: by its owner, or by who manages people when a phone is lost."""
    if actor.pk != user.pk:
        check(actor, MANAGE_PEOPLE)
        require_reason(reason, _("Say why."))
    elif is_required(user):
        raise ValidationError(
            coded("second_factor_needed", _("Your role needs the second factor."))
        )
    deleted, _details = Authenticator.objects.filter(user=user).delete()
    if deleted:
        why = _("second factor switched off")
        if reason:
            why = _("second factor switched off: %(reason)s") % {"reason": reason}
        end_sessions(user=user, actor=actor, why=why)


OPEN = ("logout", "set_language", "set_theme")  # beside the pages of the second factor


class RequireSecondFactor:
    """Sends who must have a second factor, and has none, to set it up before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PersonRequest) -> HttpResponse:
        user: User = request.user
        if settings.REQUIRE_SECOND_FACTOR and user.is_authenticated and is_required(user):
            allowed = (reverse("second-factor"), *map(reverse, OPEN))
            if not request.path.startswith((*allowed, settings.STATIC_URL)) and not is_on(user):
                if request.path.startswith("/api/"):
                    return JsonResponse({"detail": _("Set up a second factor first.")}, status=403)
                return redirect("second-factor")
        return self.get_response(request)
