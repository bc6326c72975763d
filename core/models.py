"""Base pieces of the models. No tables live here."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Self, TypeAlias, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.services.access import Actor
from core.values.text import clean, fold, sort_key

Field: TypeAlias = "models.Field[object, object]"  # of any model
M = TypeVar("M", bound=models.Model)


class NamedModel(models.Model):
    """A model people look up by words: NFC text, a folded `search_key` and a `sort_key`.

    `search_fields` names the attributes that go into the key; `name_field` the one to sort by,
    which it is called by.
    """

    search_fields: tuple[str, ...] = ("code", "name")
    name_field = "name"

    search_key = models.CharField(max_length=600, editable=False, default="", blank=True)
    sort_key = models.CharField(max_length=300, editable=False, default="", blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, self.name_field))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_keys()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_key", "sort_key"}
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """Normalise the text fields and derive the keys; `save()` and bulk writers call it."""
        for field in self.search_fields:
            value = getattr(self, field)
            if isinstance(value, str):
                setattr(self, field, clean(value).strip())
        words = " ".join(str(getattr(self, field) or "") for field in self.search_fields)
        self.search_key = fold(words)[:600]
        self.sort_key = sort_key(str(getattr(self, self.name_field) or ""))[:300]


class ForAllQuerySet(models.QuerySet[M]):
    """Of reference data that belong to nobody: everybody may see them."""

    def visible_to(self, user: Actor) -> Self:
        return self


def state_column(states: type[models.TextChoices], first: str) -> "models.CharField[str, str]":
    """The field of a state that only `transition()` moves."""
    return models.CharField(
        _("state"), max_length=10, choices=states.choices, default=first, editable=False
    )


class VersionedModel(models.Model):
    """A model with an optimistic lock: each change counts `version` up by one. Where it has states,
    `transition()` moves the one in `state_field`, as `transitions` has it: from each state to those
    that may follow."""

    state_field: ClassVar[str] = "state"
    transitions: ClassVar[Mapping[str, Collection[str]]] = {}

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def sources(cls, state: str) -> list[str]:
        """The states from which a row may come to this one."""
        return [source for source, targets in cls.transitions.items() if state in targets]

    def may_become(self, state: str) -> bool:
        """Whether this state may follow the row's."""
        return state in self.transitions[getattr(self, self.state_field)]


class MadeByPeople(models.Model):
    """A record whose decision needs another person than those who made it: `created_by`, everybody
    who changed it since (`makers`) and `submitted_by`."""

    created_by_id: int | None
    submitted_by_id: int | None

    makers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", editable=False)

    class Meta:
        abstract = True

    def add_maker(self, actor: Actor) -> None:
        """Keep that somebody changed it; who made it is kept already."""
        if actor.pk != self.created_by_id:
            self.makers.add(actor.pk)

    def add_makers_of(self, other: "MadeByPeople") -> None:
        """What another one held is part of this one: so are those who made that."""
        self.makers.add(*other.hands - {self.created_by_id})

    @property
    def hands(self) -> set[int]:
        """Who made, changed or submitted it (ids): none of them decides on it."""
        there = getattr(self, "_prefetched_objects_cache", {}).get("makers")
        if there is None:
            makers = set(self.makers.values_list("pk", flat=True))
        else:
            makers = {user.pk for user in there}
        return {pk for pk in (*makers, self.created_by_id, self.submitted_by_id) if pk is not None}


def made_by(model: type[MadeByPeople], user: Actor) -> models.Q:
    """Of such records: what somebody made, changed or submitted."""
    changed = model.makers.through._default_manager.filter(user=user.pk)
    return (
        models.Q(created_by=user.pk)
        | models.Q(submitted_by=user.pk)
        | models.Q(pk__in=changed.values(str(model._meta.model_name)))
    )


PICTURES = ("image/jpeg", "image/png", "image/webp")


class AttachedFile(models.Model):
    """A file kept with a record (core/services/attachments.py): `kind` is the content type found in
    the file itself, `sha256` makes a second try harmless. The app says where the file lies."""

    file: Any  # a FileField of the app's: it says where the file lies
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """Whether every browser draws it."""
        return self.kind in PICTURES

    @property
    def size_label(self) -> str:
        return f"{max(1, self.size // 1024)} kB"
