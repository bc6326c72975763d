"""Base pieces of the emergency admin: the same rules as everywhere, and a trail."""

from typing import TYPE_CHECKING, cast

from django.contrib import admin
from django.db import models
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.services.access import Actor
from core.services.transition import save_with_history

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Model]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Money, plans, months: looked at here, changed only through the services."""

    def has_add_permission(self, request: HttpRequest, *args: object) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class TrailAdmin(ModelAdmin):
    """Saved through the model's own rules, with who and why; never deleted."""

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: BaseForm, change: bool
    ) -> None:
        save_with_history(obj, cast(Actor, request.user), _("in the emergency admin"))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
