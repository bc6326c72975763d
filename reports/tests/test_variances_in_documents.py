"""What lies behind the variances, and where the year will end: in the documents."""

from datetime import date

import pytest

from monitoring.models.variance import Cause
from monitoring.variance import services as variance
from reports.documents.make import make, read_request
from reports.tests import samples
from reports.tests.test_issuing import review
from tests import factories

pytestmark = pytest.mark.any_database

SAID = (
    "GBV, Bản Lang: giải ngân 5.000.000 đồng, đạt 50% kế hoạch, còn 5.000.000 đồng. "
    "Nguyên nhân: Hồ sơ thanh toán chậm. Chờ phê duyệt dự toán. "
    "Quyết định cho phép: Số 12/QĐ-BĐH. Đã đưa vào: Kế hoạch điều chỉnh lần 1."
)


@pytest.fixture
def late(cast):
    """GBV in Bản Lang stands at 50 % at each quarter's end; a revision has taken it up."""
    factories.plan(factories.line("GBV-01", factories.BAN_LANG, {1: 10_000_000}))
    factories.posted(5_000_000, date=date(2022, 9, 1))
    return cast


def explain(cast, quarter, **more):
    lines = (
        factories.line("GBV-01", factories.BAN_LANG, {1: 10_000_000}),
        factories.line("GBV-02", factories.NAM_XE, {4: 1}),
    )
    said = {
        "cause": Cause.PAPERS,
        "text": "Chờ phê duyệt dự toán",
        "decision": "Số 12/QĐ-BĐH",
        "plan_version": factories.plan(*lines),
    }
    return variance.explain(
        actor=cast.dieuphoi,
        fiscal_year=factories.year("2023"),
        quarter=quarter,
        program=factories.program("GBV"),
        commune=factories.commune(factories.BAN_LANG),
        **(said | more),
    )


def text_of(actor, kind, **values):
    asked = {"kind": kind, "format": "docx", "fiscal_year": "2023", **values}
    return samples.word_text(make(read_request(asked), actor).content)


@pytest.mark.parametrize(("kind", "quarter"), [("quarterly", "2"), ("annual", "")])
def test_reports_say_what_lies_behind_the_variances(late, kind, quarter):
    of_it = {"quarter": quarter} if quarter else {}
    explain(late, int(quarter or 4))
    assert SAID in text_of(late.bdh, kind, **of_it)


def test_a_quarters_report_says_nothing_of_what_was_said_of_others(late):
    explain(late, 1)
    assert "Chờ phê duyệt" not in text_of(late.bdh, "quarterly", quarter="2")


def test_minutes_of_the_years_review_say_it_too(late):
    explain(late, 4)
    meeting = review(late)
    assert SAID in text_of(late.bdh, "minutes", meeting=str(meeting.pk))


def test_a_quarters_report_forecasts_the_years_end_and_says_that_it_does(late):
    text = text_of(late.bdh, "quarterly", quarter="2")
    assert "Dự báo đến cuối năm theo tiến độ hiện nay" in text
    assert "đến cuối năm khoảng 5 triệu đồng, bằng 50% kế hoạch, dưới giới hạn." in text
    assert "Đây là dự báo, không phải số thực" in text
    assert "dự báo" not in text_of(late.bdh, "annual").lower()  # the year is over
