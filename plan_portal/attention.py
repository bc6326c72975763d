"""What a person should look at: nothing is broken or changed, and no rule can decide it.

After an upgrade, and at any time: `manage.py needs_attention`.
"""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Model

from communes.misplaced import misplaced
from disbursements.ledger.vouchers import are_alike, standing, voucher_of
from disbursements.models import Disbursement, PlanState, PlanVersion
from disbursements.plans.assembly import changed_programs
from programs.models import Program

OPEN = (PlanState.DRAFT, PlanState.RETURNED, PlanState.SUBMITTED)


def needs_attention() -> dict[str, list[str]]:
    """Sentences by what they are about."""
    return {
        "two_drafts": list(two_drafts()),
        "vouchers_alike": list(vouchers_alike()),
        "unit_of_another_time": [f"{_name(row)}: {said}" for row, said in misplaced()],
    }


def two_drafts() -> Iterator[str]:
    """Open drafts that change lines of one programme and year: join them, or set one aside."""
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    drafts = PlanVersion.objects.filter(state__in=OPEN).select_related("fiscal_year", "based_on")
    for draft in drafts.order_by("pk"):
        for program in changed_programs(draft):
            found[draft.fiscal_year.code, program].append(draft.pk)
    codes = dict(Program.objects.values_list("pk", "code"))
    for (year, program), keys in sorted(found.items()):
        if len(keys) > 1:
            yield f"{codes[program]} {year}: changed by the drafts {', '.join(map(str, keys))}"


def vouchers_alike() -> Iterator[str]:
    """Lines that are alike but for how their number is spelled: perhaps one payment twice."""
    by_voucher: dict[object, list[Disbursement]] = defaultdict(list)
    for row in standing().order_by("pk").iterator(chunk_size=2000):
        by_voucher[voucher_of(row)].append(row)
    for rows in by_voucher.values():
        for index, row in enumerate(rows):
            others = [each for each in rows[:index] if each.voucher_no != row.voucher_no]
            if first := next((each for each in others if are_alike(each, row)), None):
                spelled = f"“{row.voucher_no}” is spelled “{first.voucher_no}” there"
                yield f"{_name(row)}: like {_name(first)}; {spelled}"


def _name(row: Model) -> str:
    return f"{row._meta.label} {row.pk}"
