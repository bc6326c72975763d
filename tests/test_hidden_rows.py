"""Who sees part of the area learns nothing of the rest: whatever is changed or added there, each
page, file, list, search, count and answer of the API stays as it was, byte for byte."""

import io
import re
import zipfile
from datetime import date
from html import unescape

import pytest

from core.services.transition import save_with_history
from monitoring.discussion.services import comment
from monitoring.models import Difficulty
from monitoring.tests.reviews.test_api import BODIES
from plan_portal.api import router
from reports import trail
from tests import factories as make
from tests import pages
from tests.one_of_each import MORE

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.slow]

# What differs between two answers all the same: tokens of forms, keys of forms, their digests.
TOKEN = re.compile(
    rb"(?:csrfmiddlewaretoken|form_key|form-key)[^>]*?value=\"[^\"]*\"|value=\"[A-Za-z0-9:_-]{40,}\""
    rb"|/[A-Za-z0-9_]+/[a-z0-9]+-[0-9a-f]{32}/"
)
HIDDEN = "ECCD", make.DAO_SAN
# A PDF holds the second it was made in; the page of the slides says the same. Measurements are for
# this machine alone, and count requests; a session says the minute it was last used.
NOT_COMPARED = "logout|[.]pdf|/metrics|/sessions/"
FILE = re.compile(r"[.](?:docx|xlsx)(?:[?]|$)|format=csv")  # a list's sheet has the same rows


def hidden_world(cast):
    """A record of every kind in ECCD in Dào San, and the indicator's figures there."""
    program, commune = HIDDEN
    bodies = {**BODIES, **MORE}
    bodies.pop("proposal-criteria")  # of a year, for everybody
    for name, body in bodies.items():
        if name == "indicators":
            body = {**body, "code": "ECCD-N9"}
        elif name.startswith("indicator-"):
            body = {**body, "indicator": "ECCD-N9"}
        body = {**body, **({"program": program} if name != "boards" else {})}
        if "communes" in body:
            body["communes"] = [commune, make.HOANG_THEN]
        elif name not in ("indicators", "meetings", "agreements"):
            body["commune"] = commune
        if name == "trainings":
            body["topic"] = make.topic("ECCD-KIN", program=make.program("ECCD")).code
        if name.startswith("indicator-"):
            body.pop("program")
        if name == "agreements":
            body.pop("program")
            body |= {"programs": [program], "communes": [commune]}
        if name == "meetings":
            body["commune"] = commune
        writers = (cast.bdh, cast.quanly, cast.dieuphoi)
        answers = (make.api(who).post(f"/api/v1/{name}/", body) for who in writers)
        assert any(answer.status_code == 201 for answer in answers), name
    make.activity("ECCD-77")
    money = {"activity": make.activity("ECCD-77"), "commune": make.commune(commune)}
    make.posted(3_000_000, by=cast.dieuphoi, post_by=cast.quanly, **money)
    make.submitted(4_000_000, by=cast.dieuphoi, **money)
    make.draft(4_000_000, by=cast.dieuphoi, **money)
    comment(actor=cast.bdh, about=hidden_rows(Difficulty).get(), text="Đã xem")


def hidden_rows(model):
    """The rows of a model in the hidden programme and commune."""
    names = {field.name for field in model._meta.get_fields()}
    rows = model._default_manager.all()
    if "indicator" in names:
        return rows.filter(indicator__program__code=HIDDEN[0], commune__code=HIDDEN[1])
    if "communes" in names:
        return rows.filter(communes__code=HIDDEN[1])
    return rows.filter(program__code=HIDDEN[0], commune__code=HIDDEN[1])


def change_all(cast):
    """Every hidden record is changed, and more are added."""
    changed = 0
    for label, model in trail.kinds().items():
        names = {field.name for field in model._meta.get_fields()}
        if not ({"program", "commune"} <= names or names & {"communes", "indicator"}):
            continue
        for row in hidden_rows(model):
            if label == "disbursements.disbursement" and row.status == "posted":
                continue
            for name in ("title", "note", "effect", "payee", "evidence", "why"):
                if name in names:
                    setattr(row, name, f"Đổi {row.pk}")
            if hasattr(row, "value"):
                row.value += 7
            row.version += 1
            save_with_history(row, cast.dieuphoi, f"vì ẩn {row.pk}", is_clean=True)
            changed += 1
    comment(actor=cast.bdh, about=hidden_rows(Difficulty).get(), text="Xem lại")
    money = {"activity": make.activity("ECCD-77"), "commune": make.commune(HIDDEN[1])}
    make.posted(5_000_000, by=cast.dieuphoi, post_by=cast.quanly, **money)
    make.submitted(6_000_000, by=cast.dieuphoi, date=date(2022, 8, 1), **money)
    return changed


def seen_by(walk, person, addresses):
    """address → (status, body without tokens): of all that are named, and of the files of pages."""
    walk.client.force_login(person)
    found, waiting = {}, dict.fromkeys(addresses)
    while waiting:
        address = next(iter(waiting))
        del waiting[address]
        if re.search(NOT_COMPARED, address):
            continue
        answer = walk.client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if "html" in answer.get("Content-Type", ""):
            files = files_of(address, body.decode())
            waiting |= {each: None for each in files if each not in found}
        if body.startswith(b"PK"):
            body = parts_of(body)
        found[address] = answer.status_code, TOKEN.sub(b"", body)
    return found


def files_of(address, page):
    """The files that a page leads to."""
    links = map(unescape, re.findall(r'href="([^"#]+)"', page))
    base = address.partition("?")[0]
    return [
        href if href[0] == "/" else base + href
        for href in links
        if FILE.search(href) and href.startswith(("/", "?"))
    ]


def parts_of(file):
    """What an Office file says, without the second it was made in."""
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        names = [name for name in parts.namelist() if not name.startswith("docProps/")]
        return b"".join(parts.read(name) for name in names)


def addresses_of(plain):
    """Every page, every list and record of the API, every summary."""
    found = dict.fromkeys(plain)
    for prefix, view, _name in router.registry:
        found[f"/api/v1/{prefix}/?page_size=500"] = None
        found[f"/api/v1/{prefix}/?format=csv"] = None
        if "search" in (view.filterset_class.base_filters if view.filterset_class else ()):
            found[f"/api/v1/{prefix}/?search=doi"] = None
        for row in view.queryset.all()[:4]:
            found[f"/api/v1/{prefix}/{row.pk}/"] = None
    for by in ("program", "commune", "activity", "fund", "quarter", ""):
        found[f"/api/v1/summary/?fiscal_year=2023&by={by}"] = None
    for address in ("trainings/summary", "variances", "plan-beside-money"):
        found[f"/api/v1/{address}/?fiscal_year=2023"] = None
    for label in trail.kinds():
        found[f"/trail/?kind={label}"] = None
        found[f"/trail/?kind={label}&format=csv"] = None
    found["/trail/?search=an"] = None
    return list(found)


@pytest.mark.parametrize("name", ["dieuphoi_gbv", "xa_banlang"])
def test_nothing_of_what_is_hidden_reaches_who_does_not_see_it(cast, name):
    """A coordinator of some pairs, and a commune board."""
    pages.scene(cast)
    plain = pages.addresses()
    hidden_world(cast)
    person = getattr(cast, name)
    walk = pages.Walk([person])
    walk.client.force_login(person)
    for address in plain:  # a list's last filter is kept, and offered by each page's menu
        walk.client.get(address)
    before = seen_by(walk, person, addresses_of(plain))
    assert len(before) > 250
    assert change_all(cast) >= 12
    after = seen_by(walk, person, before)
    assert [address for address in before if after[address] != before[address]] == []
