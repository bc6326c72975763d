"""The guided set-up: an empty portal becomes a programme area's own, without a developer."""

from datetime import date

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from accounts.roles import Role
from communes import catalogue
from communes.models import ALWAYS, Commune, ProgrammeArea, area_on
from core.services.errors import Conflict
from programs.models import FiscalYear, Period, Program
from programs.settings import places
from programs.settings import services as settings
from programs.setup import services as setup
from programs.years import services
from reports.documents.figures import area_of_year
from tests import factories as make
from tests.test_messages import plain_pages
from tests.work_off import work_off

pytestmark = pytest.mark.any_database

PHONG_THO, LAI_CHAU = "109-before", "12-always"
STEPS = ["area", "communes", "programmes", "year", "people", "plan", "topics"]


@pytest.fixture
def admin(db):
    """The administrator of a portal in which there is nothing else."""
    make.no_reference()
    return make.user("quantri", Role.ADMIN)


@pytest.fixture
def browser(admin, client):
    client.force_login(admin)
    return client


def done():
    return [each["step"].name for each in setup.progress()["steps"] if each["done"]]


def test_the_front_page_of_an_empty_portal_leads_an_administrator_to_the_set_up(browser):
    answer = browser.get("/", follow=True)
    assert answer.redirect_chain == [("/setup/", 302)]
    assert [each["step"].name for each in answer.context["steps"]] == STEPS


@pytest.mark.parametrize("address", ["/", "/waiting/", "/plan-against-actual/", "/present/"])
def test_an_empty_portal_tells_everybody_else_to_wait(admin, client, address):
    client.force_login(make.user("khach", Role.VIEWER))
    answer = client.get(address)
    assert answer.status_code == 200
    if address != "/waiting/":
        assert "Chưa có năm tài chính" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.BOARD, Role.COORDINATOR, Role.ADMIN])
def test_every_page_without_parameters_opens_on_an_empty_portal(admin, client, role):
    client.force_login(admin if role == Role.ADMIN else make.somebody(role))
    for address in set(plain_pages()) - {"/design/"}:  # with DEBUG alone
        assert client.get(address).status_code in (200, 302, 403, 405), address


def test_step_by_step_to_a_year_that_takes_a_plan(browser):
    assert done() == []
    answer = browser.post("/setup/area/", {"name": "Phong Thổ", "level": "huyện"})
    assert answer["Location"] == "/setup/communes/"
    assert str(ProgrammeArea.objects.get()) == "Huyện Phong Thổ"

    look = f"/setup/communes/?when=before&province={LAI_CHAU}&district={PHONG_THO}"
    found = browser.get(look).context["lines"]
    assert {"Bản Lang", "Dào San"} <= {line["unit"].name for line in found}
    browser.post(look, {"unit": ["03577-before", "03571-before"]})
    assert set(
        Commune.objects.in_area().filter(valid_from=ALWAYS).values_list("name", flat=True)
    ) == {
        "Bản Lang",
        "Dào San",
    }

    browser.post("/setup/programmes/", {"code": "gbv", "name": "Phòng, chống bạo lực"})
    assert Program.objects.get().code == "GBV"
    browser.post("/setup/year/", {"code": "2023", "start_month": "7"})
    year = FiscalYear.objects.get()
    assert (year.start, year.end) == (date(2022, 7, 1), date(2023, 6, 30))
    assert year.periods.count() == 12
    assert done() == ["area", "communes", "programmes", "year"]
    assert browser.get("/").status_code == 200  # the dashboard of the new year


def test_a_commune_of_before_july_2025_brings_the_one_it_became(admin):
    places.adopt(actor=admin, keys=["03577-before"])
    row = Commune.objects.get(code="03577", valid_from=ALWAYS)
    assert row.successor.in_programme_area
    assert row.parent.full_name == "Huyện Phong Thổ"
    assert row.parent.parent.full_name == "Tỉnh Lai Châu"


def test_a_commune_of_after_july_2025_brings_those_it_was_made_of_when_asked(admin):
    bare = places.adopt(actor=admin, keys=["03571-since"])
    assert Commune.objects.in_area().count() == len(bare) == 1
    places.adopt(actor=admin, keys=["03571-since"], with_merged=True)
    assert set(Commune.objects.in_area().values_list("code", "valid_from")) > {
        ("03571", ALWAYS),
        ("03571", make.REFORM),
    }


def test_a_commune_that_joins_later_gets_the_months_of_the_years_there_are(admin):
    places.adopt(actor=admin, keys=["03577-before"])
    services.start_year(actor=admin, code="2023")
    places.adopt(actor=admin, keys=["03433-before"])  # Mường Tè, another district
    areas = set(Period.objects.values_list("area__full_name", flat=True))
    assert len(areas) == 2
    assert Period.objects.count() == 24


def test_a_search_finds_a_commune_anywhere_without_accents(browser):
    lines = browser.get("/setup/communes/?when=before&q=ban lang").context["lines"]
    assert ("03577", "Huyện Phong Thổ, Tỉnh Lai Châu") in {
        (line["unit"].code, line["where"]) for line in lines
    }


def test_a_person_is_invited_with_a_role_and_a_place(browser):
    places.adopt(actor=User.objects.get(), keys=["03577-before"])
    program = settings.programs.create(
        actor=User.objects.get(), code="GBV", name="Phòng, chống bạo lực", name_en=""
    )
    commune = Commune.objects.in_area().get(valid_from=ALWAYS)
    body = {"username": "dieuphoi", "role": "coordinator"}
    body |= {"program": program.pk, "commune": commune.pk}
    answer = browser.post("/setup/people/", body)
    assert "/accounts/password/new/" in answer.context["address"]  # no mailbox: handed over
    person = User.objects.get(username="dieuphoi")
    grant = person.assignments.get()
    assert (person.role, grant.program, grant.commune) == ("coordinator", program, commune)


def test_an_invitation_is_mailed_where_there_is_a_mailbox(browser):
    body = {"username": "truongban", "role": "head", "email": "truongban@example.org"}
    assert browser.post("/setup/people/", body).status_code == 302
    work_off()
    assert mail.outbox[0].to == ["truongban@example.org"]
    assert User.objects.get(username="truongban").assignments.get().program is None


def test_what_is_wrong_is_said_beside_the_field_and_kept(browser):
    answer = browser.post("/setup/programmes/", {"code": "chữ có dấu", "name": "Thử"})
    assert answer.status_code == 400
    assert "code" in answer.context["form"].errors
    assert 'value="Thử"' in answer.content.decode()
    for body, field in (
        ({"code": "23", "start_month": "7"}, "code"),
        ({"code": "2023", "start_month": "13"}, "start_month"),
        ({"code": "2023", "start_month": "7"}, "__all__"),  # no communes yet
    ):
        answer = browser.post("/setup/year/", body)
        assert answer.status_code == 400
        assert field in answer.context["form"].errors, body
    answer = browser.post("/setup/people/", {"username": "quantri", "role": "boss"})
    assert {"role"} <= set(answer.context["form"].errors)
    assert browser.post("/setup/communes/", {}).status_code == 400
    assert browser.post("/setup/communes/", {"unit": "99999-never"}).status_code == 400
    assert browser.get("/setup/nothing/").status_code == 404
    assert browser.get("/setup/communes/?when=x&province=y&district=z&q=\u202e").status_code == 200


def test_a_year_may_not_share_days_with_another(admin):
    places.adopt(actor=admin, keys=["03577-before"])
    services.start_year(actor=admin, code="2023", start_month=7)
    with pytest.raises(ValidationError, match="01/07/2022"):
        services.start_year(actor=admin, code="2022", start_month=1)
    with pytest.raises(ValidationError):
        services.start_year(actor=admin, code="2023", start_month=1)
    services.start_year(actor=admin, code="2024", start_month=7)


def test_everything_can_be_undone_while_nothing_hangs_on_it(browser):
    admin = User.objects.get()
    places.adopt(actor=admin, keys=["03577-before"])
    services.start_year(actor=admin, code="2023")
    program = settings.programs.create(actor=admin, code="GBV", name="Một", name_en="")
    year, commune = FiscalYear.objects.get(), Commune.objects.in_area().get(valid_from=ALWAYS)
    browser.post(f"/setup/programmes/{program.pk}/remove/")
    browser.post(f"/setup/year/{year.pk}/remove/")
    browser.post(f"/setup/communes/{commune.pk}/leave/")
    assert not Program.objects.exists()
    assert not FiscalYear.objects.exists()
    assert not Period.objects.exists()
    assert not Commune.objects.in_area().filter(pk=commune.pk).exists()
    last = Program.history.latest("history_id")
    assert (last.history_type, last.history_user) == ("-", admin)


def test_what_is_in_use_stays(cast, client):
    make.posted(1_000_000)
    client.force_login(cast.quantri)
    program, year, commune = make.program("GBV"), make.year(), make.commune()
    for call in (
        lambda: settings.remove_program(actor=cast.quantri, row=program),
        lambda: services.remove_year(actor=cast.quantri, row=year),
        lambda: places.leave_out(actor=cast.quantri, commune=commune),
    ):
        with pytest.raises(Conflict):
            call()
    answer = client.post(f"/setup/year/{year.pk}/remove/", follow=True)
    assert "đã có số liệu nên giữ lại" in answer.content.decode()
    assert year.periods.count() == make.year("2022").periods.count()


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ADMIN])
def test_only_an_administrator_sets_up(db, role):
    person = make.somebody(role)
    for call in (
        lambda: places.adopt(actor=person, keys=["03577-before"]),
        lambda: places.name_area(actor=person, name="Phong Thổ", level="huyện"),
        lambda: services.start_year(actor=person, code="2030"),
        lambda: settings.remove_program(actor=person, row=make.program()),
    ):
        with pytest.raises(PermissionDenied):
            call()


def test_documents_say_what_the_area_was_called_in_their_year(reference):
    before, since = area_of_year(make.year("2023")), area_of_year(make.year("2026"))
    assert (before["said"], before["full_name"]) == ("Huyện Phong Thổ", "Huyện Phong Thổ")
    assert (since["said"], since["full_name"]) == ("Vùng dự án Phong Thổ", "Vùng dự án Phong Thổ")
    assert str(area_on(date(2025, 6, 30))) == "Huyện Phong Thổ"


def test_the_catalogue_holds_every_commune_of_both_times():
    communes = [u for u in catalogue.units().values() if u.level == "commune"]
    assert len([u for u in communes if u.valid_to]) > 10_000
    assert len([u for u in communes if not u.valid_to]) == 3321
    assert len(catalogue.provinces(catalogue.SINCE)) == 34
    assert len(catalogue.provinces(catalogue.BEFORE)) == 63
    names = [unit.name for unit in catalogue.communes(catalogue.BEFORE, PHONG_THO)]
    assert names.index("Bản Lang") < names.index("Dào San") < names.index("Hoang Thèn")


def test_of_more_communes_than_a_page_takes_it_says_how_many_and_how_to_find_them(
    browser, monkeypatch
):
    look = f"/setup/communes/?when=before&province={LAI_CHAU}&district={PHONG_THO}"
    whole = browser.get(look).context
    assert whole["cut"] == ""
    monkeypatch.setattr("programs.setup.views.COMMUNES_SHOWN", 2)
    page = browser.get(look)
    assert len(page.context["lines"]) == 2
    assert str(len(whole["lines"])) in page.context["cut"]
    assert page.context["cut"] in page.content.decode()
