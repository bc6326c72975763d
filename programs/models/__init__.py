"""What is done, and when: programmes, years and months, funds, activities, agreements, outputs."""

from programs.models.agreements import Agreement, Amendment
from programs.models.go_live import GoLive
from programs.models.outputs import ConditionCheck, Group, MemberCount, Output, Referral
from programs.models.programs import CODE, Activity, Fund, Program
from programs.models.years import (
    FiscalYear,
    Period,
    ProgramCeiling,
    YearState,
    add_months,
    first_day,
    month_end,
    quarter_bounds,
)
