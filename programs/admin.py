"""Programmes, years and months in the emergency admin."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin, TrailAdmin
from programs.models import Activity, FiscalYear, Fund, Period, Program

admin.site.register([FiscalYear, Period], ReadOnlyAdmin)
admin.site.register([Program, Fund, Activity], TrailAdmin)
