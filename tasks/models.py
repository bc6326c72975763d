"""What is known of a task beside its place in the queue: how far it is, and who is at it."""

import json
from pathlib import Path
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext_lazy as _


class Failure(models.TextChoices):
    FAULT = "fault", _("It ended with a fault of the portal's own.")
    DIED = "died", _("The process that worked at it was ended several times.")


class Job(models.Model):
    """A task's progress and its lease; its key is that of the queue's own row.

    `worker` holds it while `seen_at` is young (`tasks.lease`). `stage` is the work's own word for
    what it is doing, of which `done` of `total` (0: not known) is behind it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    stage = models.CharField(max_length=20, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=10, blank=True, choices=Failure.choices)

    class Meta:
        ordering = ["-made_at", "id"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")

    def __str__(self) -> str:
        return f"{self.id} {self.stage}"

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None

    @property
    def progress(self) -> tuple[str, int, int]:
        """Stage, done, total as of now: on SQLite from beside the database, which hears nothing
        while a transaction of the task itself is writing."""
        if connection.vendor == "sqlite" and not self.has_ended:
            try:
                said: dict[str, Any] = json.loads(beside_database().read_text())
            except (OSError, ValueError):
                said = {}
            if said.get("id") == str(self.pk) and said["attempt"] == self.attempts:
                return said["stage"], said["done"], said["total"]
        return self.stage, self.done, self.total


def beside_database() -> Path:
    """The file in which the one who writes into a SQLite database says how far that is."""
    return Path(f"{connection.settings_dict['NAME']}-progress")
