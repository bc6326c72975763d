"""People in the emergency admin."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model
from django.http import HttpRequest

from accounts.models import Assignment, Delegation, User
from core.admin import ReadOnlyAdmin, TrailAdmin

if TYPE_CHECKING:
    PlainUserAdmin = UserAdmin[User]
else:
    PlainUserAdmin = UserAdmin


@admin.register(User)
class PortalUserAdmin(PlainUserAdmin):
    """Roles and passwords; people are deactivated, never deleted."""

    list_display = ("username", "role", "office", "is_active")
    list_filter = ("role", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password", "role", "office", "email", "digest")}),
        (None, {"fields": ("is_active", "is_staff", "is_superuser")}),
    )
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Assignment)
class AssignmentAdmin(TrailAdmin):
    list_display = ("user", "program", "commune")
    list_select_related = ("user", "program", "commune")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    list_display = ("giver", "receiver", "start", "end", "revoked_at")
