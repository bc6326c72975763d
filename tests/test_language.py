"""No screen, letter, refusal or document speaks two languages."""

from collections.abc import Set
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db.models import CharField, TextField
from django.test import Client
from django.utils.translation import override

from accounts.letters import tell_old_address
from accounts.mail import invitation, reset
from accounts.models import ApiToken, User
from accounts.services import create_token
from communes import catalogue
from core.values.text import sort_key
from tests import factories as make
from tests import pages
from tests.test_access import operations
from tests.test_messages import said_by
from tests.words import english_words, is_english, is_vietnamese_of_ours
from tests.work_off import work_off

pytestmark = pytest.mark.any_database

APPS = "accounts communes programs trainings disbursements monitoring imports reports".split()


def stored() -> frozenset[str]:
    """Every text that people entered, and the names of all units: data, in whatever language."""
    found = {unit.name for unit in catalogue.units().values()}
    found |= {unit.full_name for unit in catalogue.units().values()}
    for model in apps.get_models():
        if model._meta.app_label in APPS:
            for field in model._meta.concrete_fields:
                if isinstance(field, CharField | TextField) and not field.choices:
                    texts = model._base_manager.order_by().values_list(field.name, flat=True)
                    found |= set(texts.distinct())
    return frozenset(text for text in found if text)


class Left(HTMLParser):
    """A page without what is marked as another language (`lang=`), and without code."""

    SILENT = ("script", "style", "code", "pre")
    EMPTY = ("input", "img", "br", "hr", "meta", "link", "use", "path", "rect", "circle", "line")

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.kept, self.deep = language, "", 0

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        other = values.get("lang", self.language) != self.language
        if tag not in self.EMPTY and (self.deep or other or tag in self.SILENT):
            self.deep += 1
        elif not self.deep:
            self.kept += self.get_starttag_text() or ""

    def handle_endtag(self, tag):
        if self.deep and tag not in self.EMPTY:
            self.deep -= 1

    def handle_data(self, data):
        if not self.deep:
            self.kept += data.replace("<", "‹")


def texts_of(html: str, language: str) -> list[str]:
    page = Left(language)
    page.feed(html)
    return said_by(page.kept)


def left_in(html: str, language: str, data: Set[str] = frozenset()) -> set[str]:
    """The texts of a page that are in the other language and no data."""
    wrong = is_english if language == "vi" else is_vietnamese_of_ours
    texts = (text for text in texts_of(html, language) if wrong(text))
    return {text for text in texts if not {*text.split(" · ")} <= data and text not in data}


def test_english_and_vietnamese_are_told_apart():
    assert {"submitted", "the", "disbursement", "remaining"} <= english_words()
    assert left_in("<p>Save the plan</p><p lang='en'>Next</p><b>Kế hoạch</b>", "vi") == {
        "Save the plan"
    }
    assert left_in('<button aria-label="Delete">x</button>', "vi") == {"Delete"}
    assert left_in("<p>Giải ngân</p><td>Xã Bản Lang</td><p>Tìm thấy 3</p>", "en") >= {"Giải ngân"}


@pytest.mark.any_database
def test_no_page_has_the_other_language_left_in_it(cast):
    pages.scene(cast)
    # Records by those who act on them; the rest once by each who sees something else there.
    people = (cast.dieuphoi, cast.bdh, cast.quantri, cast.quanly, cast.truongban, None)
    data, addresses = stored(), pages.addresses()
    # To whom a page looks different is found out in one language and true of the other.
    to_open = dict.fromkeys(addresses, people)
    for language in ("vi", "en"):
        User.objects.update(language=language)
        walk = pages.Walk(people, language)
        left: dict[str, set[str]] = {}
        opened = {}
        for address, by in to_open.items():
            opened[address] = []
            for person, html in _different(walk, address, by):
                opened[address].append(person)
                if found := left_in(html, language, data):
                    left.setdefault(address, set()).update(found)
        assert left == {}, language
        assert sum(map(len, opened.values())) > 150
        to_open = opened


def _different(walk: pages.Walk, address: str, people):
    """(person, page) of each to whom the address looks different; a list or a form looks the same
    to all but for its buttons."""
    shapes: set[frozenset[str]] = set()
    for person, html in walk.opened(address, people):
        if (shape := pages.shape(html)) not in shapes:
            shapes.add(shape)
            yield person, html
            if not any(character.isdigit() for character in address):
                return


@pytest.mark.any_database
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_letter_has_the_other_language_left_in_it(cast, language, settings):
    make.submitted(1_000_000)
    User.objects.update(language=language, email="ai@example.org", digest=True)
    person = User.objects.get(username="quanly")
    letters = [invitation(person, cast.quantri), reset(person)]
    create_token(user=person, name="BC-2023", days=20)
    ApiToken.objects.update(warned_days=None)
    with override("en" if language == "vi" else "vi"):  # whatever the sender reads
        tell_old_address(person, "cu@example.org")
        call_command("send_digest", verbosity=0)
        work_off()
    letters += mail.outbox
    assert len(letters) >= 6
    for letter in letters:
        for text in (letter.subject, *letter.body.splitlines()):
            wrong = is_english if language == "vi" else is_vietnamese_of_ours
            assert not wrong(text), text
    if language == "en":
        assert "waiting" in " ".join(letter.subject for letter in letters).lower()


def _sentences(body) -> list[str]:
    if isinstance(body, dict):
        return [text for key, value in body.items() if key != "code" for text in _sentences(value)]
    if isinstance(body, list):
        return [text for value in body for text in _sentences(value)]
    return [body] if isinstance(body, str) else []


@pytest.mark.any_database
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_refusal_of_the_api_has_the_other_language_left_in_it(cast, language):
    """Empty bodies and bodies of nonsense, by those who may write and by who may not."""
    left, refusals = set(), 0
    nonsense = {"date": "hôm qua", "amount": "nhiều", "commune": "99999", "program": "XXX"}
    nonsense |= {"fiscal_year": "1066", "start": "32/13/2022", "female": -1, "kind": "?"}
    asked = [(cast.dieuphoi, ({}, nonsense)), (cast.bdh, (nonsense,)), (cast.khach, ({},))]
    for person, bodies in asked:
        client = make.api(person)
        client.credentials(**client._credentials, HTTP_ACCEPT_LANGUAGE=language)
        for method, path in operations():
            address = path.replace("{id}", "999999").replace("{kind}", "annual")
            address = address.replace("{extension}", "xlsx")
            for body in bodies:
                if method == "GET":
                    answer = client.get(address, body)
                else:
                    answer = getattr(client, method.lower())(address, body, format="json")
                if answer.status_code < 400 or not hasattr(answer, "json"):
                    continue
                refusals += 1
                wrong = is_english if language == "vi" else is_vietnamese_of_ours
                left |= {(path, text) for text in _sentences(answer.json()) if wrong(text)}
    assert refusals > 300
    assert left == set()


def test_names_are_sorted_as_vietnamese_dictionaries_do(cast):
    names = ["Đông", "Dào San", "Ẳng", "Ăn", "An", "Ân", "Bản Lang", "Êa", "Em", "Ơn", "Ôn", "On"]
    expected = [
        "An",
        "Ăn",
        "Ẳng",
        "Ân",
        "Bản Lang",
        "Dào San",
        "Đông",
        "Em",
        "Êa",
        "On",
        "Ôn",
        "Ơn",
    ]
    assert sorted(names, key=sort_key) == expected
    for name in names:
        make.activity(f"GBV-{len(name)}{ord(name[0])}", title=name)
        make.fund(f"F{ord(name[0])}{len(name)}", name=name)
    client = Client()
    client.force_login(cast.quantri)
    listed = client.get("/funds/").content.decode()
    places = [listed.index(f">{name}<") for name in expected]
    assert places == sorted(places)
