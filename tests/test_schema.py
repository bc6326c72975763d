"""The API's schema is complete and true: generated without a warning, then held against the API.

`make drill-api` sends many more requests (DRILL_EXAMPLES).
"""

import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from jsonschema import Draft202012Validator
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from accounts.services import create_token
from plan_portal.wsgi import application
from tests.factories import draft, line, plan, posted, submitted, submitted_plan, training

pytestmark = pytest.mark.django_db
load_all_checks()

EXAMPLES = int(os.getenv("DRILL_EXAMPLES", "2"))
# A body may be right by its schema and wrong by the rules of the ledger, which no schema can say:
# a code that does not exist, a day in no fiscal year, both fiscal_year and from/to. Those are 400.
RULES = {"positive_data_acceptance"}
CHECKED = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in RULES]
ROLES: tuple[str, ...] = ("dieuphoi", "khach")
if "DRILL_EXAMPLES" in os.environ:
    ROLES = (*ROLES, "truongban", "quanly", "bdh", "xa_banlang", "quantri")


@pytest.fixture(scope="module")
def document():
    GENERATOR_STATS.reset()
    return SchemaGenerator().get_schema(request=None, public=True)


def test_the_schema_is_generated_without_a_warning(document):
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache
    validate_schema(document)


def test_every_operation_says_what_can_go_wrong_and_how_to_sign_in(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            wanted = {"400", "401", "403", "404", "406", "429"}
            wanted |= {"304"} if method == "get" else {"409", "415"}
            assert wanted <= set(operation["responses"]), (method, path)
            assert {"token": []} in operation["security"], (method, path)
            for parameter in operation.get("parameters", []):
                assert parameter.get("description"), (method, path, parameter["name"])


def _plain(schema):
    """OpenAPI 3.0 as JSON Schema: `nullable` said as a type of its own."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _plain(part) for name, part in schema.items() if name != "example"}
    if plain.pop("nullable", None) is True:
        return {"anyOf": [plain, {"type": "null"}]}
    return plain


def test_every_example_is_right_by_its_own_schema(document):
    components = {"schemas": _plain(document["components"]["schemas"])}
    wrong = []
    for name, schema in document["components"]["schemas"].items():
        if schema.get("type") == "object" and schema.get("properties"):
            whole = {"$ref": f"#/components/schemas/{name}", "components": components}
            errors = Draft202012Validator(whole).iter_errors(schema["example"])
            wrong += [f"{name} {list(error.path)}: {error.message}" for error in errors]
    for code, response in document["components"]["responses"].items():
        media = response["content"]["application/json"]
        whole = {**media["schema"], "components": components}
        errors = Draft202012Validator(whole).iter_errors(media["example"])
        wrong += [f"{code}: {error.message}" for error in errors]
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def something_of_everything(cast, settings):
    """Records that generated requests may meet."""
    settings.API_RATES = dict.fromkeys(settings.API_RATES, 10**9)
    for signal in (request_started, request_finished):  # the connection is the test's, not theirs
        signal.disconnect(close_old_connections)
    draft(5), submitted(7), posted(9)
    plan(line()), submitted_plan(line("GBV-02"))
    training()
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("role", ROLES)
def test_the_api_answers_as_its_schema_says(cast, something_of_everything, document, role, mode):
    """Generated requests, right and wrong: never a 5xx, nothing that the schema does not allow."""
    _token, text = create_token(user=getattr(cast, role))
    headers = {"Authorization": f"Token {text}"}
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    failures = []
    for result in schema.get_all_operations():
        failures += _drill(result.ok(), headers, GenerationMode(mode))
    assert not failures, "\n\n".join(failures)


def _drill(operation, headers, mode):
    """What is wrong with one operation, as texts."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=EXAMPLES < 50,
    )
    def send(case):
        case.call_and_validate(headers=headers, checks=CHECKED)

    try:
        send()
    except Unsatisfiable:  # nothing can be wrong with a request that has nothing in it
        return []
    except (Exception, BaseExceptionGroup) as error:
        return [f"{operation.label}: {error}"]
    return []
