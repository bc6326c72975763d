"""The money: plans in versions, disbursements as a ledger. Whole đồng, never a float."""

from core.values.money import MAX_AMOUNT
from disbursements.models.attachments import Attachment
from disbursements.models.costs import CostLink
from disbursements.models.ledger import (
    ORIGINS,
    UNSPECIFIED_FUND,
    Disbursement,
    NumberCounter,
    Status,
)
from disbursements.models.photos import VoucherPhoto
from disbursements.models.plans import PlanAmount, PlanLine, PlanProgram, PlanState, PlanVersion
from disbursements.models.totals import LedgerTotal, LedgerYear, TotalsSeal
