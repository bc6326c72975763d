"""Every answer has exactly the fields that its schema says, and always those it calls required."""

import pytest
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from communes.models import Commune
from disbursements.models import UNSPECIFIED_FUND, Disbursement
from monitoring.models import ActionPoint, Meeting
from plan_portal.api import router
from tests.factories import BAN_LANG, api, draft, posted
from tests.one_of_each import one_of_each, papers

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


CUTS = {"summary": ["program,commune", "activity,fund", "quarter", "month", ""]}
CUTS["trainings/summary"] = ["program,commune", "activity,topic", "quarter", "month", ""]
SPANS = ("fiscal_year=2023", "from=2022-07-01&to=2023-06-30")
NOT_MET = {
    "Voucher",
    "Warning",
    "DisbursementRows",
    "PlanLineRows",
    "TrainingRows",
    "ManyProposals",
    "Explained",  # its rows are met
    "NewLink",  # a link with its address, which is shown once
    "Read",  # accounts/tests/notices/test_notices.py
    "ChangedRecord",  # reports/tests/test_changes.py
    *settings.SPECTACULAR_SETTINGS["APPEND_COMPONENTS"]["schemas"],
}
BESIDE = (  # of a record: what else is read of it
    "issued-reports/{id}/changes/",
    "issued-reports/{id}/figures/",
    "uploads/{id}/findings/",
    "uploads/{id}/reading/",
)
RATE = "currency=EUR&rate=26500&rate_source=Vietcombank&rate_day=2023-06-30"


def _addresses():
    """Every list, a record of each, every summary."""
    for name, _view, _base in router.registry:
        yield f"/api/v1/{name}/", f"/api/v1/{name}/?page_size=500"
    for name, cuts in CUTS.items():
        for cut in cuts:
            for span in SPANS:
                yield f"/api/v1/{name}/", f"/api/v1/{name}/?{span}&by={cut}"
    yield "/api/v1/variances/", "/api/v1/variances/?fiscal_year=2023"
    beside = "/api/v1/plan-beside-money/"
    yield beside, f"{beside}?fiscal_year=2023&as_of=2023-05-31"
    yield beside, f"{beside}?fiscal_year=2023"
    yield beside, f"{beside}?fiscal_year=2024"
    for name in ("proposals/ceilings", "go-live", "tokens", "trail"):
        yield f"/api/v1/{name}/", f"/api/v1/{name}/"
    yield "/api/v1/hand-over/", "/api/v1/hand-over/?person=dieuphoi"
    yield "/api/v1/changes/", "/api/v1/changes/"
    yield "/api/v1/my-data/", "/api/v1/my-data/"
    yield "/api/v1/communes.geojson", "/api/v1/communes.geojson"
    yield "/api/v1/search/", "/api/v1/search/?q=sat+lo"
    prepared = "/api/v1/reports/{kind}/draft/"
    yield prepared, f"{prepared.replace('{kind}', 'quarterly')}?fiscal_year=2023&quarter=4"
    for more in ("", f"&{RATE}"):
        at = "/api/v1/reports/statement.json"
        yield at, f"{at}?fiscal_year=2023&fund={UNSPECIFIED_FUND}{more}"
    steps = "/api/v1/months/{id}/steps/"
    month = Disbursement.objects.filter(status="draft").values_list("period", flat=True)[0]
    yield steps, steps.replace("{id}", str(month))
    ended = Commune.objects.get(code=BAN_LANG, successor__isnull=False)
    handed = "/api/v1/communes/{id}/handing-on/"
    yield handed, handed.replace("{id}", str(ended.pk))


def _objects(value, schema, schemas):
    """Each object in an answer, with the name of the component that describes it."""
    schema = schema.get("allOf", [schema])[0]
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    schema = schemas.get(name, schema)
    if "additionalProperties" in schema:  # a table: its keys are data
        parts = schema["additionalProperties"]
        for part in value.values() if "$ref" in parts else ():
            yield from _objects(part, parts, schemas)
        return
    if isinstance(value, dict):
        yield name, set(value)
        for each, part in value.items():
            yield from _objects(part, schema.get("properties", {}).get(each, {}), schemas)
    elif isinstance(value, list):
        for part in value:
            yield from _objects(part, schema.get("items", {}), schemas)


def _met(people, document):
    """The sets of fields with which each component was met, by its name."""
    schemas, met = document["components"]["schemas"], {}
    for path, address in _addresses():
        client = next(each for each in people if _shows(each.get(address)))
        answer = client.get(address).json()
        [content] = document["paths"][path]["get"]["responses"]["200"]["content"].values()
        for name, fields in _objects(answer, content["schema"], schemas):
            met.setdefault(name, []).append(fields)
        if f"{path}{{id}}/" in document["paths"]:
            record = f"{path}{_rows(answer)[0]['id']}/"
            more = [each for each in BESIDE if f"/api/v1/{each}".startswith(f"{path}{{id}}")]
            for tail in ("", *(each.partition("{id}/")[2] for each in more)):
                content = document["paths"][f"{path}{{id}}/{tail}"]["get"]["responses"]["200"]
                schema = content["content"]["application/json"]["schema"]
                for name, fields in _objects(client.get(record + tail).json(), schema, schemas):
                    met.setdefault(name, []).append(fields)
    return met


def _shows(answer):
    """Whether it is an answer with something in it, for who may see it."""
    if answer.status_code != 200:
        return False
    return bool(_rows(answer.json()))


def _rows(found):
    """Of a list its records, else all of the answer."""
    return found.get("results", found) if isinstance(found, dict) else found


def test_an_answer_has_the_fields_of_its_schema_and_always_those_required(cast, document):
    everything(cast)
    people = [api(person) for person in (cast.bdh, cast.dieuphoi, cast.quantri)]
    met = _met(people, document)
    schemas = document["components"]["schemas"]
    wrong = []
    for name, found in met.items():
        schema = schemas[name]
        if set.union(*found) != set(schema["properties"]):
            wrong.append(f"{name}: {set.union(*found) ^ set(schema['properties'])} is not met")
        if set.intersection(*found) != set(schema["required"]):
            wrong.append(f"{name}: {set.intersection(*found) ^ set(schema['required'])} required")
    answers = {
        name
        for name, schema in schemas.items()
        if "properties" in schema and not name.endswith("Request")
    }
    assert not wrong, "\n".join(wrong)
    assert set(met) == answers - NOT_MET


def everything(cast):
    """One of each, and what else an answer may hold: figures, members, counts, checks."""
    one_of_each(cast)
    papers(cast)
    ActionPoint.objects.update(meeting=Meeting.objects.get())
    draft(activity="GBV-02")  # nothing is planned for it: a remark
    posted(3_000_000)  # after the report was issued: a cause
    client = api(cast.bdh)
    said = client.post("/api/v1/variances/explain/", EXPLANATION)
    assert said.status_code == 200, said.content
    for name, body in PARTS.items():
        at = f"/api/v1/{name}/"
        record = client.get(at).json()["results"][0]
        changed = client.patch(f"{at}{record['id']}/", {"version": record["version"], **body})
        assert changed.status_code == 200, changed.content
    for name, body in ACTIONS.items():
        collection, action = name.split("/")
        at = f"/api/v1/{collection}/"
        record = client.get(at).json()["results"][0]
        done = [api(w).post(f"{at}{record['id']}/{action}/", body) for w in cast.everybody()]
        assert any(answer.status_code == 200 for answer in done), name


MEMBER = {"office": "Chủ tịch UBND xã", "role": "Trưởng ban", "name": "", "acting": False}
FIGURE = {"label": "Giải ngân", "measure": "disbursed", "value": 9, "unit": "đồng"}
PARTS = {
    "boards": {"members": [MEMBER]},
    "meetings": {
        "attendance": [{"body": "Đoàn Thanh niên", "people": 2}],
        "stated_figures": [{**FIGURE, "text": "9 đồng", "fiscal_year": "2023"}],
        "stated_outcomes": [{"program": "GBV", "text": "Hai câu lạc bộ"}],
    },
    "agreements": {"signed_date": "2023-01-15"},
}
EXPLANATION = {
    "fiscal_year": "2023",
    "quarter": 4,
    "about": [{"program": "GBV", "commune": BAN_LANG}],
    "cause": "timing",
    "text": "Lớp tập huấn lùi sang quý sau",
}
ACTIONS = {
    "agreements/amend": {"signed_date": "2023-06-30", "summary": "Kéo dài"},
    "groups/count": {"date": "2023-06-30", "members": 20},
    "proposals/score": {"scores": [{"criterion": "Phù hợp nhu cầu của xã", "points": 8}]},
    "outputs/confirm": {"state": "handed_over", "date": "2023-06-30"},
}
