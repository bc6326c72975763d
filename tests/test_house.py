"""The house: core knows no app, not by imports (import-linter) and not by words; a template has one
element to a line."""

import ast
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.urls import get_resolver

OURS = ("accounts", "communes", "programs", "trainings", "disbursements", "monitoring", "imports")
# What scope is said in, and who acts: words that every layer shares.
SHARED = {"user", "program", "commune", "fiscalyear"}
# Words of every day, which some model or page has for its name, too.
PLAIN = set(
    "group groups period setup trail tokens results actual idempotencykey target waiting offline "
    "design manifest serviceworker login logout file present attachment upload letter "
    "letters".split()
)
CODE = [p for p in Path(settings.BASE_DIR, "core").rglob("*.py") if "tests" not in p.parts]


def words(path):
    """The names and texts of a file, without its docstrings: as models are called, in one word."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def folded(word):
    return word.replace("_", "").replace("-", "").lower()


def test_core_names_no_model_and_no_page_of_an_app():
    models = {m._meta.model_name for app in OURS for m in apps.get_app_config(app).get_models()}
    pages = {folded(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    known = {*models, *pages, *OURS} - SHARED - PLAIN
    found = {(p.name, word) for p in CODE for word in words(p) if folded(word) in known}
    assert found == set()


def test_a_template_has_one_element_to_a_line():
    """2 % at most are longer than a screen is wide: mostly a sentence, which no tag may break."""
    files = Path(settings.BASE_DIR, "templates").rglob("*.html")
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    long = [line.strip()[:100] for line in lines if len(line) > 160]
    assert len(long) <= len(lines) * 0.02, f"{len(long)} of {len(lines)}:\n" + "\n".join(long)
