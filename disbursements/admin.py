"""The money in the emergency admin: to look at. It changes through the services alone."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from disbursements.models import Disbursement, PlanLine, PlanVersion
from disbursements.models.attachments import Attachment
from disbursements.models.photos import VoucherPhoto


@admin.register(Disbursement)
class DisbursementAdmin(ReadOnlyAdmin):
    list_display = ("number", "fiscal_year", "date", "activity", "commune", "amount", "status")
    list_select_related = ("fiscal_year", "activity", "commune")
    list_filter = ("status", "fiscal_year")
    search_fields = ("search_key", "voucher_no")
    show_full_result_count = False


admin.site.register([PlanVersion, PlanLine, Attachment, VoucherPhoto], ReadOnlyAdmin)
