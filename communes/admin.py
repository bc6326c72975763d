"""Places in the emergency admin."""

from django.contrib import admin

from communes.models import Commune, Village
from core.admin import TrailAdmin


@admin.register(Commune)
class CommuneAdmin(TrailAdmin):
    list_display = ("code", "full_name", "valid_from", "valid_to", "in_programme_area")
    search_fields = ("search_key",)


admin.site.register(Village, TrailAdmin)
