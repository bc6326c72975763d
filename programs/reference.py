"""Loads programmes and fiscal years (contract, DESIGN section 4)."""

from core.services.upsert import upsert
from programs.models import FiscalYear, Fund, Period, Program
from programs.years.services import areas_in, open_fiscal_year

PROGRAMS = (
    (
        "ECCD",
        "Chăm sóc và phát triển trẻ thơ toàn diện đáp ứng về giới",
        "Gender-responsive early childhood care and development",
    ),
    ("GBV", "Phòng, chống bạo lực trên cơ sở giới", "Prevention of gender-based violence"),
    (
        "YEE",
        "Cơ hội, kỹ năng và trao quyền kinh tế cho thanh niên",
        "Youth opportunities, skills and economic empowerment",
    ),
    ("SPON", "Chương trình bảo trợ", "Sponsorship programme"),
)
YEARS = range(2021, 2028)
FUNDS = (("UNSPECIFIED", "Chưa ghi nguồn"),)


def load() -> dict[str, int]:
    """Make the four programmes, the fiscal years and their months; idempotent."""
    for order, (code, name, name_en) in enumerate(PROGRAMS, start=1):
        upsert(Program, {"code": code}, {"name": name, "name_en": name_en, "order": order})
    for code, name in FUNDS:
        upsert(Fund, {"code": code}, {"name": name})
    for number in YEARS:
        year = open_fiscal_year(code=str(number), areas=[])
        open_fiscal_year(code=str(number), areas=areas_in(year))
    return {
        "programmes": Program.objects.count(),
        "fiscal years": FiscalYear.objects.count(),
        "months": Period.objects.count(),
    }
