"""Comments on any record, mentioning people who can see it."""

from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.values.text import fold
from monitoring.discussion.kinds import KINDS, model_of


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: User) -> "CommentQuerySet":
        """Comments on the records that the user sees."""
        return self.filter(reduce(or_, [_on(model_of(kind), user) for kind in KINDS]))


def _on(model: Any, user: User) -> Q:
    """On those records of a model that the user sees."""
    seen = model._default_manager.visible_to(user).order_by().values("pk")
    kind = ContentType.objects.get_for_model(model)
    return Q(content_type=kind, object_id__in=seen)


class Comment(models.Model):
    """What somebody said about a record; not changed afterwards."""

    content_type = models.ForeignKey(ContentType, models.PROTECT)
    object_id = models.PositiveBigIntegerField()
    about = GenericForeignKey("content_type", "object_id")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments")
    text = models.TextField(_("comment"), max_length=4000)
    mentions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="mentioned_in", through="Mention"
    )
    written_at = models.DateTimeField(_("written at"), auto_now_add=True)
    search_key = models.TextField(editable=False, default="", blank=True)  # the text, folded

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "id"]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=["content_type", "object_id"], name="comment_about")]

    def __str__(self) -> str:
        return self.text[:80]

    def save(self, *args: Any, **options: Any) -> None:
        self.search_key = fold(self.text)
        super().save(*args, **options)


class Mention(models.Model):
    """Somebody named in a comment: waits for them until read, and is in one letter."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mention_rows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mention_rows")
    read_at = models.DateTimeField(_("read at"), null=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True)

    class Meta:
        db_table = "monitoring_comment_mentions"  # the table from before it was more than a link
        ordering = ["comment_id", "id"]
        unique_together = [("comment", "user")]

    def __str__(self) -> str:
        return f"{self.comment_id}/{self.user_id}"
