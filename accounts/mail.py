"""Letters about an account, in the language of whoever receives them."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import ApiToken, User
from core.values import display
from core.values.text import squash
from core.web.links import link_to


def invitation(user: User, inviter: User) -> EmailMessage:
    """The letter with the link to set the first password."""
    with override(user.language):
        context = {**_link(user), "inviter": inviter.display_name}
        return _letter(user, _("Your account on Plan Portal"), "accounts/mail_invite.txt", context)


def reset(user: User) -> EmailMessage:
    """The letter with the link to set a new password."""
    with override(user.language):
        subject = _("A new password for Plan Portal")
        return _letter(user, subject, "accounts/mail_reset.txt", _link(user))


def old_address(user: User, before: str) -> EmailMessage:
    """The letter to the address that an account no longer has."""
    with override(user.language):
        subject = _("The email address of your account has changed")
        letter = _letter(user, subject, "accounts/mail_address.txt", {"person": user})
    letter.to = [before]
    return letter


def token_of(digest: str) -> ApiToken | None:
    """The token a letter is about, if there still is one."""
    found: ApiToken | None = ApiToken.objects.select_related("user").filter(digest=digest).first()
    return found


def token_ends(reader: User, token: ApiToken) -> EmailMessage:
    """The letter that says when an API token ends, to its owner or an administrator."""
    with override(reader.language):
        day = display.day(localdate(token.expiry))
        subject = _("The API token “%(name)s” ends on %(day)s") % {
            "name": squash(token.label),
            "day": day,
        }
        link = link_to(reverse("tokens"))
        context = {"person": reader, "token": token, "day": day, "link": link}
        return _letter(reader, subject, "accounts/mail_token.txt", context)


def reaches_people() -> bool:
    """Whether letters leave this portal (`EMAIL_URL`), and are not only printed or thrown away."""
    module = settings.EMAIL_BACKEND.rpartition(".")[0]
    return not module.endswith(settings.MAIL_GOES_NOWHERE)


def link_for(user: User) -> str:
    """The address at which a person chooses a password, once, within the days of the settings."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return link_to(reverse("password_reset_confirm", args=[uid, token]))


def _link(user: User) -> dict[str, object]:
    days = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
    return {"link": link_for(user), "days": days, "person": user}


def _letter(user: User, subject: str, template: str, context: dict[str, object]) -> EmailMessage:
    return EmailMessage(subject, render_to_string(template, context), to=[user.email])
