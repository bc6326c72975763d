"""What the tables of this app share."""

from typing import Self, TypeVar

from django.db import models

from accounts.models import User
from accounts.scope import within

M = TypeVar("M", bound=models.Model)


class AboutQuerySet(models.QuerySet[M]):
    """Rows about a programme and a commune, each perhaps all of them."""

    def visible_to(self, user: User) -> Self:
        return self.filter(within(user, program="program", commune="commune", optional=True))
