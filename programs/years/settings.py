"""What is set per fiscal year: the ceiling for choosing activities, when a variance is explained,
who signs the list for approval.

Page and API end here; who may is `manage_settings`. Months and the year's state: `closing`.
"""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MANAGE_SETTINGS
from communes.models import Commune
from core.services.access import check
from core.services.errors import StaleVersion
from core.services.transition import save_with_history
from core.values.money import MAX_AMOUNT, format_vnd
from core.values.said import coded, refused
from programs.models import FiscalYear, Period, Program, ProgramCeiling
from programs.models.years import SIGNERS
from programs.years.services import open_fiscal_year

FIELDS = ("ceiling", "variance_low", "variance_high", "signers", "illustrative")
CEILINGS = "ceilings"
HIGHEST_PERCENT = 1000
MOST_SIGNERS, LONGEST_TITLE = 4, 60  # what stands side by side under a list


@transaction.atomic
def change(
    *,
    actor: User,
    fiscal_year: FiscalYear,
    version: int | None = None,
    ceilings: Mapping[str, int | None] | None = None,
    **fields: object,
) -> FiscalYear:
    """Change a year's settings: `ceiling` in đồng or None, `variance_low` and `variance_high` in %
    of the plan to date, `signers` (titles; none: the usual ones), `illustrative`, and `ceilings` of
    programmes by their codes (đồng; None: none; those left out stay). Raises `ValidationError` by
    field, `StaleVersion`.
    """
    check(actor, MANAGE_SETTINGS)
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"not settings of a year: {sorted(unknown)}")
    year = FiscalYear.objects.select_for_update().get(pk=fiscal_year.pk)
    if year.version != (fiscal_year.version if version is None else version):
        raise StaleVersion
    for name, value in fields.items():
        setattr(year, name, value)
    year.signers = _titles(year.signers)
    _hold(year)
    said = _change_ceilings(year, ceilings or {})
    year.version += 1
    save_with_history(year, actor, "; ".join([_("settings changed"), *said]))
    return year


def _change_ceilings(year: FiscalYear, ceilings: Mapping[str, int | None]) -> list[str]:
    """Set the programmes' ceilings; what the trail says of each that differs."""
    programs = {program.code: program for program in Program.objects.filter(code__in=ceilings)}
    there = ceilings_of(year)
    said = []
    for code, amount in ceilings.items():
        if code not in programs:
            raise refused(
                CEILINGS, "does_not_exist", _("There is no programme %(code)s.") % {"code": code}
            )
        if amount is not None and not 0 < amount <= MAX_AMOUNT:
            text = _("A ceiling is from 1 to 10^15 đồng; leave it empty for none.")
            raise refused(CEILINGS, "out_of_range", text)
        if amount == there.get(code):
            continue
        if amount is None:
            ProgramCeiling.objects.filter(fiscal_year=year, program=programs[code]).delete()
        else:
            ProgramCeiling.objects.update_or_create(
                fiscal_year=year, program=programs[code], defaults={"amount": amount}
            )
        facts = {"program": code, "amount": "–" if amount is None else format_vnd(amount)}
        said.append(_("ceiling of %(program)s: %(amount)s") % facts)
    return said


def ceilings_of(year: FiscalYear) -> dict[str, int]:
    """The programmes' ceilings of a year by code (đồng)."""
    return {each.program.code: each.amount for each in year.program_ceilings.all()}


def _titles(given: Iterable[str] | None) -> list[str] | None:
    """Titles without those that are empty; None for the usual ones."""
    titles = [" ".join(title.split()) for title in given or ()]
    found = [title for title in titles if title]
    return None if found in ([], [*SIGNERS]) else found


def _hold(year: FiscalYear) -> None:
    errors = {}
    if len(titles := year.who_signs) > MOST_SIGNERS:
        said = _("At most %(most)d sign a list.") % {"most": MOST_SIGNERS}
        errors["signers"] = coded("too_many", said)
    elif any(len(title) > LONGEST_TITLE for title in titles):
        said = _("A title has at most %(most)d letters.") % {"most": LONGEST_TITLE}
        errors["signers"] = coded("too_long", said)
    if year.ceiling is not None and not 0 < year.ceiling <= MAX_AMOUNT:
        errors["ceiling"] = coded(
            "out_of_range", _("A ceiling is from 1 to 10^15 đồng; leave it empty for none.")
        )
    if year.variance_low >= year.variance_high:
        errors["variance_high"] = coded(
            "wrong_order", _("The upper limit must be above the lower one.")
        )
    elif year.variance_high > HIGHEST_PERCENT:
        errors["variance_high"] = coded(
            "out_of_range", _("At most %(percent)d %%.") % {"percent": HIGHEST_PERCENT}
        )
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def open_next(*, actor: User) -> FiscalYear:
    """Open the year after the last one, with the months of the areas that still exist and the
    last year's limits and signers."""
    check(actor, MANAGE_SETTINGS)
    last = FiscalYear.objects.select_for_update().order_by("-start").first()
    if last is None:
        raise ValidationError(
            coded(
                "no_fiscal_year", _("There is no fiscal year yet: set the programme area up first.")
            )
        )
    areas = Commune.objects.filter(
        pk__in=Period.objects.filter(fiscal_year=last, end=last.end).values("area"), valid_to=None
    )
    year = open_fiscal_year(
        code=str(int(last.code) + 1), areas=list(areas), start_month=last.start.month
    )
    for name in ("variance_low", "variance_high", "signers"):
        setattr(year, name, getattr(last, name))
    save_with_history(year, actor, _("opened"))
    return year
