"""The trail's sentences are in the language of whoever reads it, also those with blanks."""

import ast
from pathlib import Path

import pytest
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.pages.history import in_this_language, trail_of
from disbursements.ledger import services as ledger
from reports.trail_words import ENDINGS, SENTENCES
from tests import factories as make

APPS = ("accounts", "communes", "core", "disbursements", "imports", "monitoring", "programs")
NAMES = ("why", "moved", "behalf")  # what is written into the trail, before it is
WRITERS = ("save_with_history", "record_history", "create_all", "_saved", "rewrite")


def blanks(text):
    """A value for each blank of a sentence."""
    with override("en"):
        return str(text) % dict.fromkeys(
            ("line before after amount source target reason file no what year day giver receiver "
             "name unit id who meeting points".split()), "GBV-01 · Bản Lang"
        )  # fmt: skip


@pytest.mark.parametrize("source", [*SENTENCES, *(f"posted, {ending}" for ending in ENDINGS)])
def test_what_was_written_in_one_language_is_read_in_the_other(source):
    done, _comma, ending = source.partition(", ") if source.startswith("posted") else (source,) * 3
    ending = "" if ending == source else ending
    said = {}
    for language in ("vi", "en"):
        with override(language):
            whole = _(done) + (f", {_(ending)}" if ending else "")
            said[language] = blanks(whole)
    for reader in ("vi", "en"):
        with override(reader):
            assert [in_this_language(text) for text in said.values()] == [said[reader]] * 2


@pytest.mark.parametrize("text", ["Sai số tiền, nhập lại", "Theo Quyết định 15, for nothing", ""])
def test_what_a_person_wrote_stays(text):
    for language in ("vi", "en"):
        with override(language):
            assert in_this_language(text) == text


def test_a_reversal_is_told_in_the_readers_language(cast):
    row = make.posted(5_000)
    with override("vi"):
        ledger.reverse(actor=cast.truongban, disbursement=row, reason="Hoàn ứng", amount=2_000)
    with override("en"):
        assert trail_of(row)[0].why == "reversed by 2.000 đồng"


def with_blanks():
    """The sentences with blanks that a source file writes into a trail."""
    root = Path(__file__).parent.parent
    for file in (path for app in APPS for path in (root / app).rglob("*.py")):
        if "tests" not in file.parts and "migrations" not in file.parts:
            yield from _in_file(ast.parse(file.read_text("utf-8")))


def _in_file(tree):
    for node in ast.walk(tree):
        for written in _written(node):
            yield from _sentences(written)


def _written(node):
    """What a call or an assignment writes into the trail."""
    if isinstance(node, ast.Assign):
        names = {getattr(target, "id", "") for target in node.targets}
        return [node.value] if names & {*NAMES} else []
    if not isinstance(node, ast.Call):
        return []
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name == "transition":
        return [key.value for key in node.keywords if key.arg == "why"]
    return node.args if name in WRITERS else []


def _sentences(node):
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and "%(" in each.value:
            yield each.value


def test_no_sentence_with_blanks_is_missing():
    assert set(with_blanks()) - {*SENTENCES, *ENDINGS} == set()
