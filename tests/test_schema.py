"""The API's schema is complete and true: generated without a warning, then held against the API.

`make drill-api` sends many more requests (DRILL_EXAMPLES).
"""

import json
import os
import re
from contextlib import suppress
from datetime import date

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import FlakyStrategyDefinition, Unsatisfiable
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from schemathesis.generation import GenerationMode

from accounts.services import create_token
from monitoring.models import Meeting
from plan_portal.api import SchemaView, router
from programs.models import Agreement
from tests import drill
from tests.factories import api, draft_plan, line, year
from tests.one_of_each import one_of_each, papers

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.getenv("DRILL_EXAMPLES", "1"))
IN_FULL = EXAMPLES >= 10
ROLES: tuple[str, ...] = ("dieuphoi", "bdh", "khach")
if connection.vendor != "sqlite":
    ROLES = ("dieuphoi",)  # who may is Python's affair
PARTS: tuple[str, ...] = ("",)  # of the addresses: all at once, or each resource on its own
if IN_FULL:
    ROLES += ("quanly", "truongban", "xa_banlang", "dieuphoi_gbv", "quantri")
    PARTS = (
        *(prefix for prefix, _view, _name in router.registry),
        *("summary", "reports", "variances", "trail", "tokens", "go-live", "hand-over"),
    )


PLAIN = ("string", "integer", "number", "boolean")


@pytest.fixture(scope="module")
def document():
    GENERATOR_STATS.reset()
    return SchemaGenerator().get_schema(request=None, public=True)


def test_the_schema_is_generated_without_a_warning(document):
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache
    validate(document)


def test_every_component_is_used(document):
    text = json.dumps(document, default=str)
    parts = [(kind, name) for kind, found in document["components"].items() for name in found]
    unused = [f"{kind}/{name}" for kind, name in parts if f'components/{kind}/{name}"' not in text]
    assert unused == ["securitySchemes/token"]  # named by every operation, without a reference


def test_every_operation_says_what_can_go_wrong_and_how_to_sign_in(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            wanted = {"400", "401", "403", "404", "406", "429"}
            wanted |= {"304"} if method == "get" else {"409", "415"}
            assert wanted <= set(operation["responses"]), (method, path)
            assert {"token": []} in operation["security"], (method, path)
            for parameter in operation.get("parameters", []):
                assert parameter.get("description"), (method, path, parameter["name"])


def test_what_a_parameter_means_is_told_to_who_asks(document):
    told = {
        parameter["description"]
        for operations in document["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", [])
    }
    assert not [text for text in told if re.search("field_name|lookup|search_key|folded", text)]


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
    wrong, shown = [], 0
    for path, method, media in _contents(document):
        whole = {**_plain(media["schema"]), "components": components}
        for each in media.get("examples", {}).values():
            errors = Draft202012Validator(whole).iter_errors(each["value"])
            wrong += [f"{method} {path} {[*error.path]}: {error.message}" for error in errors]
            shown += 1
    assert not wrong, "\n".join(wrong)
    assert shown > 70


def _contents(document):
    """Every body that is sent or answered, with the operation that it is of."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
                for media in holder.get("content", {}).values():
                    yield path, method, media


def test_an_answer_has_one_type(document):
    """So that a generated client has one: no list is now of records and now of their parts, no
    answer now JSON and now a table, and an id is a number wherever it stands."""
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", []):
                if parameter["name"] == "id":
                    assert parameter["schema"]["type"] == "integer", path
                assert not re.search("[\t\n]", str(parameter["schema"].get("enum"))), path
            content = operation["responses"].get("200", {}).get("content", {})
            if "application/json" in content:
                assert [*content] == ["application/json"], (method, path)
                assert [*content["application/json"]["schema"]] == ["$ref"], (method, path)
    for name, schema in schemas.items():
        if name.startswith("Paginated"):
            assert [*schema["properties"]["results"]["items"]] == ["$ref"], name


def test_no_record_or_list_stands_in_a_component_of_its_own_name(document):
    """A client generated for Python calls both by one name, and does not compile."""
    for name, schema in document["components"]["schemas"].items():
        own = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        found = schema.get("properties", {}).get(own, {"type": "string"})
        assert found.get("type") in PLAIN and "enum" not in str(found), name


def test_every_operation_has_a_summary_and_a_tag_that_is_told(document):
    tags = {tag["name"] for tag in document["tags"] if tag["description"]}
    seen = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"].strip(), (method, path)
            assert set(operation["tags"]) <= tags, (method, path)
            seen.add((operation["summary"], method, path.split("/")[3]))
    assert len(seen) == sum(map(len, document["paths"].values()))


def test_the_schema_names_the_portal_that_gives_it(client):
    document = client.get("/api/v1/schema/?format=json", HTTP_HOST="localhost:8123").json()
    assert [each["url"] for each in document["servers"]] == ["http://localhost:8123"]


def test_the_schema_is_told_in_one_language(client):
    texts = {
        client.get("/api/v1/schema/?format=json", headers={"Accept-Language": each}).content
        for each in ("vi", "en")
    }
    assert len(texts) == 1


def test_the_schema_is_made_once_and_not_sent_again(client, monkeypatch):
    monkeypatch.setattr(SchemaView, "made", {})
    made = []
    monkeypatch.setattr(
        SchemaGenerator, "get_schema", lambda *_args, **_more: made.append(1) or {"a": 1}
    )
    ask = "/api/v1/schema/?format=json"
    first = client.get(ask, headers={"Accept-Language": "vi"})
    again = client.get(ask, headers={"If-None-Match": first["ETag"]})
    assert (first.json(), again.status_code, again.content) == ({"a": 1}, 304, b"")
    elsewhere = client.get(ask, headers={"Host": "127.0.0.1"})
    assert (elsewhere.status_code, len(made)) == (200, 2)


@pytest.fixture
def people(cast, settings):
    """Who sends generated requests: the headers of each role, and records that they may meet."""
    settings.API_RATES = dict.fromkeys(settings.API_RATES, 10**9)
    one_of_each(cast)
    papers(cast)
    draft_plan(line("GBV-02"))
    before = {"title": "Hội nghị đầu năm", "kind": "annual_review", "date": "2022-08-02"}
    came = {"attendance": [{"body": "Đoàn Thanh niên", "people": 2}]}
    assert api(cast.bdh).post("/api/v1/meetings/", {**before, **came}).status_code == 201
    Meeting.objects.update(conclusions=drill.CONCLUSION, fiscal_year=year("2023"))
    Agreement.objects.update(signed_date=date(2023, 8, 31))
    tokens = {role: create_token(user=getattr(cast, role))[1] for role in ROLES}
    for signal in (request_started, request_finished):  # the connection is the test's, not theirs
        signal.disconnect(close_old_connections)
    plain = {"Accept-Encoding": "identity"}  # schemathesis reads compressed answers of no WSGI app
    yield {role: {"Authorization": f"Token {text}", **plain} for role, text in tokens.items()}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("part", PARTS)
def test_the_api_answers_as_its_schema_says(people, document, part, mode):
    """Generated requests, right and wrong: never a 5xx, nothing that the schema does not allow."""
    schema = schemathesis.openapi.from_dict(document)
    schema.app = WSGIHandler()  # plan_portal.wsgi begins a server's clock and tasks besides
    schema.config.generation.allow_x00 = False  # refused everywhere; no schema could say so
    found = []
    for result in schema.get_all_operations():
        operation = result.ok()
        if part in ("", operation.path.split("/")[3]):
            found += _drill(operation, people, GenerationMode(mode))
    assert not found, f"{len(found)} wrong\n\n" + "\n\n".join(found)


def _drill(operation, people, mode):
    """What is wrong with one operation, as texts: for each role and kind of failure, the first."""
    found = {}

    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=not IN_FULL,
    )
    def send(case):
        for who, error in drill.failures(case, people):
            for each in getattr(error, "exceptions", [error]):
                found.setdefault(type(each), f"{operation.label} as {who}: {error}")

    try:
        send()
    except Unsatisfiable:  # nothing can be wrong with a request that has nothing in it
        return []
    return list(found.values())


STORIES = EXAMPLES * 2 if IN_FULL else 5
DELETED = [name for name, view, _name in router.registry if hasattr(view, "perform_destroy")]
OF_THE_BOARD = ("proposal-criteria", "indicator-targets", "indicator-actuals")
# A request that follows others may be refused (another of the same name is there).
OF_STORIES = [
    drill.CHECKS.get_one(name)
    for name in (
        *("not_a_server_error", "status_code_conformance"),
        *("content_type_conformance", "response_schema_conformance"),
    )
]


@pytest.mark.slow
@pytest.mark.parametrize("part", DELETED if IN_FULL else ["cost-links"])
def test_requests_that_follow_each_other_fit_together(people, document, part):
    """What one answer gives (an id, a version) goes into the next request: what was made can be
    read, what was deleted is there for nothing any more."""
    schema = schemathesis.openapi.from_dict(document)
    schema.app = WSGIHandler()
    schema.config.generation.allow_x00 = False
    of_part = schema.include(path_regex=f"^/api/v1/{part}/")
    who = "bdh" if part in OF_THE_BOARD else "dieuphoi"
    begun = []

    class Story(of_part.as_state_machine()):
        def setup(self):
            self.told = set()  # ids that an answer had: requests about them are about them
            self.gone = set()
            begun.append(transaction.atomic())
            begun[-1].__enter__()

        def teardown(self):
            transaction.set_rollback(True)  # each story meets the same records
            begun[-1].__exit__(None, None, None)

        def before_call(self, case):
            asked = str((case.path_parameters or {}).get("id"))
            drill.settle(case)
            if asked in self.told:
                case.path_parameters["id"] = asked

        def after_call(self, response, case):
            self.told.update(re.findall(r'"id":(\d+)', response.text))

        def get_call_kwargs(self, case):
            return {"headers": people[who]}

        def validate_response(self, response, case, **more):
            case.validate_response(response, checks=OF_STORIES, transport_kwargs=more)
            about = (case.path_parameters or {}).get("id")
            if about in self.gone:
                assert response.status_code >= 400, f"{case.operation.label} after it was deleted"
            elif case.method == "DELETE" and response.status_code == 204:
                self.gone.add(about)
            elif case.method == "GET" and about in self.told:
                assert response.status_code < 404, f"{case.operation.label} after an answer had it"

    while len(begun) < STORIES:
        # Hypothesis gives up where a story that it tells again goes on otherwise: with another one.
        with suppress(FlakyStrategyDefinition):
            Story.run(
                settings=hypothesis_settings(
                    max_examples=STORIES - len(begun),
                    stateful_step_count=8,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                    database=None,
                    deadline=None,
                    derandomize=not IN_FULL,
                )
            )
            break
