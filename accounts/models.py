"""Who you are (User, ApiToken) and where you may act (Assignment)."""

from datetime import timedelta
from math import ceil

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.auth.password_validation import validate_password
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from knox.models import AbstractAuthToken
from simple_history.models import HistoricalRecords

from accounts.roles import Role, permissions_of
from core.values import display


class People(UserManager["User"]):
    """Django's own; a superuser is an administrator of the portal, whose password keeps the rules
    also where `createsuperuser` offers to pass them by."""

    use_in_migrations = False

    @transaction.atomic
    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **fields: object
    ) -> "User":
        """A person with the role of administrator, everywhere, who may open the emergency admin."""
        if password is not None:
            validate_password(password, self.model(username=username, email=email or ""))
        fields.setdefault("role", Role.ADMIN)
        user = super().create_superuser(username, email, password, **fields)
        Assignment.objects.create(user=user)
        return user


class User(AbstractUser):
    """A person with one role. `is_staff`/`is_superuser` only open the emergency admin."""

    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.VIEWER)
    office = models.CharField(_("office"), max_length=200, blank=True)
    digest = models.BooleanField(
        _("email digest"), default=True, help_text=_("A daily email of what waits for you.")
    )
    digest_on = models.DateField(null=True, editable=False)  # the day the last one was made
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="vi"
    )
    session_epoch = models.PositiveIntegerField(
        default=0, editable=False, help_text="Counted up to end every session there is."
    )
    erased_at = models.DateTimeField(
        null=True, editable=False, help_text="When name and address were erased for good."
    )
    history = HistoricalRecords(
        excluded_fields=["password", "last_login", "session_epoch", "digest_on", "erased_at"]
    )

    objects = People()  # type: ignore[misc]

    class Meta(AbstractUser.Meta):
        ordering = ["username"]
        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]

    def can(self, permission: str) -> bool:
        """Whether the role has this permission (see `accounts.roles`). Where: Assignments."""
        return self.is_active and permission in permissions_of(self.role)

    def get_full_name(self) -> str:
        """Family name first, as names are written here."""
        return f"{self.last_name} {self.first_name}".strip()

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """What a session must hold to be valid: it changes with the password and the epoch."""
        by_password: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        if not self.session_epoch:
            return by_password
        salt, value = "accounts.session_epoch", f"{by_password}.{self.session_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class Assignment(models.Model):
    """Grants a user one programme (or all) in one commune (or all).

    One row is one grant of a pair; never two separate lists, whose cross product would grant more.
    """

    user = models.ForeignKey(
        User, models.CASCADE, related_name="assignments", verbose_name=_("user")
    )
    program = models.ForeignKey(
        "programs.Program",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("programme"),
        help_text=_("Empty: every programme."),
    )
    commune = models.ForeignKey(
        "communes.Commune",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("commune"),
        help_text=_("Empty: every commune."),
    )
    followed_at = models.DateTimeField(
        _("follows its unit"),
        null=True,
        editable=False,
        help_text=_("Confirmed: it also covers the unit that its commune became."),
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["user_id", "id"]
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(fields=["user", "program", "commune"], name="assignment_once"),
            models.UniqueConstraint(
                fields=["user", "program"],
                condition=Q(commune=None),
                name="assignment_program_once",
                violation_error_code="already_there",
            ),
            models.UniqueConstraint(
                fields=["user", "commune"],
                condition=Q(program=None),
                name="assignment_commune_once",
                violation_error_code="already_there",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(program=None, commune=None),
                name="assignment_everywhere_once",
                violation_error_code="already_there",
            ),
        ]

    def __str__(self) -> str:
        where = (self.program or _("every programme"), self.commune or _("every commune"))
        return f"{self.user} · {where[0]} · {where[1]}"


SOON = 30  # days before a token's end from which on its page says so


class ApiToken(AbstractAuthToken):
    """An API token: only its digest is stored. Named, read-only or read-write, with expiry."""

    name = models.CharField(_("name"), max_length=100, blank=True)
    read_only = models.BooleanField(_("read-only"), default=False)
    last_used = models.DateTimeField(_("last used"), null=True, editable=False)
    warned_days = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="How many days before its end people were last told."
    )

    class Meta:
        ordering = ["-created"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    @property
    def label(self) -> str:
        """Its name, or the eight characters its text begins with."""
        return self.name or f"{self.token_key[:8]}…"

    @property
    def days_left(self) -> int:
        """Whole days until it ends, rounded up; 0 once it has."""
        left: timedelta = self.expiry - timezone.now()
        return max(0, ceil(left / timedelta(days=1)))

    @property
    def ends_soon(self) -> bool:
        return 0 < self.days_left <= SOON

    @property
    def state(self) -> str:
        """Whether it is valid, in words; in its last month, for how long."""
        if self.is_expired:
            return _now("expired")
        if not self.ends_soon:
            return _now("valid")
        return ngettext("%(n)d day left", "%(n)d days left", self.days_left) % {"n": self.days_left}

    @property
    def last_use(self) -> str:
        """When it was last used, in words."""
        return display.moment(self.last_used) if self.last_used else _now("never")

    @property
    def is_expired(self) -> bool:
        return self.expiry is not None and self.expiry <= timezone.now()

    def touch(self) -> None:
        """Note the use, at most once a minute (a write per request would be a lock per request),
        and delete what has ended of its owner's tokens."""
        now = timezone.now()
        if self.last_used is None or (now - self.last_used).total_seconds() > 60:
            type(self).objects.filter(pk=self.pk).update(last_used=now)
            type(self).objects.filter(user=self.user_id, expiry__lt=now).delete()


class IdempotencyKey(models.Model):
    """A key a client sent with a write, and the answer it got (see `accounts.idempotency`)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    location = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "method", "path", "key"], name="idempotency_key_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"


class Delegation(models.Model):
    """An approver lets somebody else approve for stated days, both included (ủy quyền).

    `is_named`: the administrator, who approves nothing, named somebody from outside; that person
    approves within his own assignments.
    """

    giver = models.ForeignKey(
        User, models.PROTECT, related_name="delegations_given", verbose_name=_("approver")
    )
    receiver = models.ForeignKey(
        User, models.PROTECT, related_name="delegations_received", verbose_name=_("delegate")
    )
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=500)
    is_named = models.BooleanField(_("named from outside"), default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["-start", "-id"]
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="delegation_days_in_order",
                violation_error_code="wrong_order",
            ),
            models.CheckConstraint(
                condition=~Q(giver=F("receiver")),
                name="delegation_to_somebody_else",
                violation_error_code="not_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.receiver}"


class SavedView(models.Model):
    """Columns, order and filters of a list under a name that a person gave them: an address."""

    user = models.ForeignKey(User, models.CASCADE, related_name="kept_views")
    path = models.CharField(_("list"), max_length=200)
    title = models.CharField(_("list"), max_length=200)  # as the list was called then
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["title", "name", "id"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "path", "name"],
                name="view_name_once",
                violation_error_message=_("You have a view of this list under that name already."),
                violation_error_code="already_there",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def href(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


class LetterKind(models.TextChoices):
    INVITATION = "invitation", _("Invitation")
    RESET_ASKED = "reset_asked", _("Request for a new password")
    RESET = "reset", _("New password")
    ADDRESS = "address", _("To an address that was changed")
    TOKEN = "token", _("End of an API token")
    DIGEST = "digest", _("What waits today")


class LetterState(models.TextChoices):
    WAITING = "waiting", _("Waits")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DROPPED = "dropped", _("Nothing to say any more")
    FAILED = "failed", _("Failed")
    UNSURE = "unsure", _("Unsure: it may have gone")


class Letter(models.Model):
    """A letter on its way (`accounts.letters`): to whom and what about, never its text or link.

    `to` is an address that is not the person's own, kept while the letter may still go there;
    `about` the key of what it is about.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=LetterKind.choices)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    to = models.EmailField(blank=True)
    about = models.CharField(max_length=128, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=LetterState.choices, default=LetterState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    fault = models.CharField(_("fault"), max_length=80, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [models.Index(fields=["state", "made_at"], name="letter_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


from accounts.notices.models import Notice as Notice  # noqa: E402 - a room with a table of its own
