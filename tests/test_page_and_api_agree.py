"""What the dashboard shows is what the API answers, number by number, for people of every scope."""

import html
import re
from datetime import date

import pytest

from tests.factories import BAN_LANG, NAM_XE, api, line, plan, posted, submitted

pytestmark = pytest.mark.django_db
QUARTERS = ("I", "II", "III", "IV")


@pytest.fixture
def year(cast):
    plan(
        line("GBV-01", BAN_LANG, {1: 6_000_000, 2: 4_000_000}),
        line("GBV-01", NAM_XE, {3: 8_123_457}),
        line("ECCD-01", BAN_LANG, {4: 3_000_000}),
    )
    posted(12_345_678)
    posted(2_000_001, commune=NAM_XE, date=date(2023, 2, 1))
    posted(500_000, activity="YEE-01", date=date(2022, 12, 1))  # money without a plan
    submitted(700_000)
    return cast


def table_rows(page):
    """{first cell: (disbursed, planned, rate)} of every table of money on the page, as text."""
    found = {}
    for row in re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", page, re.S):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        texts = [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells]
        if len(texts) == 6:
            found.setdefault(texts[0], (texts[3], texts[4], texts[1]))
        elif "<small>" in cells[-1] and len(cells) == 3:  # quarters: disbursed over planned
            paid, planned = re.split(r"<small>", cells[2])
            plain = [re.sub(r"<[^>]+>", "", part) for part in (paid, planned)]
            found[texts[0]] = (*plain, texts[1])
    return found


def number(text):
    """'12.345.678' as a number; a dash is none."""
    digits = re.sub(r"\D", "", text)
    return int(digits) if digits else 0


def rate(text):
    """'77,8%' as the API writes it."""
    found = re.match(r"([\d.]+(?:,\d)?)%", text.replace("\xa0", ""))
    return float(found[1].replace(".", "").replace(",", ".")) if found else None


def as_shown(answer):
    value = None if answer["rate"] is None else float(answer["rate"])
    return (answer["disbursed"], answer["planned"] or 0, value)


@pytest.mark.parametrize("who", ["bdh", "dieuphoi", "dieuphoi_gbv", "xa_banlang"])
def test_every_number_of_the_tables(year, client, who):
    person = getattr(year, who)
    client.force_login(person)
    page = client.get("/?fiscal_year=2023", headers={"accept-language": "vi"}).content.decode()
    shown = {
        name: (number(paid), number(planned), rate(share))
        for name, (paid, planned, share) in table_rows(page).items()
    }
    asked = api(person)

    def rows(cut):
        query = {"fiscal_year": "2023", "by": cut}
        return asked.get("/api/v1/summary/", query).json()["rows"]

    def expect(name, answer):
        found = next((value for key, value in shown.items() if f"{key} ".startswith(name)), None)
        assert found == as_shown(answer), (name, shown)

    programs, communes, quarters = rows("program"), rows("commune"), rows("quarter")
    assert programs and communes and quarters
    for row in programs:
        expect(row["program_name"], row)
    for row in communes:
        expect(row["commune_name"], row)
    for row in quarters:
        expect(f"Quý {QUARTERS[row['quarter'] - 1]} ", row)
    whole = asked.get("/api/v1/summary/", {"fiscal_year": "2023"}).json()["total"]
    dots = f"{whole['disbursed']:,}".replace(",", ".")
    assert f"{dots} đồng" in html.unescape(page)
