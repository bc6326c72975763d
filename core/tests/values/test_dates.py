"""Days: always day first, in the country's own time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.values.dates import (
    DateError,
    fiscal_quarter,
    format_date,
    month_key,
    parse_date,
    quarter_label,
    today,
)


@pytest.mark.parametrize(
    "written",
    [
        "05/07/2023",
        "5/7/2023",
        "5-7-2023",
        "05.07.2023",
        "05/07/23",
        "2023-07-05",
        "2023-07-05 00:00:00",
        "2023-07-05T08:30",
        "2023-07-05T00:30:00.000+07:00",
        " 05/07/2023\u00a0",
        "ngày 05 tháng 7 năm 2023",
        date(2023, 7, 5),
        datetime(2023, 7, 5, 23, 59),
    ],
)
def test_the_fifth_of_july_in_every_dress(written):
    assert parse_date(written) == date(2023, 7, 5)


@pytest.mark.parametrize("written", [None, "", " ", "-", "–"])
def test_empty_and_a_dash_mean_no_date(written):
    assert parse_date(written) is None


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("31/06/2023", "impossible_date"),
        ("29/02/2023", "impossible_date"),
        ("06/25/2023", "impossible_date"),
        ("00/07/2023", "impossible_date"),
        ("05/07/1022", "implausible_date"),
        (date(1905, 7, 5), "implausible_date"),
        ("05/07", "not_a_date"),
        ("05/07-2023", "not_a_date"),
        ("05/07/203", "not_a_date"),
        ("tháng 7", "not_a_date"),
        ("2023-07-05T00:30:00Z", "not_a_date"),
        ("5/7/202³", "not_a_date"),
        (44748, "not_a_date"),
        (True, "not_a_date"),
    ],
)
def test_what_is_no_day_is_refused(written, code):
    with pytest.raises(DateError) as refusal:
        parse_date(written)
    assert refusal.value.code == code


def test_excel_day_numbers_are_read_only_when_asked_for_and_plausible():
    assert parse_date(45112, allow_serial=True) == date(2023, 7, 5)
    assert parse_date(45112.75, allow_serial=True) == date(2023, 7, 5)
    for number in (7, 20230705, float("nan"), True):
        with pytest.raises(DateError):
            parse_date(number, allow_serial=True)


def test_a_day_is_written_day_first_with_two_digits():
    assert format_date(date(2023, 7, 5)) == "05/07/2023"
    assert month_key(date(2023, 7, 5)) == "2023-07"


def test_today_is_the_day_in_vietnam():
    assert today() == datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def test_quarters_count_from_the_first_of_july():
    start = date(2022, 7, 1)
    days = [date(2022, 7, 1), date(2022, 9, 30), date(2022, 10, 1), date(2023, 6, 30)]
    assert [fiscal_quarter(day, start) for day in days] == [1, 1, 2, 4]
    for outside in (date(2022, 6, 30), date(2023, 7, 1)):
        with pytest.raises(ValueError, match="fiscal year"):
            fiscal_quarter(outside, start)


def test_a_quarter_is_named_with_its_months():
    assert quarter_label(1, date(2022, 7, 1)) == "Quý I (7–9/2022)"
    assert quarter_label(3, date(2022, 7, 1)) == "Quý III (1–3/2023)"
    assert quarter_label(1, date(2022, 11, 1)) == "Quý I (11/2022–1/2023)"
