"""Every page of the portal with something on it: for walks that look at all of them.

`scene(cast)` sets it: a record of everything, in the states that people act on. `addresses()` fills
the parameters of each address with them. `tests/test_pages.py` holds that none is forgotten.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.delegation import delegate
from accounts.models import Letter, User
from accounts.saved_views import services as saved_views
from communes.models.boards import Board
from communes.models.outlines import OutlineFile
from communes.outlines import services as outlines
from core.pages.record_admin import ADMINS
from core.values.dates import today
from disbursements.models import Disbursement, PlanVersion
from imports import services as uploads
from imports.models import Upload
from monitoring.discussion.services import comment
from monitoring.models import Difficulty, Indicator
from monitoring.tests.reviews.test_api import BODIES
from monitoring.variance import services as variance
from programs.models import FiscalYear, Period
from programs.setup import services as setup
from reports.documents.make import read_request
from reports.issuing import Signing, issue
from reports.models import IssuedReport
from reports.shared import services as shared
from tests import factories as make
from tests.cast import Cast
from tests.one_of_each import MORE
from tests.test_messages import plain_pages

SAMPLES = Path(__file__).parent / "samples"
# Addresses with something behind the question mark that changes what the page is.
VARIANTS = (
    "/?fiscal_year=2023&compare=2024",
    "/?fiscal_year=2023&program=GBV&commune=03577&plan=original",
    "/?fiscal_year=2023&quarter=9",
    "/plan-against-actual/?fiscal_year=2023&show=planned",
    "/plan-beside-money/?fiscal_year=2023&program=GBV&quarter=1&as_of=2023-05-31",
    "/plan-against-actual/?fiscal_year=2023&show=waiting",
    "/present/?fiscal_year=2023&slide=all",
    "/trainings/summary/?fiscal_year=2023&by=commune",
    "/setup/communes/?when=before&province=12-always&district=109-before",
    "/disbursements/?search=khong-co-gi-nhu-the",
    "/disbursements/?program=2",
    "/trainings/?search=khong-co-gi-nhu-the",
    "/no-such-page/",
)
# Of a file or a code, not of a page; and steps of signing in, which need a half-open session.
NO_PAGES = (
    "import-template",  # a workbook
    "upload-reverse",  # of a workbook whose rows are posted: its own test opens it
    *("attachment", "voucher-photo"),
    "record-file",
    "notice",  # leads to its record
    "upload-marked",
    "issued-report-file",
    "chart-picture",
    "month-list",  # a month's list for approval, as a file
    "service-worker",
    *("shared-csv", "shared-xlsx"),
)
KEY = "mot-khoa-chi-de-kiem-thu"  # of the scene's shared link


def scene(cast: Cast) -> None:
    """A record of everything, and money in every state."""
    make.plan(make.line("GBV-01", amounts={1: 5_000_000, 3: 40_000_000}))
    make.draft_plan(make.line("GBV-01", amounts={1: 7_000_000}), by=cast.dieuphoi)
    make.submitted_plan(make.line("GBV-01"), fiscal_year="2024", by=cast.dieuphoi)
    make.posted(6_000_000, by=cast.dieuphoi, post_by=cast.quanly)
    make.submitted(1_000_000, by=cast.dieuphoi_gbv)
    make.draft(2_000_000, by=cast.dieuphoi)
    make.training()
    for name, body in {**BODIES, **MORE}.items():
        answers = (make.api(who).post(f"/api/v1/{name}/", body) for who in cast.everybody())
        assert any(answer.status_code == 201 for answer in answers), name
    said = f"Đã xem, @{cast.dieuphoi.username}"
    comment(actor=cast.bdh, about=Difficulty.objects.get(), text=said)
    delegate(
        actor=cast.truongban,
        receiver=cast.quanly,
        start=today(),
        end=today() + timedelta(days=3),
        reason="Đi công tác",
    )
    for kind, name in (("plan", "ke-hoach-FY2024"), ("disbursements", "giai-ngan-FY2023")):
        uploads.receive(
            actor=cast.dieuphoi,
            kind=kind,
            content=(SAMPLES / f"{name}.xlsx").read_bytes(),
            filename=f"{name}.xlsx",
        )
    uploads.receive(actor=cast.dieuphoi, kind="plan", content=b"x", filename="hong.xlsx")
    rows = b"\n".join([b"a,b,c,d,e,f,g,h,i"] * 4_000)  # a long one, which waits for its task
    uploads.receive(actor=cast.dieuphoi, kind="plan", content=rows, filename="dai.csv")
    saved_views.save(
        actor=cast.dieuphoi, path="/disbursements/", title="Giải ngân", name="Nháp", query=""
    )
    Letter.objects.create(kind="digest", user=cast.quanly, state="failed", fault="SMTPDataError")
    board = Board.objects.create(  # type: ignore[misc]
        name="Ban Điều hành", kind="steering", level="district", commune=make.commune().parent
    )
    asked = read_request({"kind": "annual", "format": "docx", "fiscal_year": "2023"})
    issue(actor=cast.bdh, asked=asked, signing=Signing(board, date(2024, 3, 5)))
    wanted: dict[str, Any] = {"what": "people", "fiscal_year": make.year("2023"), "by": "commune"}
    _outlines(cast)
    link, _key = shared.make(actor=cast.quantri, name="Tỉnh", until=today(), **wanted)
    type(link).objects.filter(pk=link.pk).update(digest=shared.digest_of(KEY))


def _outlines(cast: Cast) -> None:
    """A file of outlines: one commune's in use, one feature that is nobody's."""
    ring = [[103.3, 22.5], [103.4, 22.5], [103.4, 22.6], [103.3, 22.5]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    named = ({"code": make.BAN_LANG, "valid_from": "1900-01-01"}, {"name": "Nơi khác"})
    features = [{"type": "Feature", "properties": each, "geometry": shape} for each in named]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    row = outlines.read_file(actor=cast.quantri, content=content, name="xa.geojson")
    outlines.use(actor=cast.quantri, row=row)


def addresses() -> list[str]:
    """Every page there is, with parameters that name a record of the scene."""
    return [*plain_pages(), *VARIANTS, *dict.fromkeys(_filled())]


def _filled() -> Iterator[str]:
    for model, area in ADMINS.items():
        row = model._default_manager.order_by("-pk").first()
        assert row is not None, f"the scene has no {area.one}"
        yield reverse(area.one, args=[row.pk])
        if area.records.permissions:
            yield reverse(f"{area.one}-edit", args=[row.pk])
    for name, arguments in _arguments():
        try:
            yield reverse(name, args=arguments)
        except NoReverseMatch as error:
            raise AssertionError(f"{name}{arguments}: no such address any more") from error


def _arguments() -> Iterator[tuple[str, list[Any]]]:
    """(name of an address, its arguments), of what is no plain record."""
    person = User.objects.get(username="dieuphoi_gbv")
    yield "person", [person.pk]
    yield "person-hand-over", [person.pk]
    yield "person-erase", [person.pk]
    yield "handing-on", [make.commune().pk]
    uid = urlsafe_base64_encode(force_bytes(person.pk))
    yield "password_reset_confirm", [uid, default_token_generator.make_token(person)]
    yield "year-settings-edit", ["2023"]
    yield "period", [make.period().pk]
    yield "approval-list", [Period.objects.filter(disbursements__status="submitted").first().pk]  # type: ignore[union-attr]
    for row in Disbursement.objects.order_by("pk"):
        yield "disbursement", [row.pk]
    draft = Disbursement.objects.get(status="draft")
    for name in ("disbursement-edit", "disbursement-delete", "disbursement-next"):
        yield name, [draft.pk]
    for plan in PlanVersion.objects.order_by("pk"):
        yield "plan-version", [plan.pk]
    for name in ("plan-delete", "plan-grid"):
        yield name, [PlanVersion.objects.get(state="draft").pk]
    year = FiscalYear.objects.get(code="2023")
    found = variance.variances(User.objects.get(username="dieuphoi"), year, 4)[0]
    yield "variance", [year.code, 4, found.program.code, *found.subject]
    yield "indicator-targets-of", [Indicator.objects.first().pk, "2023"]  # type: ignore[union-attr]
    for upload in Upload.objects.order_by("pk"):
        yield "upload", [upload.pk]
        yield "upload-reading", [upload.pk]
        if upload.reading.get("sheets"):
            yield "upload-sheet", [upload.pk, 0]
    for name in ("issued-report", "issued-report-edition"):
        yield name, [IssuedReport.objects.get().pk]
    for kind in ("annual", "quarterly"):
        yield "report-draft", [kind, "2023"]
    yield "report-issue", ["annual", "2023"]
    yield "outline-file", [OutlineFile.objects.get().pk]
    yield "shared", [KEY]
    yield "guide-page", ["dieu-phoi"]
    for step in setup.STEPS:
        yield "setup-step", [step.name]


class Walk:
    """Opens addresses as several people, with one client: a client of its own for each request
    would read all static files each time."""

    def __init__(self, people: Any, language: str = "vi") -> None:
        self.client = Client(headers={"accept-language": language})
        self.language = language
        self.people = [(person, self._session(person)) for person in people]

    def _session(self, person: Any) -> str:
        if person is None:
            return ""
        self.client.cookies.clear()  # signing in over somebody else's session ends it
        self.client.force_login(person)
        return self.client.cookies["sessionid"].value

    def opened(self, address: str, people: Any = None) -> Iterator[tuple[Any, str]]:
        """(person, HTML) of everybody (of these) for whom the address is a page; None is nobody."""
        for person, session in self.people:
            if people is not None and person not in people:
                continue
            self.client.cookies.clear()
            self.client.cookies["django_language"] = self.language
            if session:
                self.client.cookies["sessionid"] = session
            answer = self.client.get(address)
            is_html = "html" in answer.get("Content-Type", "")
            if is_html and answer.status_code in (200, 400, 404):
                yield person, answer.content.decode()


def shape(html: str) -> frozenset[str]:
    """What a page consists of, to tell whether two people see the same kind of page."""
    return frozenset(re.findall(r"<(?:form|h1|h2|h3|summary|table|button)[^>]*>[^<]{0,40}", html))
