"""Every text is translated and compiled, and no Vietnamese screen has English left in it."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from scripts import messages
from tests import factories

pytestmark = pytest.mark.any_database

# English words that are no Vietnamese words, too (as "in", "no", "to", "an", "do" are).
ENGLISH = re.compile(
    r"\b(the|and|of|for|with|from|not|this|that|is|are|your|by|save|delete|edit|search|submit|"
    r"was|were|has|have|or|at|on|as|all|new|show|next|back|more|than|please|must|should)\b",
    re.IGNORECASE,
)
SPOKEN = ("aria-label", "title", "placeholder", "alt", "value")
# Names and abbreviations that offices use as they are.
NAMES = re.compile(r"https?:\S+|English|Excel|Champions of Change|of \d")


class Words(HTMLParser):
    """What a page says: its text and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attributes):
        self.silent += tag in ("script", "style")
        values = dict(attributes)
        self.said += [
            values[name] for name in SPOKEN if values.get(name) and _is_spoken(tag, values, name)
        ]

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if data.strip() and not self.silent:
            self.said.append(" ".join(data.split()))


def _is_spoken(tag, values, name):
    return name != "value" or (tag == "input" and values.get("type") in ("submit", "button"))


def said_by(html: str) -> list[str]:
    words = Words()
    words.feed(html)
    return words.said


def english_in(html: str) -> list[str]:
    return [text for text in said_by(html) if ENGLISH.search(NAMES.sub("", text))]


def plain_pages() -> list[str]:
    """The addresses of all pages that need nothing but the address."""
    found: list[str] = []

    def walk(patterns, prefix):
        for entry in patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                walk(entry.url_patterns, route)
            elif isinstance(entry, URLPattern) and not re.search(r"[<(^$\\]", route):
                found.append("/" + route)

    walk(get_resolver().url_patterns, "")
    elsewhere = ("/api/", "/admin/", "/static/", "/media/")
    return sorted(address for address in set(found) if not address.startswith(elsewhere))


def test_every_text_is_translated_and_compiled(capsys):
    assert messages.main(["--check"]) == 0, capsys.readouterr().out


def test_the_extraction_finds_what_django_marks():
    python = (
        'from django.utils.translation import gettext_lazy as _\n_("One " "two")\nprint("no")\n'
    )
    assert [t.msgid for t in messages.in_python(python, "x.py")] == ["One two"]
    template = (
        '{% load i18n %}{% translate "Three" %}'
        "{% blocktranslate %}Four {{ n }}{% endblocktranslate %}"
    )
    assert [t.msgid for t in messages.in_template(template, "x.html")] == ["Three", "Four %(n)s"]


def test_a_lost_placeholder_is_noticed():
    entry = messages.polib.POEntry(msgid="%(count)s rows of %(year)s", msgstr="%(count)s dòng")
    assert not messages._same_placeholders(entry, entry.msgstr)


def test_english_is_noticed():
    assert english_in("<p>Save the plan</p>") == ["Save the plan"]
    assert english_in('<button aria-label="Delete">x</button>') == ["Delete"]
    assert english_in("<p>Kế hoạch giao đầu năm</p><script>the</script>") == []


@pytest.fixture
def year_with_everything(cast):
    factories.plan(factories.line("GBV-01", amounts={1: 5_000_000, 3: 4_000_000}))
    factories.posted(6_000_000)
    factories.submitted(1_000_000)
    factories.training()
    return cast


def test_no_english_is_left_on_a_vietnamese_screen(client, year_with_everything):
    left = {}
    opened = 0
    for person in (year_with_everything.quanly, year_with_everything.dieuphoi):
        client.force_login(person)
        for address in plain_pages():
            response = client.get(address)
            if response.status_code == 200 and "html" in response.get("Content-Type", ""):
                opened += 1
                if english := english_in(response.content.decode()):
                    left[address] = english
    assert opened >= 2
    assert left == {}
