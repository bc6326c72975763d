"""Every refusal says by a code which case it is, and docs/api.md lists the codes there are.

It walks over the code: a `ValidationError`, and a sentence put into `errors` or given to `wrong()`,
has a code (`coded`, `said`, `refused`, or the error's own), and so has every constraint of a
record. The list in docs/api.md is what is found; the test prints it.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import UniqueConstraint

from core.api.base import error_detail
from core.values.said import coded
from tests.factories import BAN_LANG, api

ROOT = Path(__file__).parent.parent
APPS = (
    *("accounts", "communes", "core", "disbursements", "imports", "monitoring"),
    *("plan_portal", "programs", "reports", "tasks", "trainings"),
)
WORDS = {"_", "_now", "gettext", "gettext_lazy", "ngettext"}
NOT_FOUND = "NotThere"  # a 404 says so
CODED = {
    "coded": (0, 2),
    "coded_detail": (1, 2),
    "refused": (1, 3),
}  # which argument the code is, of how many
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LISTED = re.compile(r"<!-- codes -->\n(.*?)<!-- end -->", re.S)


@cache
def modules():
    paths = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    return [
        (path.relative_to(ROOT), ast.parse(path.read_text("utf-8")))
        for path in paths
        if not {"tests", "migrations"} & {*path.parts}
    ]


def called(node):
    """What a call calls, by its last name."""
    target = getattr(node, "func", None)
    return getattr(target, "attr", getattr(target, "id", ""))


def code_of(call):
    """The code that a call gives; None where it gives none."""
    name, arguments = called(call), {k.arg: k.value for k in call.keywords}
    if name in CODED:
        place, count = CODED[name]
        return call.args[place] if len(call.args) == count else None
    if name.endswith("Constraint"):
        return arguments.get("violation_error_code")
    if name.endswith(("ValidationError", "Conflict")):
        return arguments.get("code") or (call.args[1] if len(call.args) > 1 else None)
    return None


def is_sentence(node):
    return any(called(each) in WORDS for each in ast.walk(node))


def without_code(value, words):
    """The sentences in a value that say no code; `words` are those that a variable holds."""
    if isinstance(value, ast.Call) and (code_of(value) is not None or called(value) == NOT_FOUND):
        return
    if isinstance(value, ast.DictComp | ast.ListComp):
        parts = [getattr(value, "value", None) or value.elt]
    else:
        parts = getattr(value, "values", None) or getattr(value, "elts", None)
    if isinstance(parts, list):  # of a dictionary, a list, `errors or {…}`
        for part in parts:
            yield from without_code(part, words)
    elif is_sentence(value) or {n.id for n in ast.walk(value) if isinstance(n, ast.Name)} & words:
        yield value


def refusals(tree):
    """Each value that a refusal is made of, with the variables that hold sentences there."""
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.Module)):
        nodes = [*ast.walk(function)] if isinstance(function, ast.FunctionDef) else function.body
        sets = [n for n in nodes if isinstance(n, ast.Assign)]
        words = {
            target.id
            for each in sets
            for target in each.targets
            if isinstance(target, ast.Name)
            and not (isinstance(each.value, ast.Call) and code_of(each.value) is not None)
            and [*without_code(each.value, set())]
        }
        for node in nodes:
            if called(node).endswith("ValidationError") and node.args and code_of(node) is None:
                yield node.args[0], words
            if called(node) == "wrong" and len(node.args) > 1:  # of a `Reader`
                yield node.args[1], words
        for each in sets:
            place = each.targets[0]
            if isinstance(place, ast.Subscript) and ast.unparse(place.value).endswith("errors"):
                yield each.value, words


def test_every_refusal_has_a_code():
    found = {
        f"{path}:{value.lineno} {ast.unparse(value)[:80]}"
        for path, tree in modules()
        for refused, words in refusals(tree)
        for value in without_code(refused, words)
    }
    assert sorted(found) == []


@cache
def codes():
    """Every code that the code names, but for those of warnings and of workbooks' rows."""
    found = set()
    for _path, tree in modules():
        for node in ast.walk(tree):
            code = code_of(node) if isinstance(node, ast.Call) else None
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                found.add(code.value)
    return found


def test_every_constraint_has_a_code():
    """A record's `full_clean()` refuses by them; of a plain UNIQUE Django says `unique`."""
    wanting = {
        constraint.name
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in APPS
        for constraint in model._meta.constraints
        if not constraint.violation_error_code and not says_unique(constraint)
    }
    assert sorted(wanting) == []


def says_unique(constraint):
    return (
        isinstance(constraint, UniqueConstraint)
        and bool(constraint.fields)
        and constraint.condition is None
        and constraint.violation_error_message == constraint.default_violation_error_message
    )


def test_codes_are_short_words():
    assert [code for code in codes() if not CODE.fullmatch(code) or len(code) > 24] == []


def test_the_codes_are_listed_in_docs_api():
    listed = LISTED.search((ROOT / "docs" / "api.md").read_text("utf-8"))
    there = set(re.findall(r"`(\w+)`", listed[1]))
    now = ", ".join(f"`{code}`" for code in sorted(codes()))
    assert there == codes(), f"\nThe list is now:\n{now}"


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n raise ValidationError({'a': _('Say why.')})",
        "def f():\n raise ValidationError(_('Say why.'))",
        "def f():\n text = _('%(n)d')\n raise ValidationError({'a': [text % n]})",
        "def f():\n errors['a'] = _('Say why.')",
        "def f():\n self.wrong('a', _('Say why.'))",
    ],
)
def test_control_what_has_no_code_is_found(source):
    [(refused, words)] = refusals(ast.parse(source))
    assert [*without_code(refused, words)]


def test_a_service_s_sentence_brings_its_code_to_the_api():
    from django.core.exceptions import ValidationError

    refused = ValidationError({"reason": coded("reason_needed", "Say why."), "day": "no"})
    detail = error_detail(refused)
    assert detail["reason"][0].code == "reason_needed"
    assert detail["day"][0].code == "invalid"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "field", "code"),
    [
        ("disbursements/?program=XYZ", "program", "does_not_exist"),
        ("disbursements/?status=lost", "status", "invalid_choice"),
        ("disbursements/?date_from=2023-01-31&date_to=2023-01-01", "date_to", "wrong_order"),
        ("communes.geojson?updated_since=x", "updated_since", "unknown_parameter"),
        ("summary/?fiscal_year=2023&speed=1", "speed", "unknown_parameter"),
        ("summary/?fiscal_year=1999", "fiscal_year", "does_not_exist"),
        ("summary/?from=2023-01-01", "to", "required"),
        ("reports/statement.docx?fiscal_year=2023", "fund", "required"),
        ("disbursements/?program=%00", "program", "null_characters"),
    ],
)
def test_a_parameter_that_is_wrong_says_which_case(cast, address, field, code):
    accepts = {"Accept": "application/problem+json"}
    refused = api(cast.bdh).get(f"/api/v1/{address}", headers=accepts)
    [said] = [each for each in refused.json()["errors"] if each["field"] == field]
    assert (refused.status_code, said["code"]) == (400, code)


@pytest.mark.django_db
def test_a_constraint_and_each_row_of_many_say_which_case(cast):
    client, head = api(cast.dieuphoi), {"headers": {"Accept": "application/problem+json"}}
    people = {"program": "GBV", "commune": BAN_LANG, "fiscal_year": "2023", "kind": "vocational"}
    refused = client.post("/api/v1/referrals/", {**people, "people": 5, "female": 6}, **head)
    assert [each["code"] for each in refused.json()["errors"]] == ["part_above_total"]
    refused = client.post("/api/v1/disbursements/submit/", {"ids": [999_999]}, **head).json()
    assert {"field": "rows.1.detail", "code": "not_found"}.items() <= refused["errors"][0].items()
